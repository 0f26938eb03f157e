// SPDX-License-Identifier: Apache-2.0
// OATH-HOTP codes with the token's identifier in front, as YubiKeys type them.
//
//   ub he 00123456 755224
//   manufacturer, token type, serial | code of 6 or 8 digits
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace countersign {

inline constexpr std::size_t kOathIdentifierCharacters = 12;

struct IdentifiedOath {
  std::string identifier;  // lower case
  std::string digits;      // 6 or 8
};

// One form of an identifier: 12 ASCII letters and digits in any case give the lower-case one.
// YubiKeys type any of its three parts in modhex or in digits, so nothing more is asked of it.
[[nodiscard]] std::optional<std::string> canonical_oath_identifier(std::string_view text);

// None if it is no identifier with a code behind it, but a bare code for example.
[[nodiscard]] std::optional<IdentifiedOath> parse_identified_oath(std::string_view typed);

}  // namespace countersign
