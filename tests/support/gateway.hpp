// SPDX-License-Identifier: Apache-2.0
// A gateway in front of a whole appliance, a YubiKey that types, a client of the validation
// protocol that is known to the appliance, and a browser's view of it all.
#pragma once

#include "tests/support/appliance.hpp"
#include "tests/support/process.hpp"
#include "tests/support/yubico_key.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace countersign::test {

// A key of its own for a new subject, active: its first code is used up.
[[nodiscard]] YubicoKey enrol_yubico_key(const Appliance& appliance, const std::string& username);

// The letters that the same keys give on a Dvorak keyboard.
[[nodiscard]] std::string on_dvorak(const std::string& otp);
[[nodiscard]] std::string in_capitals(std::string otp);

struct ApiClient {
  std::uint32_t id = 0;
  std::string key;  // bytes

  [[nodiscard]] std::string key_base64() const;
  [[nodiscard]] std::string sign(const std::string& text) const;  // Base64
};

[[nodiscard]] ApiClient add_client(const Appliance& appliance, bool require_signature = false,
                                   const std::string& network = "");
void revoke_client(const Appliance& appliance, const ApiClient& client);

class Gateway {
 public:
  // `settings` are TOML. Returns when it listens.
  explicit Gateway(const Appliance& appliance, const std::string& settings = "");
  ~Gateway();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url(const std::string& path = "/wsapi/2.0/verify") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  [[nodiscard]] Process& process() { return *process_; }

 private:
  std::unique_ptr<Process> process_;
  std::uint16_t port_ = 0;
};

struct HttpAnswer {
  unsigned status = 0;
  std::string head;
  std::string body;

  // The value of a line of the body; empty if it has none.
  [[nodiscard]] std::string operator[](const std::string& key) const;
  // The body bears the signature of whoever has this key.
  [[nodiscard]] bool is_signed_with(const std::string& key) const;
};

// One connection that is kept alive.
class HttpPeer {
 public:
  explicit HttpPeer(std::uint16_t port);
  HttpPeer(HttpPeer&& other) noexcept;
  HttpPeer& operator=(HttpPeer&&) = delete;
  ~HttpPeer();

  void send(const std::string& bytes) const;
  // The next answer; status 0 when there is none.
  [[nodiscard]] HttpAnswer receive();
  // GET of this path and query.
  [[nodiscard]] HttpAnswer get(const std::string& target);
  void ask(const std::string& target) const;

 private:
  int fd_;
  std::string buffer_;
};

[[nodiscard]] std::string fresh_nonce();

// What follows "?" for this OTP, timestamp=1 included; signed if `is_signed`.
[[nodiscard]] std::string query_for(const ApiClient& client, const std::string& otp,
                                    const std::string& nonce, bool is_signed = true);

// "/wsapi/2.0/verify?…", under a fresh nonce, signed.
[[nodiscard]] std::string target_for(const ApiClient& client, const std::string& otp);

}  // namespace countersign::test
