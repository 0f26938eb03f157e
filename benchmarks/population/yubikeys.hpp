// SPDX-License-Identifier: Apache-2.0
// The YubiKeys of a benchmark: key i is that of subject i. An AES key each, because the HSM keeps a
// handle for every YubiKey even where two have the same secret: sealing never gives the same twice.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace countersign::bench {

class YubiKeys {
 public:
  explicit YubiKeys(std::size_t count);
  ~YubiKeys();
  YubiKeys(const YubiKeys&) = delete;
  YubiKeys& operator=(const YubiKeys&) = delete;

  // No secrets at all, and the same in every run.
  [[nodiscard]] static std::string aes_key(std::size_t key);
  [[nodiscard]] static std::string private_id(std::size_t key);
  [[nodiscard]] static std::string public_id(std::size_t key);

  // What the key types at its n-th press. REQUIRES: n < 32 767 * 256, which is a key's whole life.
  [[nodiscard]] std::string otp(std::size_t key, std::uint64_t press) const;

 private:
  struct Cipher;  // AES with its key already expanded: a tenth of what making it anew costs
  std::vector<Cipher> ciphers_;
};

}  // namespace countersign::bench
