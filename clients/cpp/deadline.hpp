// SPDX-License-Identifier: Apache-2.0
// Until when a call may wait.
#pragma once

#include <chrono>

namespace countersign::client {

using Deadline = std::chrono::steady_clock::time_point;

inline constexpr std::chrono::milliseconds kCallLimit{10'000};

[[nodiscard]] inline Deadline within(std::chrono::milliseconds limit) {
  return std::chrono::steady_clock::now() + limit;
}

}  // namespace countersign::client
