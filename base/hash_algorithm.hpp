// SPDX-License-Identifier: Apache-2.0
// The hash inside an HMAC. The numbers are stored and sent: they never change.
#pragma once

#include <cstddef>
#include <cstdint>

namespace countersign {

enum class HashAlgorithm : std::uint8_t { sha1 = 1, sha256 = 2, sha512 = 3 };

[[nodiscard]] constexpr std::size_t digest_bytes(HashAlgorithm algorithm) {
  return algorithm == HashAlgorithm::sha1 ? 20 : algorithm == HashAlgorithm::sha256 ? 32 : 64;
}
[[nodiscard]] constexpr std::size_t block_bytes(HashAlgorithm algorithm) {
  return algorithm == HashAlgorithm::sha512 ? 128 : 64;
}

}  // namespace countersign
