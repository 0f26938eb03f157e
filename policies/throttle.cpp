// SPDX-License-Identifier: Apache-2.0
#include "policies/throttle.hpp"

#include <algorithm>

namespace countersign::policies {
namespace {

std::chrono::seconds delay_after(const Throttle& throttle, std::uint32_t failures) {
  if (failures <= throttle.failures_free) return std::chrono::seconds{0};
  // A first delay of nothing would never grow.
  std::chrono::seconds delay = std::max(throttle.delay_first, std::chrono::seconds{1});
  delay = std::min(delay, throttle.delay_max);
  for (std::uint32_t i = throttle.failures_free + 1U; i < failures; ++i) {
    // Compared before it doubles, so that no count of failures overflows it.
    if (delay >= throttle.delay_max - delay) return throttle.delay_max;
    delay *= 2;
  }
  return delay;
}

}  // namespace

std::optional<Closed> closed(const Throttle& throttle, std::uint32_t failures, Time not_before,
                             Time now) {
  if (failures >= throttle.failures_max) return Closed{};
  if (now >= not_before) return std::nullopt;
  // A clock before 1970 is broken; taking it as 1970 keeps the difference within its type.
  const Time from = std::max(now, Time{});
  if (from >= not_before) return Closed{std::chrono::seconds{1}};
  return Closed{std::chrono::ceil<std::chrono::seconds>(not_before - from)};
}

Time not_before_after(const Throttle& throttle, std::uint32_t failures, Time now) {
  const std::chrono::milliseconds delay = delay_after(throttle, failures);
  return now > Time::max() - delay ? Time::max() : now + delay;
}

}  // namespace countersign::policies
