// SPDX-License-Identifier: Apache-2.0
// A point on the clock that nobody sets: for pauses and limits.
#pragma once

#include <chrono>

namespace countersign::courier {

using Instant = std::chrono::steady_clock::time_point;

}  // namespace countersign::courier
