// SPDX-License-Identifier: Apache-2.0
// Durations as people write them: a whole number and its unit, "30s", "15min", "1h", "7d".
#pragma once

#include "base/error.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace countersign::policies {

// Fails with `malformed`, and `limit_exceeded` above a year.
[[nodiscard]] Result<std::chrono::seconds> parse_duration(std::string_view text);

// In the largest unit that divides it. ENSURES: parse_duration reads it back.
[[nodiscard]] std::string to_text(std::chrono::seconds duration);

}  // namespace countersign::policies
