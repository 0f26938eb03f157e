// SPDX-License-Identifier: Apache-2.0
// HMAC-SHA-256 under a key that the daemon derives from the HSM's `record` key at start.
//
// Rows that move are sealed, and places named, at every attempt: far too often to ask the HSM. The
// two hash states behind the padded key are computed once, so that one MAC costs three
// compressions.
#pragma once

#include "base/secret_bytes.hpp"

#include <array>
#include <cstdint>

namespace countersign {

class HmacKey {
 public:
  static constexpr std::size_t kBytes = 32;
  using Mac = std::array<std::byte, 32>;

  // REQUIRES: key.size() == kBytes.
  explicit HmacKey(const SecretBytes& key);
  HmacKey(const HmacKey&) = delete;
  HmacKey& operator=(const HmacKey&) = delete;
  ~HmacKey();

  // May be called by several threads at once.
  [[nodiscard]] Mac mac(BytesView message) const;

 private:
  using State = std::array<std::uint32_t, 8>;

  State inner_{};
  State outer_{};
};

}  // namespace countersign
