// SPDX-License-Identifier: Apache-2.0
#include "courier/words/utf8.hpp"

#include <array>
#include <cstddef>

namespace countersign::courier {
namespace {

constexpr char32_t kLast = 0x10'ffff;

// By how many bytes follow: the least code point that needs them.
constexpr std::array<char32_t, 4> kLeast{0, 0x80, 0x800, 0x1'0000};

struct Lead {
  std::size_t following;
  char32_t bits;
};

std::optional<Lead> lead_of(unsigned char byte) {
  if (byte < 0x80) return Lead{0, byte};
  if (byte >> 5 == 0x6) return Lead{1, char32_t{byte} & 0x1f};
  if (byte >> 4 == 0xe) return Lead{2, char32_t{byte} & 0x0f};
  if (byte >> 3 == 0x1e) return Lead{3, char32_t{byte} & 0x07};
  return std::nullopt;
}

}  // namespace

std::optional<char32_t> take_code_point(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const auto lead = lead_of(static_cast<unsigned char>(text.front()));
  if (!lead || lead->following >= text.size()) return std::nullopt;
  char32_t point = lead->bits;
  for (std::size_t i = 1; i <= lead->following; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >> 6 != 0x2) return std::nullopt;
    point = point << 6 | (byte & 0x3fU);
  }
  const bool is_surrogate = point >= 0xd800 && point <= 0xdfff;
  if (point < kLeast.at(lead->following) || point > kLast || is_surrogate) return std::nullopt;
  text.remove_prefix(lead->following + 1);
  return point;
}

}  // namespace countersign::courier
