// SPDX-License-Identifier: Apache-2.0
// What a guess costs: pure arithmetic over counts and times.
#pragma once

#include "base/clock.hpp"
#include "policies/policy.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace countersign::policies {

// Why attempts are refused at the moment.
struct Closed {
  // How long until the next attempt is evaluated; zero when only an unlock helps.
  std::chrono::seconds retry_after{0};
};

// REQUIRES: `failures` counts the consecutive failures so far.
[[nodiscard]] std::optional<Closed> closed(const Throttle& throttle, std::uint32_t failures,
                                           Time not_before, Time now);

// When the next attempt may be evaluated, after the `failures`-th consecutive failure at `now`.
[[nodiscard]] Time not_before_after(const Throttle& throttle, std::uint32_t failures, Time now);

}  // namespace countersign::policies
