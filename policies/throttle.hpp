// SPDX-License-Identifier: Apache-2.0
// What a guess costs: pure arithmetic over counts and times.
//
// Whoever asks from a place from which the subject was accepted lately is familiar, and goes in a
// lane of its own: strangers' failures neither slow it down nor use up what is kept for it. Codes
// that unlock or reset go beside both, so that an owner whom strangers have shut out gets in again.
#pragma once

#include "base/clock.hpp"
#include "policies/policy.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace countersign::policies {

enum class Lane : std::uint8_t {
  unfamiliar,
  familiar,
  unlock,           // a code that unlocks or resets, from an unfamiliar place
  familiar_unlock,  // and from a familiar one
};
[[nodiscard]] constexpr bool is_familiar(Lane lane) {
  return lane == Lane::familiar || lane == Lane::familiar_unlock;
}
[[nodiscard]] constexpr Lane lane_of(bool familiar, bool unlocks) {
  if (unlocks) return familiar ? Lane::familiar_unlock : Lane::unlock;
  return familiar ? Lane::familiar : Lane::unfamiliar;
}

// Consecutive failures so far: of a subject, or of one factor.
struct Failures {
  std::uint32_t all = 0;
  std::uint32_t unfamiliar = 0;  // of these, those from unfamiliar places
};

// When the next attempt may be evaluated.
struct NotBefore {
  Time familiar{};
  Time unfamiliar{};
};

// Why attempts are refused at the moment.
struct Closed {
  // How long until the next attempt is evaluated; zero when only an unlock helps.
  std::chrono::seconds retry_after{0};
};

// How many failures of unfamiliar places close a lane, whatever the familiar ones did. All of them
// are closed at failures_max in all. Of a policy whose shares do not fit each other: none.
[[nodiscard]] std::uint32_t unfamiliar_max(const Throttle& throttle, Lane lane);

// Whether only an unlock lets one more attempt in.
[[nodiscard]] bool is_used_up(const Throttle& throttle, const Failures& failures, Lane lane);

[[nodiscard]] std::optional<Closed> closed(const Throttle& throttle, const Failures& failures,
                                           const NotBefore& not_before, Lane lane, Time now);

// With one more failure in this lane.
[[nodiscard]] Failures charged(Failures failures, Lane lane);

// When the next attempts may be evaluated, after a failure at `now` in this lane, which `failures`
// counts already. The other lane's time stays.
[[nodiscard]] NotBefore not_before_after(const Throttle& throttle, const Failures& failures,
                                         NotBefore before, Lane lane, Time now);

}  // namespace countersign::policies
