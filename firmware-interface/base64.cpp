// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/base64.hpp"

#include <cstdint>
#include <optional>

namespace countersign::base64 {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kGroupBytes = 3;
constexpr std::size_t kGroupDigits = 4;
constexpr unsigned kDigitBits = 6;
constexpr Error kMalformed{ErrorCode::malformed, "base64"};

// By comparisons: a table would show its reader's place to whoever watches the cache.
std::optional<std::uint32_t> value_of(char digit) {
  if (digit >= 'A' && digit <= 'Z') return static_cast<std::uint32_t>(digit - 'A');
  if (digit >= 'a' && digit <= 'z') return static_cast<std::uint32_t>(digit - 'a' + 26);
  if (digit >= '0' && digit <= '9') return static_cast<std::uint32_t>(digit - '0' + 52);
  if (digit == '+') return 62;
  if (digit == '/') return 63;
  return std::nullopt;
}

}  // namespace

SecretBytes encode(BytesView secret) {
  SecretBytes text{(secret.size() + kGroupBytes - 1) / kGroupBytes * kGroupDigits};
  std::size_t at = 0;
  for (std::size_t first = 0; first < secret.size(); first += kGroupBytes) {
    const std::size_t size = std::min(kGroupBytes, secret.size() - first);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < kGroupBytes; ++i) {
      group = group << 8 | (i < size ? std::to_integer<std::uint32_t>(secret[first + i]) : 0);
    }
    for (std::size_t i = 0; i < kGroupDigits; ++i) {
      const auto digit = group >> kDigitBits * (kGroupDigits - 1 - i) & 63;
      text.expose()[at++] = static_cast<std::byte>(i <= size ? kDigits[digit] : '=');
    }
  }
  return text;
}

Result<SecretBytes> decode(std::string_view text) {
  if (text.size() % kGroupDigits != 0) return kMalformed;
  std::size_t padding = 0;
  while (padding < 2 && !text.empty() && text.back() == '=') {
    text.remove_suffix(1);
    ++padding;
  }
  SecretBytes secret{text.size() * kDigitBits / 8};
  std::uint32_t window = 0;
  unsigned bits = 0;
  std::size_t at = 0;
  for (const char digit : text) {
    const auto value = value_of(digit);
    if (!value) return kMalformed;
    window = window << kDigitBits | *value;
    bits += kDigitBits;
    if (bits < 8) continue;
    bits -= 8;
    secret.expose()[at++] = static_cast<std::byte>(window >> bits & 0xff);
  }
  if ((window & ((1u << bits) - 1)) != 0) return kMalformed;
  return secret;
}

}  // namespace countersign::base64
