// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/yubico_otp.hpp"

#include "firmware-interface/modhex.hpp"

#include <yubikey.h>

#include <algorithm>

namespace countersign {
namespace {

static_assert(kYubicoBlockBytes == YUBIKEY_BLOCK_SIZE);
static_assert(kYubicoPrivateIdBytes == YUBIKEY_UID_SIZE);

// The characters that a Dvorak keyboard types where modhex::kAlphabet was meant.
constexpr std::string_view kDvorak = "jxe.uidchtnbpygk";
static_assert(kDvorak.size() == modhex::kAlphabet.size());

constexpr std::string_view kNfcPrefixes[] = {"https://my.yubico.com/yk/#",
                                             "https://my.yubico.com/neo/"};

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool consists_of(std::string_view text, std::string_view alphabet) {
  return text.find_first_not_of(alphabet) == std::string_view::npos;
}

std::string_view without_link(std::string_view typed) {
  for (const std::string_view prefix : kNfcPrefixes) {
    if (typed.starts_with(prefix)) return typed.substr(prefix.size());
  }
  return typed;
}

std::uint32_t little_endian(BytesView bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  }
  return value;
}

}  // namespace

std::optional<YubicoOtp> parse_yubico_otp(std::string_view typed) {
  const std::string_view link_free = without_link(typed);
  if (link_free.size() < kYubicoOtpLettersMin || link_free.size() > kYubicoOtpLettersMax) {
    return std::nullopt;
  }
  std::string text{link_free};
  std::ranges::transform(text, text.begin(), lower);
  // The alphabets share twelve letters, so modhex is asked for first. That what a Dvorak keyboard
  // typed consists of these alone happens to three of a million OTPs with 44 letters.
  if (!consists_of(text, modhex::kAlphabet) && consists_of(text, kDvorak)) {
    const auto meant = [](char c) { return modhex::kAlphabet[kDvorak.find(c)]; };
    std::ranges::transform(text, text.begin(), meant);
  }

  const auto bytes = modhex::decode(text);
  if (!bytes) return std::nullopt;
  YubicoOtp otp;
  otp.public_id = text.substr(0, text.size() - 2 * kYubicoBlockBytes);
  std::ranges::copy(BytesView{*bytes}.last(kYubicoBlockBytes), otp.block.begin());
  return otp;
}

std::optional<YubicoPlain> parse_yubico_block(
    std::span<const std::byte, kYubicoBlockBytes> plaintext) {
  if (!yubikey_crc_ok_p(reinterpret_cast<const std::uint8_t*>(plaintext.data()))) {
    return std::nullopt;
  }
  YubicoPlain plain;
  std::ranges::copy(plaintext.first<kYubicoPrivateIdBytes>(), plain.private_id.begin());
  plain.session_counter = yubikey_counter(
      static_cast<std::uint16_t>(little_endian(plaintext.subspan(kYubicoPrivateIdBytes, 2))));
  plain.timestamp = little_endian(plaintext.subspan(8, 3));
  plain.session_use = std::to_integer<std::uint8_t>(plaintext[11]);
  return plain;
}

}  // namespace countersign
