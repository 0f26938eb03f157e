// SPDX-License-Identifier: Apache-2.0
// The courier's program beside an appliance, and a portal's view of codes by e-mail.
#pragma once

#include "tests/support/appliance.hpp"
#include "tests/support/mail_server.hpp"
#include "tests/support/process.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace countersign::test {

class Courier {
 public:
  // `providers` are TOML, [[provider]] and whatever else. Not started yet.
  Courier(const Appliance& appliance, const std::string& providers,
          std::vector<std::string> prefix = {});
  ~Courier();

  // Returns when the daemon has somebody for this channel.
  void start(v1::FactorKind channel = v1::EMAIL);
  void stop();  // in an orderly manner
  void kill();
  [[nodiscard]] Process& process() { return *process_; }
  // It is ready, and the daemon hands out messages of this channel.
  [[nodiscard]] bool is_up(v1::FactorKind channel = v1::EMAIL) const;
  // Of all of its lives.
  [[nodiscard]] std::string log() const;

 private:
  const Appliance& appliance_;
  std::string settings_;
  std::vector<std::string> prefix_;
  std::vector<std::string> logs_;
  std::unique_ptr<Process> process_;
};

// A [[provider]] for this server. The password's file is made in `folder`.
[[nodiscard]] std::string provider_for(const MailServer& server, const TemporaryFolder& folder,
                                       const TestCertificate& certificate,
                                       const std::string& name = "mail");

// The first code of six to eight digits in a text; empty if there is none.
[[nodiscard]] std::string code_in(const std::string& text);

[[nodiscard]] v1::CourierStatus courier_status(const Appliance& appliance);

struct EmailFactor {
  std::uint64_t id = 0;
  std::string username;
};

// A subject with a destination that waits for its first code.
EmailFactor enrol_email(const Appliance& appliance, const std::string& username,
                        const std::string& address);
// A code for this factor: CONFIRMATION by the account service, SIGN_IN by the portal.
v1::Challenge ask_code(const Appliance& appliance, const EmailFactor& factor, v1::Purpose purpose);
v1::Reply answer_code(const Appliance& appliance, const v1::Challenge& challenge,
                      const std::string& code);

}  // namespace countersign::test
