// SPDX-License-Identifier: Apache-2.0
// phone_verdicts: reads lines of a country, a tab and what was typed, and writes one line each:
// "<E.164> <type> <country>", or the operation that refused it. phone_oracle.mjs compares them.
#include "address/phone.hpp"

#include <iostream>
#include <string>

int main() {
  using countersign::address::parse_phone;
  using countersign::address::PhoneType;
  for (std::string line; std::getline(std::cin, line);) {
    const std::size_t tab = line.find('\t');
    if (tab == line.npos) return 2;
    const std::string_view text{line};
    const auto phone = parse_phone(text.substr(tab + 1), text.substr(0, tab));
    if (!phone) {
      std::cout << phone.error().operation.view() << '\n';
      continue;
    }
    const bool is_mobile = phone->type == PhoneType::mobile;
    std::cout << phone->e164 << (is_mobile ? " MOBILE " : " FIXED_LINE_OR_MOBILE ")
              << (phone->country.empty() ? "-" : phone->country) << '\n';
  }
  return 0;
}
