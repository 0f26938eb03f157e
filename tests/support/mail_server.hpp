// SPDX-License-Identifier: Apache-2.0
// Mail servers for tests: aiosmtpd, that is refusing, slow or gone when asked; what it takes is
// read back by Python's parser, which is not ours.
#pragma once

#include "tests/support/process.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace countersign::test {

// A self-signed certificate and its key, PEM.
struct TestCertificate {
  std::string certificate;
  std::string key;
};
// Made by openssl, for this DNS name and 127.0.0.1. Names its files after `name`.
[[nodiscard]] TestCertificate make_certificate(const TemporaryFolder& folder,
                                               const std::string& name,
                                               const std::string& host = "localhost");

// A mail as it arrived. Headers and parts are decoded.
struct ReceivedMail {
  std::string raw;
  std::string headers;
  std::string text;
  std::string html;
  std::string from;  // the envelope's
  std::string to;

  [[nodiscard]] std::string header(const std::string& name) const;
};

class MailServer {
 public:
  struct Options {
    const TestCertificate* certificate = nullptr;  // plain text without it
    bool implicit = false;                         // TLS from the first byte
    std::string username;                          // no AUTH when empty
    std::string password;
  };
  // Returns when it listens.
  explicit MailServer(Options options);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  // See mail_server.py.
  void set_mode(const std::string& mode) const;
  // In one of the modes "hold-…": until it has got there.
  void wait_until_held() const;
  void stop();
  // Again, at the same port.
  void start();

  // All that it has taken so far, oldest first, but for so many.
  [[nodiscard]] std::vector<ReceivedMail> mails(std::size_t known = 0) const;
  // Once there are so many; fails the test when there never are.
  [[nodiscard]] std::vector<ReceivedMail> wait_for(std::size_t count) const;

 private:
  Options options_;
  TemporaryFolder folder_;
  std::unique_ptr<Process> process_;
  std::uint16_t port_ = 0;
  int starts_ = 0;
};

}  // namespace countersign::test
