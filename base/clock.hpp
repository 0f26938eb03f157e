// SPDX-License-Identifier: Apache-2.0
// What time it is: the one place where the product asks.
//
// Wall-clock time decides what a TOTP code means; nothing that protects against replay depends
// on it (positions do). Millisecond precision, UTC, 64 bits: good after 2038, and after 2262.
#pragma once

#include <chrono>

namespace countersign {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

[[nodiscard]] constexpr std::int64_t to_milliseconds(Time time) {
  return time.time_since_epoch().count();
}
[[nodiscard]] constexpr Time from_milliseconds(std::int64_t milliseconds) {
  return Time{std::chrono::milliseconds{milliseconds}};
}

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override;
};

}  // namespace countersign
