// SPDX-License-Identifier: Apache-2.0
// A Postfix of one test: its own queue, its own port, one mailbox, STARTTLS required. Needs root,
// as Postfix does.
#pragma once

#include "tests/support/mail_server.hpp"
#include "tests/support/process.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace countersign::test {

class Postfix {
 public:
  // The one recipient it knows. Anybody else is refused with 550 5.1.1.
  static constexpr const char* kRecipient = "alice@example.org";

  // Returns when it answers.
  explicit Postfix(const TestCertificate& certificate);
  Postfix(const Postfix&) = delete;
  Postfix& operator=(const Postfix&) = delete;
  // Ends all of its processes.
  ~Postfix();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  // The mailbox's files, as Postfix wrote them, once there are so many; fails the test otherwise.
  [[nodiscard]] std::vector<std::string> wait_for(std::size_t count) const;
  [[nodiscard]] std::string log() const { return process_->log(); }

 private:
  void configure(const TestCertificate& certificate) const;
  [[nodiscard]] std::vector<std::string> mails() const;
  [[nodiscard]] pid_t master() const;

  TemporaryFolder folder_;
  std::uint16_t port_;
  std::unique_ptr<Process> process_;
};

}  // namespace countersign::test
