// SPDX-License-Identifier: Apache-2.0
// A sealed secret: a factor's key, wrapped by the HSM, with a header that says how.
//
//   | u8 format = 1 | u8 kind | u16 key version | u32 mechanism = 0x2109 | wrap |
//
// Big-endian. The wrap (RFC 3394) has an integrity check of its own; that a sealed secret stands in
// the right row is what the record MAC holds, since a key wrap has no associated data.
#pragma once

#include "base/bytes.hpp"
#include "base/hash_algorithm.hpp"
#include "base/secret_bytes.hpp"
#include "hsm/protocol/operations.hpp"

#include <cstdint>

namespace countersign::hsm {

inline constexpr std::size_t kSealHeaderBytes = 8;
inline constexpr std::uint32_t kSealMechanism = 0x2109;  // AES key wrap, RFC 3394

struct Sealed {
  std::uint16_t key_version{};
  BytesView wrap;
};

[[nodiscard]] Bytes seal_bytes(SecretKind kind, std::uint16_t key_version, BytesView wrap);

// Fails with `corrupt` if the header is not one of ours or the wrap cannot hold a key for the
// algorithm.
Result<Sealed> parse_sealed(BytesView sealed, SecretKind kind, HashAlgorithm algorithm);

// The HMAC key that computes the same as the secret, in a length that every token takes: hashed if
// it is longer than the block (as HMAC itself does), and padded with zeros (as HMAC itself does) to
// the digest's length, below which SoftHSM refuses it, and to a multiple of eight, which RFC 3394
// wants. Google's seeds of 10 and 16 bytes depend on this.
//
// Fails with `malformed` for an empty secret or an unknown algorithm, `limit_exceeded` above
// kOathSecretBytesMax.
Result<SecretBytes> prepare_oath_secret(HashAlgorithm algorithm, BytesView secret);

[[nodiscard]] constexpr bool is_known(HashAlgorithm algorithm) {
  return algorithm == HashAlgorithm::sha1 || algorithm == HashAlgorithm::sha256 ||
         algorithm == HashAlgorithm::sha512;
}

}  // namespace countersign::hsm
