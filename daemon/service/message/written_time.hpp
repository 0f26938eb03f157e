// SPDX-License-Identifier: Apache-2.0
// A time as letters have it: for everybody, whatever language they read.
#pragma once

#include "base/clock.hpp"

#include <string>

namespace countersign {

// "2026-11-29 15:04 UTC": to the minute, and never later than the time itself.
[[nodiscard]] std::string written(Time time);

}  // namespace countersign
