// SPDX-License-Identifier: Apache-2.0
// Numbers of the model as messages carry them. Private to wire.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>

namespace countersign::wire {

// Row numbers, positions and counters are signed where they are stored.
inline constexpr std::uint64_t kStoredNumberMax = std::numeric_limits<std::int64_t>::max();

[[nodiscard]] inline std::uint32_t whole_seconds(std::chrono::seconds duration) {
  constexpr std::int64_t kMax = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(duration.count(), 0, kMax));
}

}  // namespace countersign::wire
