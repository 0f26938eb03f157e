// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/typed_otp.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <optional>

namespace countersign::companion {
namespace {

constexpr std::string_view kModhex = "cbdefghijklnrtuv";
constexpr std::size_t kDigitsMin = 6;
constexpr std::size_t kDigitsMax = 8;
// "https://my.yubico.com/yk/#..." (and "/neo/...") is what a key says by NFC.
constexpr std::string_view kAddressMark = "://";

// What the keys of the sixteen letters of modhex type in other layouts, in the same order. Those
// where these keys bear the same letters (German, French, Spanish, Nordic ...) need none.
constexpr std::array<std::u32string_view, 13> kLayouts{
    U"jxe.uidchtnbpygk",  // Dvorak
    U"cbsftdhuneikpglv",  // Colemak
    U"mvhrtgyuneokwbfc",  // Workman
    U"xkipe,cdtsr'oèv.",  // Bépo
    U"äzaleosgnrtbcwhp",  // Neo
    U"vçeğaütnkmlziorc",  // Turkish F, its dotless i with a dot: see letter_of()
    U"сивуапршолдткегм",  // Russian, Ukrainian, Belarusian
    U"ъфаеожгстнвхишкэ",  // Bulgarian
    U"цбдефгхийклнртуж",  // Bulgarian by sound
    U"цбдефгхијклнртув",  // Serbian, Macedonian
    U"ψβδεφγηιξκλνρτθω",  // Greek
    U"בנגקכעיןחלךמראוה",  // Hebrew
    U"แิกำดเ้ร่าสืพะีอ",       // Thai
};

constexpr bool is_gap(char32_t letter) {
  return letter <= U' ' || letter == 0x7f || letter == 0xa0 || letter == 0xfeff ||
         (letter >= 0x2000 && letter <= 0x200f) || letter == 0x2028 || letter == 0x2029 ||
         letter == 0x202f || letter == 0x205f || letter == 0x2060 || letter == 0x3000;
}

// In lower case; the dotless i of Turkish and the dotted capital are an i.
char32_t letter_of(char32_t typed) {
  if (typed == U'ı' || typed == U'İ') return U'i';
  return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(typed)));
}

// Nothing if it is no UTF-8.
std::optional<std::u32string> letters_of(std::string_view typed) {
  std::u32string letters;
  while (!typed.empty()) {
    utf8proc_int32_t letter = 0;
    const utf8proc_ssize_t length =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(typed.data()),
                         static_cast<utf8proc_ssize_t>(typed.size()), &letter);
    if (length <= 0) return std::nullopt;
    typed.remove_prefix(static_cast<std::size_t>(length));
    const auto one = static_cast<char32_t>(letter);
    if (!is_gap(one)) letters += letter_of(one);
  }
  return letters;
}

std::string_view without_address(std::string_view typed) {
  if (typed.find(kAddressMark) == std::string_view::npos) return typed;
  return typed.substr(typed.find_last_of("#/") + 1);
}

// Nothing where a letter is none of the layout's.
std::optional<std::string> modhex_of(const std::u32string& letters, std::u32string_view layout) {
  std::string modhex;
  for (const char32_t letter : letters) {
    const std::size_t at = layout.find(letter);
    if (at == std::u32string_view::npos) return std::nullopt;
    modhex += kModhex[at];
  }
  return modhex;
}

std::optional<std::string> modhex_of(const std::u32string& letters) {
  const std::u32string plain{kModhex.begin(), kModhex.end()};
  if (auto modhex = modhex_of(letters, plain)) return modhex;
  for (const std::u32string_view layout : kLayouts) {
    if (auto modhex = modhex_of(letters, layout)) return modhex;
  }
  return std::nullopt;
}

// Digits, mostly behind the twelve letters that say which key it is.
bool is_counted_code(const std::u32string& letters) {
  constexpr std::size_t kIdentifierLetters = 12;
  const auto is_digit = [](char32_t letter) { return letter >= U'0' && letter <= U'9'; };
  const auto behind = [&](std::size_t at) {
    const std::size_t count = letters.size() - at;
    return count >= kDigitsMin && count <= kDigitsMax &&
           std::all_of(letters.begin() + static_cast<std::ptrdiff_t>(at), letters.end(), is_digit);
  };
  return behind(0) || (letters.size() > kIdentifierLetters && behind(kIdentifierLetters));
}

bool has_length_of_one(std::size_t letters) {
  return letters >= TypedOtp::kSecretLetters && letters % 2 == 0 &&
         letters <= TypedOtp::kSecretLetters + TypedOtp::kPublicIdLettersMax;
}

// Of two taps, or one and a part of the next, the first: the next one begins with the same id.
std::optional<std::string> first_tap(const std::string& modhex) {
  constexpr std::array<std::size_t, 8> kIdLetters{12, 16, 14, 10, 8, 6, 4, 2};  // 12: almost all
  for (const std::size_t id : kIdLetters) {
    const std::size_t one = id + TypedOtp::kSecretLetters;
    if (modhex.size() <= one) continue;
    const std::string_view next = std::string_view{modhex}.substr(one, id);
    if (modhex.starts_with(next)) return modhex.substr(0, one);
  }
  return std::nullopt;
}

}  // namespace

TypedOtp read_typed_otp(std::string_view typed) {
  const auto letters = letters_of(without_address(typed));
  if (!letters) return {.form = TypedOtp::Form::foreign};
  if (letters->empty()) return {.form = TypedOtp::Form::nothing};
  if (is_counted_code(*letters)) return {.form = TypedOtp::Form::digits};
  const auto modhex = modhex_of(*letters);
  if (!modhex) return {.form = TypedOtp::Form::foreign};
  if (has_length_of_one(modhex->size())) return {.form = TypedOtp::Form::otp, .text = *modhex};
  if (modhex->size() < TypedOtp::kSecretLetters) return {.form = TypedOtp::Form::partial};
  auto first = first_tap(*modhex);
  if (!first) return {.form = TypedOtp::Form::partial};
  return {.form = TypedOtp::Form::otp, .text = *std::move(first)};
}

std::string_view fault_of(TypedOtp::Form form) {
  switch (form) {
    case TypedOtp::Form::nothing:
      return "yubikey.nothing";
    case TypedOtp::Form::partial:
      return "yubikey.partial";
    case TypedOtp::Form::digits:
      return "yubikey.digits";
    default:
      return "yubikey.foreign";
  }
}

}  // namespace countersign::companion
