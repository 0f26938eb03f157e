// SPDX-License-Identifier: Apache-2.0
#include "daemon/outbox/mask.hpp"

#include <algorithm>
#include <string_view>

namespace countersign::outbox {
namespace {

constexpr std::string_view kDigitsHidden = "••••••";
constexpr std::string_view kLettersHidden = "•••";
constexpr std::size_t kDigitsShown = 2;
// The two last of fewer digits than this would be most of the number.
constexpr std::size_t kNationalDigitsMin = 6;

// ITU-T E.164, annex: the codes of two digits; those of the zones 1 and 7 have one, others three.
constexpr std::string_view kTwoDigitCodes =
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 "
    "65 66 81 82 84 86 90 91 92 93 94 95 98 ";

std::size_t calling_code_digits(std::string_view digits) {
  if (digits.starts_with('1') || digits.starts_with('7')) return 1;
  const std::string two = std::string{digits.substr(0, 2)} + ' ';
  return kTwoDigitCodes.find(two) != kTwoDigitCodes.npos ? 2 : 3;
}

std::string mask_phone(std::string_view number) {
  if (!number.starts_with('+')) return std::string{kDigitsHidden};
  const std::string_view digits = number.substr(1);
  const std::size_t code = std::min(calling_code_digits(digits), digits.size());
  std::string masked = '+' + std::string{digits.substr(0, code)} + ' ';
  masked += kDigitsHidden;
  if (digits.size() - code < kNationalDigitsMin) return masked;
  return masked += digits.substr(digits.size() - kDigitsShown);
}

std::string mask_email(std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (at == address.npos) return std::string{kLettersHidden};
  const std::string_view domain = address.substr(at);
  // A letter of several bytes must not be cut, and a name of one letter has none to spare.
  const bool shows_first = at > 1 && address[0] > ' ' && address[0] < '\x7f' && address[0] != '"';
  std::string masked = shows_first ? std::string{address.substr(0, 1)} : std::string{};
  masked += kLettersHidden;
  return masked += domain;
}

}  // namespace

std::string mask(const Destination& destination) {
  return destination.channel == FactorKind::sms ? mask_phone(destination.text)
                                                : mask_email(destination.text);
}

}  // namespace countersign::outbox
