// SPDX-License-Identifier: Apache-2.0
// Names and times of the schema, as a terminal shows them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::cli {

// "FACTOR_SUSPENDED" without its prefix "FACTOR_" is "suspended".
[[nodiscard]] std::string lower_words(std::string name, std::string_view prefix = {});

// In UTC, to the second; 0 is "never".
[[nodiscard]] std::string when(std::int64_t milliseconds);

}  // namespace countersign::cli
