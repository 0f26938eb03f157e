// SPDX-License-Identifier: Apache-2.0
// Argon2id, on threads of its own: a hash takes tens of milliseconds and megabytes, and the loop
// has neither.
#pragma once

#include "async/awaitable.hpp"
#include "base/bytes.hpp"
#include "base/secret_bytes.hpp"

#include <array>
#include <cstdint>

namespace countersign {

struct Argon2Parameters {
  std::uint32_t memory_kib = 0;
  std::uint8_t passes = 0;
  bool operator==(const Argon2Parameters&) const = default;
};
inline constexpr std::size_t kArgon2SaltBytes = 16;
inline constexpr std::size_t kArgon2HashBytes = 32;

// In which of two queues somebody waits.
enum class Rank : std::uint8_t {
  known,     // from a familiar place, or no guess at all
  stranger,  // guesses from anywhere else
};

class Hasher {
 public:
  virtual ~Hasher() = default;

  // Argon2id version 1.3 (RFC 9106), one lane. Fails with `busy` when too many of this rank wait
  // already, and with `unavailable` when there is no memory. REQUIRES: all references outlive the
  // wait.
  virtual awaitable<Result<SecretBytes>> hash(const SecretBytes& text,
                                              const std::array<std::byte, kArgon2SaltBytes>& salt,
                                              Argon2Parameters parameters, Rank rank) = 0;
};

}  // namespace countersign
