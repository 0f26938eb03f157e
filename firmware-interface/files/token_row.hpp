// SPDX-License-Identifier: Apache-2.0
// One token of a file from its maker or from another server, whatever the file looked like.
#pragma once

#include "base/error.hpp"
#include "base/hash_algorithm.hpp"
#include "base/secret_bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace countersign::files {

inline constexpr std::size_t kSerialCharactersMax = 64;
inline constexpr std::size_t kPublicIdLettersMax = 16;
inline constexpr std::size_t kOathSecretBytesMin = 10;
inline constexpr std::size_t kOathSecretBytesMax = 512;
inline constexpr std::uint16_t kPeriodSecondsMin = 15;
inline constexpr std::uint16_t kPeriodSecondsMax = 120;

// The numbers are those of the API's FactorKind.
enum class TokenKind : std::uint8_t { totp = 1, hotp = 2, yubico_otp = 3 };

struct TokenRow {
  TokenKind kind = TokenKind::totp;
  std::string serial;      // empty for YubiKeys without one
  std::string public_id;   // YubiKeys: modhex; HOTP: the token identifier, or empty
  SecretBytes secret;      // YubiKeys: the AES key
  SecretBytes private_id;  // YubiKeys alone
  HashAlgorithm algorithm = HashAlgorithm::sha1;
  std::uint8_t digits = 6;
  std::uint16_t period_seconds = 30;  // TOTP alone
  std::uint64_t counter = 0;          // HOTP: the first that is accepted
};

// The errors of this folder are refusals for people to read: their `operation` is a sentence. It
// is a literal, so it cannot quote what stands in the file.
[[nodiscard]] Result<TokenRow> checked(TokenRow row);

}  // namespace countersign::files
