// SPDX-License-Identifier: Apache-2.0
#include "policies/password_rules.hpp"

#include "base/secret_bytes.hpp"
#include "policies/common_passwords.hpp"
#include "policies/folded_text.hpp"

#include <zxcvbn.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <span>

namespace countersign::policies {
namespace {

// As many bytes as its characters may take, and no more work for anything longer.
constexpr std::size_t kTypedBytesMax = 4 * kPasswordLengthMax;
// zxcvbn looks no further; what begins with so many characters that nobody guesses is strong.
constexpr std::size_t kEstimatedMax = 100;
// Of fewer letters everything is a common word.
constexpr std::size_t kCoreMin = 4;

// Shorter parts of a username are in many passwords by chance.
constexpr std::size_t kDictionaryWordMin = 3;

using Text = std::span<const CodePoint>;

bool is_letter(CodePoint point) {
  const CharacterClass kind = class_of(point);
  return kind == CharacterClass::lowercase || kind == CharacterClass::uppercase ||
         kind == CharacterClass::letter;
}

bool is_in_part(CodePoint point) {
  return is_letter(point) || class_of(point) == CharacterClass::number;
}

Text text_of(const Points& points) { return Text{points.begin(), points.end()}; }

// In UTF-8, byte by byte.
template <class Push>
void write(CodePoint point, Push push) {
  const auto bits = static_cast<std::uint32_t>(point);
  const auto more = [&push, bits](unsigned shift) {
    push(static_cast<char>(0x80 | (bits >> shift & 0x3f)));
  };
  if (bits < 0x80) return push(static_cast<char>(bits));
  if (bits < 0x800) {
    push(static_cast<char>(0xc0 | bits >> 6));
  } else if (bits < 0x10000) {
    push(static_cast<char>(0xe0 | bits >> 12));
    more(6);
  } else {
    push(static_cast<char>(0xf0 | bits >> 18));
    more(12);
    more(6);
  }
  more(0);
}

// Of a username, or a part of one: nothing secret.
std::string written(Text points) {
  std::string text;
  for (const CodePoint point : points) write(point, [&text](char byte) { text += byte; });
  return text;
}

// Ended by a zero, as C has texts.
SecretBytes secretly_written(Text points) {
  SecretBytes text{4 * points.size() + 1};
  auto next = text.expose().begin();
  for (const CodePoint point : points) {
    write(point, [&next](char byte) { *next++ = static_cast<std::byte>(byte); });
  }
  return text;
}

// "anna", "virtanen" of "anna.virtanen".
std::vector<Text> parts_of(const Points& username, std::size_t length_min) {
  std::vector<Text> parts;
  const Text all = text_of(username);
  for (auto at = all.begin(); at != all.end();) {
    const auto first = std::find_if(at, all.end(), is_in_part);
    at = std::find_if_not(first, all.end(), is_in_part);
    const Text part{first, at};
    if (!part.empty() && part.size() >= length_min) parts.push_back(part);
  }
  return parts;
}

// Without the numbers and symbols around it.
Text core_of(Text text) {
  while (!text.empty() && !is_letter(text.front())) text = text.subspan(1);
  while (!text.empty() && !is_letter(text.back())) text = text.first(text.size() - 1);
  return text;
}

// The list holds ASCII alone.
bool is_listed(Text folded) {
  if (std::ranges::any_of(folded, [](CodePoint point) { return point >= 0x80; })) return false;
  SecretBytes word{folded.size()};
  std::ranges::transform(folded, word.expose().begin(),
                         [](CodePoint point) { return static_cast<std::byte>(point); });
  return is_common(as_text(std::as_const(word).expose()));
}

bool is_common_password(Text folded) {
  const Text core = core_of(folded);
  return is_listed(folded) || (core.size() >= kCoreMin && is_listed(core));
}

// zxcvbn's score of as many guesses as this has bits: fewer than 10^3, 10^6, 10^8, 10^10, or more.
std::uint8_t score_of(double bits) {
  static constexpr std::array kBits{9.966, 19.932, 26.575, 33.219};
  return static_cast<std::uint8_t>(
      std::ranges::count_if(kBits, [bits](double least) { return bits >= least; }));
}

std::uint8_t strength_of(Text points, const std::vector<std::string>& dictionary) {
  std::vector<const char*> words;
  for (const std::string& word : dictionary) words.push_back(word.c_str());
  words.push_back(nullptr);
  const SecretBytes text = secretly_written(points.first(std::min(points.size(), kEstimatedMax)));
  return score_of(::ZxcvbnMatch(as_text(text.expose()).data(), words.data(), nullptr));
}

void check_characters(const Password& rules, const Points& points, PasswordFindings& found) {
  const auto lacks = [&points](CharacterClass wanted) {
    return std::ranges::none_of(points,
                                [wanted](CodePoint point) { return class_of(point) == wanted; });
  };
  const auto fault = [&found](bool is_one, PasswordFault which) {
    if (is_one) found.faults.push_back(which);
  };
  fault(points.size() < rules.length_min, PasswordFault::too_short);
  fault(points.size() > kPasswordLengthMax, PasswordFault::too_long);
  fault(rules.lowercase && lacks(CharacterClass::lowercase), PasswordFault::no_lowercase);
  fault(rules.uppercase && lacks(CharacterClass::uppercase), PasswordFault::no_uppercase);
  fault(rules.number && lacks(CharacterClass::number), PasswordFault::no_number);
  fault(rules.symbol && lacks(CharacterClass::symbol), PasswordFault::no_symbol);
}

void check_username(const Password& rules, Text folded, const Points& username,
                    PasswordFindings& found) {
  if (rules.username_part_min == 0) return;
  for (const Text part : parts_of(username, rules.username_part_min)) {
    // Clang 14 does not know std::ranges::search.
    const auto found_at = std::search(folded.begin(), folded.end(), part.begin(), part.end());
    if (found_at == folded.end()) continue;
    found.faults.push_back(PasswordFault::username_part);
    found.username_part = written(part);
    return;
  }
}

// What zxcvbn is told to look for beside its own words.
std::vector<std::string> dictionary_of(const Points& username) {
  std::vector<std::string> words;
  for (const Text part : parts_of(username, kDictionaryWordMin)) words.push_back(written(part));
  if (words.size() > 1) words.push_back(written(text_of(username)));
  return words;
}

}  // namespace

PasswordFindings check(const Password& rules, std::string_view typed, std::string_view username) {
  if (typed.size() > kTypedBytesMax) return {.faults = {PasswordFault::too_long}};
  const auto points = Points::from(typed, false);
  const auto folded = Points::from(typed, true);
  const auto is_control = [](CodePoint point) {
    return class_of(point) == CharacterClass::control;
  };
  if (!points || !folded || std::ranges::any_of(*points, is_control)) {
    return {.faults = {PasswordFault::not_text}};
  }
  const auto name = Points::from(username, true).value_or(Points{});
  PasswordFindings found;
  check_characters(rules, *points, found);
  check_username(rules, text_of(*folded), name, found);
  if (rules.common && is_common_password(text_of(*folded))) {
    found.faults.push_back(PasswordFault::common);
  }
  found.strength = strength_of(text_of(*points), dictionary_of(name));
  if (found.strength < rules.strength_min) found.faults.push_back(PasswordFault::too_weak);
  return found;
}

}  // namespace countersign::policies
