// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/destination.hpp"

#include "address/email.hpp"
#include "address/phone.hpp"
#include "daemon/model/requests.hpp"

#include "api/countersign.pb.h"

#include <algorithm>

namespace countersign::wire {
namespace {

static_assert(address::kEmailBytesMax <= Destination::kBytesMax);

constexpr std::size_t kPrimaryLettersMin = 2;
constexpr std::size_t kSubtagLettersMax = 8;
constexpr std::size_t kRegionLetters = 2;
constexpr std::size_t kScriptLetters = 4;

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_letter_or_digit(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// RFC 5646 section 2.1.1: regions in capitals, scripts with one in front, all else without.
std::string in_usual_case(std::string_view subtag, bool is_first) {
  std::string text{subtag};
  std::ranges::transform(text, text.begin(), lower);
  if (is_first) return text;
  if (text.size() == kRegionLetters) std::ranges::transform(text, text.begin(), upper);
  if (text.size() == kScriptLetters) text.front() = upper(text.front());
  return text;
}

bool is_subtag(std::string_view subtag, bool is_first) {
  const std::size_t letters_min = is_first ? kPrimaryLettersMin : 1;
  if (subtag.size() < letters_min || subtag.size() > kSubtagLettersMax) return false;
  return is_first ? std::ranges::all_of(subtag, is_letter)
                  : std::ranges::all_of(subtag, is_letter_or_digit);
}

Result<std::string> country_from(std::string_view typed) {
  const bool well_formed =
      typed.empty() || (typed.size() == kRegionLetters && std::ranges::all_of(typed, is_letter));
  if (!well_formed) return Error{ErrorCode::malformed, "country"};
  std::string country{typed};
  std::ranges::transform(country, country.begin(), upper);
  return country;
}

}  // namespace

Result<Destination> destination_from(const TypedDestination& typed) {
  if (typed.kind != v1::SMS && typed.kind != v1::EMAIL) {
    return Error{ErrorCode::malformed, "destination.kind"};
  }
  if (typed.text.empty()) return Error{ErrorCode::malformed, "destination.missing"};
  CS_TRY(const std::string country, country_from(typed.country));
  if (typed.kind == v1::SMS) {
    CS_TRY(address::Phone phone, address::parse_phone(typed.text, country));
    return Destination{FactorKind::sms, std::move(phone.e164)};
  }
  if (!country.empty()) return Error{ErrorCode::malformed, "country.email"};
  CS_TRY(std::string email, address::parse_email(typed.text));
  return Destination{FactorKind::email, std::move(email)};
}

Result<std::string> language_from(std::string_view typed) {
  if (typed.size() > StartChallenge::kLanguageBytesMax) {
    return Error{ErrorCode::malformed, "language"};
  }
  std::string tag;
  while (!typed.empty()) {
    const std::size_t end = std::min(typed.find('-'), typed.size());
    const std::string_view subtag = typed.substr(0, end);
    const bool is_first = tag.empty();
    const bool ends_in_hyphen = end + 1 == typed.size();
    if (!is_subtag(subtag, is_first) || ends_in_hyphen) {
      return Error{ErrorCode::malformed, "language"};
    }
    if (!is_first) tag += '-';
    tag += in_usual_case(subtag, is_first);
    typed.remove_prefix(std::min(end + 1, typed.size()));
  }
  return tag;
}

}  // namespace countersign::wire
