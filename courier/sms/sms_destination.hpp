// SPDX-License-Identifier: Apache-2.0
// Phone numbers as the daemon names them.
#pragma once

#include <algorithm>
#include <string_view>

namespace countersign::courier {

// "+358401234567": a plus sign and 7 to 15 digits, and nothing that anybody could read as more than
// that.
[[nodiscard]] constexpr bool is_e164(std::string_view text) {
  return text.starts_with('+') && text.size() >= 8 && text.size() <= 16 &&
         std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace countersign::courier
