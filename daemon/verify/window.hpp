// SPDX-License-Identifier: Apache-2.0
// Which counters a passcode may stand for, the likeliest first.
//
// Pure: a factor, a policy and a time go in. Counters that are used up come last; a match there
// tells a replay from a wrong code, and never opens anything.
#pragma once

#include "base/clock.hpp"
#include "daemon/model/subject.hpp"
#include "policies/policy.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace countersign::verify {

class Window {
 public:
  static constexpr std::size_t kCountersMax = 32;  // hsm::kCountersMax; checked in match.cpp

  [[nodiscard]] std::span<const std::uint64_t> counters() const { return {values_.data(), size_}; }

  void add(std::int64_t counter) {
    if (counter < 0 || size_ == kCountersMax) return;
    values_[size_++] = static_cast<std::uint64_t>(counter);
  }

 private:
  std::array<std::uint64_t, kCountersMax> values_{};
  std::size_t size_ = 0;
};

// The TOTP step at a time: RFC 6238 section 4.2, T0 = 0.
// REQUIRES: period_seconds > 0.
[[nodiscard]] std::int64_t totp_step(Time now, std::uint16_t period_seconds);

// The step that a TOTP token shows now, as far as its drift is known.
[[nodiscard]] std::int64_t expected_step(const FactorRecord& factor, Time now);

// What an accepted code says of a TOTP token's clock. A code ahead of what was expected can only
// come from a clock that is ahead. One behind may have been typed late, which people do: only the
// second in a row is believed, so the first moves the drift by half a step.
[[nodiscard]] std::int32_t drift_after(const FactorRecord& factor, std::int64_t accepted_step,
                                       std::int32_t drift_steps_max, Time now);

// The factor's window at this time: fresh counters first, then those that are used up.
[[nodiscard]] Window window_of(const FactorRecord& factor, const policies::Windows& windows,
                               Time now);

// A counter above the factor's position: one that no accepted passcode has used up.
[[nodiscard]] inline bool is_fresh(const FactorRecord& factor, std::uint64_t counter) {
  return static_cast<std::int64_t>(counter) > number(factor.motion.position);
}

}  // namespace countersign::verify
