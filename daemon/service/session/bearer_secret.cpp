// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/session/bearer_secret.hpp"

#include <array>
#include <cassert>

namespace countersign {
namespace {

constexpr std::size_t kRawBytes = sizeof(std::int64_t) + BearerSecret::kSecretBytes;
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr unsigned kDigitBits = 6;
constexpr unsigned kByteBits = 8;

// The value of a digit; none for what is no digit.
std::optional<unsigned> value_of(char digit) {
  const auto at = kAlphabet.find(digit);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(at);
}

}  // namespace

SecretBytes text_of(const BearerSecret& bearer) {
  assert(bearer.secret.size() == BearerSecret::kSecretBytes);
  SecretBytes text{BearerSecret::kTextBytes};
  std::size_t written = 0;
  unsigned bits = 0;
  unsigned count = 0;
  const auto write = [&](std::byte byte) {
    bits = bits << kByteBits | std::to_integer<unsigned>(byte);
    for (count += kByteBits; count >= kDigitBits; count -= kDigitBits) {
      const char digit = kAlphabet[bits >> (count - kDigitBits) & 63U];
      text.expose()[written++] = static_cast<std::byte>(digit);
    }
  };
  for (unsigned i = 0; i < sizeof(std::int64_t); ++i) {
    const auto shift = kByteBits * (sizeof(std::int64_t) - 1 - i);
    write(static_cast<std::byte>(static_cast<std::uint64_t>(bearer.id) >> shift & 0xffU));
  }
  for (const std::byte byte : bearer.secret.expose()) write(byte);
  // 256 bits are 42 digits and four bits more.
  const char last = kAlphabet[bits << (kDigitBits - count) & 63U];
  text.expose()[written++] = static_cast<std::byte>(last);
  assert(written == BearerSecret::kTextBytes);
  return text;
}

std::optional<BearerSecret> bearer_secret_from(const SecretBytes& text) {
  if (text.size() != BearerSecret::kTextBytes) return std::nullopt;
  SecretBytes raw{kRawBytes};
  std::size_t written = 0;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char digit : as_text(text.expose())) {
    const auto value = value_of(digit);
    if (!value) return std::nullopt;
    bits = bits << kDigitBits | *value;
    count += kDigitBits;
    if (count < kByteBits) continue;
    count -= kByteBits;
    raw.expose()[written++] = static_cast<std::byte>(bits >> count & 0xffU);
  }
  // The bits that are left over are not part of it, and must not be a second spelling.
  if ((bits & ((1U << count) - 1U)) != 0) return std::nullopt;
  const BytesView bytes = std::as_const(raw).expose();
  BearerSecret bearer{load_big_endian<std::int64_t>(bytes.first(sizeof(std::int64_t))),
                      SecretBytes{bytes.subspan(sizeof(std::int64_t))}};
  if (bearer.id <= 0) return std::nullopt;
  return bearer;
}

}  // namespace countersign
