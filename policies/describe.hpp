// SPDX-License-Identifier: Apache-2.0
// A policy in words, for the person who answers for it: what is in force, and what it leaves to
// somebody who guesses.
#pragma once

#include "policies/policy.hpp"

#include <cstdint>
#include <string>

namespace countersign::policies {

// An upper bound on the chance that guessers in unfamiliar places have, all together, against one
// factor. It is the union bound: the true chance is a little smaller.
struct GuessingOdds {
  std::uint32_t codes_at_once = 0;   // accepted at one moment
  std::uint32_t guesses_in_all = 0;  // until only an unlock helps
  std::uint32_t guesses_a_day = 0;   // in the first 24 hours, given the delays
  double chance_in_all = 0;
  double chance_a_day = 0;
};

// For a TOTP factor of so many digits. REQUIRES: 6 <= digits <= 8.
[[nodiscard]] GuessingOdds totp_odds(const Policy& policy, unsigned digits);
[[nodiscard]] GuessingOdds hotp_odds(const Policy& policy, unsigned digits);
// For a factor whose codes are sent.
[[nodiscard]] GuessingOdds code_odds(const Policy& policy);
// For codes that are sent to unlock or reset.
[[nodiscard]] GuessingOdds unlock_odds(const Policy& policy);

// Lines of at most 100 columns (peers with long lists of realms aside), each ended.
[[nodiscard]] std::string describe(const Policy& policy);

}  // namespace countersign::policies
