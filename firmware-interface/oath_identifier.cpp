// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/oath_identifier.hpp"

#include <algorithm>

namespace countersign {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::optional<std::string> canonical_oath_identifier(std::string_view text) {
  if (text.size() != kOathIdentifierCharacters) return std::nullopt;
  std::string identifier{text};
  std::ranges::transform(identifier, identifier.begin(), lower);
  const auto fits = [](char c) { return is_digit(c) || is_lower(c); };
  if (!std::ranges::all_of(identifier, fits)) return std::nullopt;
  return identifier;
}

std::optional<IdentifiedOath> parse_identified_oath(std::string_view typed) {
  if (typed.size() < kOathIdentifierCharacters) return std::nullopt;
  auto identifier = canonical_oath_identifier(typed.substr(0, kOathIdentifierCharacters));
  const std::string_view digits = typed.substr(kOathIdentifierCharacters);
  if (!identifier || (digits.size() != 6 && digits.size() != 8)) return std::nullopt;
  if (!std::ranges::all_of(digits, is_digit)) return std::nullopt;
  return IdentifiedOath{*std::move(identifier), std::string{digits}};
}

}  // namespace countersign
