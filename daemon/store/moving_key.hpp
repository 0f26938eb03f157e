// SPDX-License-Identifier: Apache-2.0
// HMAC-SHA-256 under the key that the daemon derives from the HSM's `record` key at start.
//
// Rows that move are sealed at every attempt, far too often to ask the HSM. The two hash states
// behind the padded key are computed once, so that one MAC costs three compressions.
#pragma once

#include "base/secret_bytes.hpp"
#include "daemon/model/subject.hpp"

#include <array>
#include <cstdint>

namespace countersign::store {

class MovingKey {
 public:
  static constexpr std::size_t kBytes = 32;

  // REQUIRES: key.size() == kBytes.
  explicit MovingKey(const SecretBytes& key);
  MovingKey(const MovingKey&) = delete;
  MovingKey& operator=(const MovingKey&) = delete;
  ~MovingKey();

  // May be called by several threads at once.
  [[nodiscard]] RowMac mac(BytesView message) const;

 private:
  using State = std::array<std::uint32_t, 8>;

  State inner_{};
  State outer_{};
};

}  // namespace countersign::store
