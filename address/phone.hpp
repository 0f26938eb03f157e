// SPDX-License-Identifier: Apache-2.0
// Phone numbers that codes may be sent to, in the one form in which they are kept and compared.
//
// What people type becomes E.164, by the numbering plans of the world (Google's, by way of the npm
// package libphonenumber-js). A number is taken if it can be a mobile one; what is certainly
// something else is refused, because a message to it is lost or costs somebody dear.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::address {

// In the order in which a plan's rules are tried. The last one has no rule of its own: many plans,
// such as that of +1, do not tell mobile numbers from fixed ones.
enum class PhoneType : std::uint8_t {
  fixed_line,
  mobile,
  premium_rate,
  toll_free,
  shared_cost,
  voip,
  personal_number,
  pager,
  uan,
  voicemail,
  fixed_line_or_mobile,
};

struct Phone {
  std::string e164;     // "+358401234567"
  std::string country;  // ISO 3166-1, "FI"; empty where the number belongs to none (satellites)
  PhoneType type = PhoneType::mobile;  // mobile or fixed_line_or_mobile
  std::size_t prefix_length = 0;

  // The plus sign and the calling code: "+358".
  [[nodiscard]] std::string_view prefix() const {
    return std::string_view{e164}.substr(0, prefix_length);
  }
};

inline constexpr std::size_t kTypedPhoneBytesMax = 128;

// `typed` in any usual spelling: digits (also full-width and Arabic ones) with spaces, hyphens,
// dots, slashes and brackets between them; after a plus sign or the international prefix of
// `country`, or in the national form of `country`, with its trunk prefix or without. `country` is
// ISO 3166-1 alpha-2 in capitals, or empty where the number must bring its calling code.
//
// Fails with `malformed`; the operation says why:
//   phone.not_a_number     an extension, letters, a second number, nothing at all
//   phone.country          `country` is not one
//   phone.no_country       a national form, and no `country`
//   phone.calling_code     it begins with a calling code that there is not
//   phone.too_short, phone.too_long, phone.invalid   its plan has no such number
//   phone.fixed_line, phone.premium, phone.toll_free, phone.shared_cost, phone.voip,
//   phone.personal_number, phone.pager, phone.uan, phone.voicemail   it is certainly one of these
Result<Phone> parse_phone(std::string_view typed, std::string_view country);

}  // namespace countersign::address
