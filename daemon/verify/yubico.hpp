// SPDX-License-Identifier: Apache-2.0
// What the numbers in a Yubico OTP mean: its place in the key's life, and whether it came late.
//
// Pure: numbers, a policy and a time go in.
#pragma once

#include "base/clock.hpp"
#include "daemon/model/attempt.hpp"
#include "daemon/model/subject.hpp"
#include "policies/policy.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace countersign::verify {

// Session and use count up together: one place that never comes again.
[[nodiscard]] constexpr std::uint64_t yubico_counter(const YubicoCounters& counters) {
  return std::uint64_t{counters.session_counter} << 8 | counters.session_use;
}

// How long the OTP was held back on its way, where that is more than the policy tolerates.
//
// Within one session (between plugging in and pulling out) the key's 8 Hz clock says how much time
// passed since the OTP that was accepted last. More time on our clock means that this one was made
// earlier than it arrived, and somebody may have taken it from its owner. The other way round, the
// last one was late, and is used up. None as well where nobody can tell: in a new session, after a
// first code, and when the key's clock (which runs full after 24 days) and its error are of one
// size.
[[nodiscard]] std::optional<std::chrono::seconds> held_back(const Motion& last,
                                                            const YubicoCounters& counters,
                                                            const policies::Yubico& policy,
                                                            Time now);

}  // namespace countersign::verify
