// SPDX-License-Identifier: Apache-2.0
#include "policies/throttle.hpp"

#include <algorithm>
#include <limits>

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

Time later(const Throttle& throttle, std::uint32_t failures, Time now) {
  const std::chrono::milliseconds delay = delay_after(throttle, failures);
  return now > Time::max() - delay ? Time::max() : now + delay;
}

void count_up(std::uint32_t& count) {
  if (count < std::numeric_limits<std::uint32_t>::max()) ++count;
}

// Codes that unlock or reset have waits of their own, between one and the next.
bool is_delayed(Lane lane) { return lane == Lane::unfamiliar || lane == Lane::familiar; }

}  // namespace

std::uint32_t unfamiliar_max(const Throttle& throttle, Lane lane) {
  if (is_familiar(lane)) return throttle.failures_max;
  const std::uint32_t for_unlock = lane == Lane::unlock ? 0U : throttle.kept_for_unlock;
  const std::uint32_t kept = throttle.kept_for_familiar + for_unlock;
  return throttle.failures_max - std::min<std::uint32_t>(kept, throttle.failures_max);
}

bool is_used_up(const Throttle& throttle, const Failures& failures, Lane lane) {
  return failures.all >= throttle.failures_max ||
         failures.unfamiliar >= unfamiliar_max(throttle, lane);
}

std::optional<Closed> closed(const Throttle& throttle, const Failures& failures,
                             const NotBefore& not_before, Lane lane, Time now) {
  if (is_used_up(throttle, failures, lane)) return Closed{};
  const Time opens = is_familiar(lane) ? not_before.familiar : not_before.unfamiliar;
  if (!is_delayed(lane) || now >= opens) return std::nullopt;
  // A clock before 1970 is broken; taking it as 1970 keeps the difference within its type.
  const Time from = std::max(now, Time{});
  if (from >= opens) return Closed{std::chrono::seconds{1}};
  return Closed{std::chrono::ceil<std::chrono::seconds>(opens - from)};
}

Failures charged(Failures failures, Lane lane) {
  count_up(failures.all);
  if (!is_familiar(lane)) count_up(failures.unfamiliar);
  return failures;
}

NotBefore not_before_after(const Throttle& throttle, const Failures& failures, NotBefore before,
                           Lane lane, Time now) {
  if (is_familiar(lane)) {
    // By its own mistakes: however many strangers have made, the owner's first is free.
    const std::uint32_t own = failures.all - std::min(failures.unfamiliar, failures.all);
    before.familiar = later(throttle, own, now);
  } else {
    before.unfamiliar = later(throttle, failures.unfamiliar, now);
  }
  return before;
}

}  // namespace countersign::policies
