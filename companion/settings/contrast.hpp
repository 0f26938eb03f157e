// SPDX-License-Identifier: Apache-2.0
// Whether one colour can be read on another.
#pragma once

#include <string_view>

namespace countersign::companion {

// What text needs (WCAG 2.2, 1.4.3).
inline constexpr double kContrastMin = 4.5;

// From 1 (the same) to 21 (black and white): WCAG 2.2, "contrast ratio".
// REQUIRES: both are "#rrggbb".
[[nodiscard]] double contrast(std::string_view colour, std::string_view other);

}  // namespace countersign::companion
