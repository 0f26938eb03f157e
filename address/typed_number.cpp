// SPDX-License-Identifier: Apache-2.0
#include "address/typed_number.hpp"

#include "address/phone.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace countersign::address {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

constexpr std::array kZeros{U'0', U'\uFF10', U'\u0660', U'\u06F0'};  // each with nine behind it
constexpr std::array kPlusSigns{U'+', U'\uFF0B'};

// What stands between digits and means nothing.
constexpr auto kPunctuation = std::to_array<Range>({
    {U' ', U' '},           {U'\t', U'\t'},         {U'(', U')'},
    {U'-', U'/'},                                                            // hyphen, dot, slash
    {U'[', U'['},           {U']', U']'},           {U'\u00A0', U'\u00A0'},  // no-break space
    {U'\u00AD', U'\u00AD'},                                                  // soft hyphen
    {U'\u200B', U'\u200B'},                                                  // zero-width space
    {U'\u200E', U'\u200F'},  // which way to write: comes with numbers pasted from address books
    {U'\u2010', U'\u2015'},  // dashes
    {U'\u202A', U'\u202D'},  // which way again, but for U+202E, which shows digits backwards
    {U'\u2060', U'\u2060'},  // word joiner
    {U'\u2066', U'\u2069'},  // which way again
    {U'\u2212', U'\u2212'},  // minus sign
    {U'\u3000', U'\u3000'},  // and the full-width ones
    {U'\u30FC', U'\u30FC'}, {U'\uFF08', U'\uFF09'}, {U'\uFF0D', U'\uFF0F'},
    {U'\uFF3B', U'\uFF3B'}, {U'\uFF3D', U'\uFF3D'},
});

// Takes the first code point away. Nothing above U+FFFF is ever part of a number: like broken
// UTF-8, it is nothing.
std::optional<char32_t> take_code_point(std::string_view& text) {
  const auto byte = [&text](std::size_t place) { return static_cast<unsigned char>(text[place]); };
  const auto continues = [&](std::size_t place) {
    return text.size() > place && (byte(place) & 0xC0U) == 0x80U;
  };
  std::size_t length = 1;
  char32_t point = byte(0);
  if (byte(0) >= 0xC2U && byte(0) < 0xE0U && continues(1)) {
    length = 2;
    point = (byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU);
  } else if (byte(0) >= 0xE0U && byte(0) < 0xF0U && continues(1) && continues(2)) {
    length = 3;
    point = (byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
    if (point < 0x800U) return std::nullopt;
  } else if (byte(0) >= 0x80U) {
    return std::nullopt;
  }
  text.remove_prefix(length);
  return point;
}

std::optional<char> digit_of(char32_t point) {
  for (const char32_t zero : kZeros) {
    if (point >= zero && point <= zero + 9) return static_cast<char>('0' + (point - zero));
  }
  return std::nullopt;
}

bool is_punctuation(char32_t point) {
  return std::ranges::any_of(kPunctuation, [point](const Range& range) {
    return point >= range.first && point <= range.last;
  });
}

}  // namespace

Result<TypedNumber> read_typed_number(std::string_view typed) {
  const Error not_a_number{ErrorCode::malformed, "phone.not_a_number"};
  if (typed.size() > kTypedPhoneBytesMax) return Error{ErrorCode::malformed, "phone.too_long"};
  TypedNumber number;
  while (!typed.empty()) {
    const auto point = take_code_point(typed);
    if (!point) return not_a_number;
    if (const auto digit = digit_of(*point)) {
      number.digits.push_back(*digit);
    } else if (std::ranges::find(kPlusSigns, *point) != kPlusSigns.end()) {
      if (number.is_international || !number.digits.empty()) return not_a_number;
      number.is_international = true;
    } else if (!is_punctuation(*point)) {
      return not_a_number;
    }
  }
  if (number.digits.empty()) return not_a_number;
  return number;
}

}  // namespace countersign::address
