// SPDX-License-Identifier: Apache-2.0
// The text inside an enrolment's QR code: Google's Key Uri Format.
//
//   otpauth://totp/Issuer:account?secret=…&issuer=Issuer&algorithm=SHA1&digits=6&period=30
//   otpauth://hotp/Issuer:account?secret=…&issuer=Issuer&algorithm=SHA1&digits=6&counter=0
//
// The whole text is a secret. A reader of foreign URIs that guesses makes tokens whose codes never
// match, so this one does not: an unknown or repeated parameter, a parameter of the other kind, a
// value out of range, a control character, two issuers that differ, a fragment or a port are
// `malformed`. Absent parameters mean what the format says: SHA1, 6 digits, 30 seconds; `secret`
// must be there, and `counter` for HOTP. A plus sign is a plus sign.
#pragma once

#include "base/error.hpp"
#include "base/hash_algorithm.hpp"
#include "base/secret_bytes.hpp"
#include "firmware-interface/oath.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace countersign::otpauth {

inline constexpr std::size_t kUriBytesMax = 4096;
inline constexpr std::size_t kNameBytesMax = 256;  // the issuer's and the account's, each
inline constexpr std::size_t kSecretBytesMin = 10;
inline constexpr std::size_t kSecretBytesMax = 512;
inline constexpr std::uint16_t kPeriodSecondsMin = 15;
inline constexpr std::uint16_t kPeriodSecondsMax = 120;
inline constexpr std::uint64_t kCounterMax = std::numeric_limits<std::int64_t>::max();

enum class Kind : std::uint8_t { totp, hotp };

// Everything that an authenticator needs to know about one factor.
struct Key {
  Kind kind = Kind::totp;
  std::string issuer;   // may be empty; holds no colon
  std::string account;  // not empty; holds a colon only behind an issuer
  SecretBytes secret;
  HashAlgorithm algorithm = HashAlgorithm::sha1;
  oath::Digits digits = oath::Digits::six;
  std::uint16_t period_seconds = 30;  // TOTP alone
  std::uint64_t counter = 0;          // HOTP alone
};

// The text for `key`, every parameter written out. Fails with `malformed` for a key that breaks
// the rules above and `limit_exceeded` for one that is too long.
[[nodiscard]] Result<SecretBytes> build(const Key& key);

// ENSURES: build(parse(text)) means the same key as `text`. Names are decoded bytes without
// control characters; whether they are good UTF-8 is for the model's names to say.
// Fails with `malformed`, `limit_exceeded`.
[[nodiscard]] Result<Key> parse(std::string_view text);

}  // namespace countersign::otpauth
