// SPDX-License-Identifier: Apache-2.0
// A sealed secret: a factor's key, wrapped by the HSM, with a header that says how.
//
//   | u8 format = 1 | u8 kind | u16 key version | u32 mechanism = 0x2109 | wrap |
//
// Big-endian. The wrap (RFC 3394) has an integrity check of its own; that a sealed secret stands in
// the right row is what the record MAC holds, since a key wrap has no associated data.
//
// The kinds `yubico`, `client` and `challenge_response` have a note behind their wrap:
//
//   | header | wrap | u16 envelope version | IV 12 | note, encrypted | tag 16 |
//
// AES-GCM by `envelope`, with the kind's name and the wrap as associated data. A YubiKey's note is
// its private id, and its wrap, by `seal-aes`, belongs to that id alone. The other two's note is
// the length of the key; the tag is what matters: nothing but a key that was sealed as one of its
// kind has it, so no worker signs by an OATH secret whose header was changed, which would tell
// codes.
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

struct Note {
  std::uint16_t key_version{};
  BytesView iv;
  BytesView hidden;  // encrypted, and its tag
};
struct SealedWithNote {
  Sealed key;
  Note note;
};

inline constexpr std::size_t kNoteIvBytes = 12;
inline constexpr std::size_t kNoteTagBytes = 16;
inline constexpr std::size_t kLengthNoteBytes = 1;

[[nodiscard]] Bytes seal_bytes(SecretKind kind, std::uint16_t key_version, BytesView wrap);

// Fails with `corrupt` if the header is not one of ours or the wrap cannot hold a key for the
// algorithm.
Result<Sealed> parse_sealed(BytesView sealed, SecretKind kind, HashAlgorithm algorithm);

// The same for the kinds with a note.
[[nodiscard]] Bytes seal_bytes(SecretKind kind, const SealedWithNote& sealed);
Result<SealedWithNote> parse_sealed_with_note(BytesView sealed, SecretKind kind);
// What binds a note to its kind and its wrap.
[[nodiscard]] Bytes note_associated_data(SecretKind kind, BytesView wrap);

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
