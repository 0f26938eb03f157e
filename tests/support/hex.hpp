// SPDX-License-Identifier: Apache-2.0
// Bytes as RFCs print them.
#pragma once

#include "base/bytes.hpp"

#include <charconv>
#include <string>
#include <string_view>

namespace countersign::test {

// REQUIRES: an even number of hexadecimal digits.
inline Bytes from_hex(std::string_view text) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    unsigned value = 0;
    std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    bytes.push_back(static_cast<std::byte>(value));
  }
  return bytes;
}

inline std::string to_hex(BytesView bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::byte b : bytes) {
    const auto value = std::to_integer<unsigned>(b);
    text += kDigits[value >> 4];
    text += kDigits[value & 0xf];
  }
  return text;
}

}  // namespace countersign::test
