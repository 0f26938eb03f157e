// SPDX-License-Identifier: Apache-2.0
// What a draft of a policy would have decided: journalled attempts, evaluated again in their order.
//
// The journal tells what was decided and from which counts, never what was typed. So a draft that
// is stricter is judged exactly; what a wider window would have let in nobody can know, and nothing
// is said about it. Nor is a factor's own count of failures evaluated again (the subject's is).
#pragma once

#include "base/clock.hpp"
#include "policies/policy.hpp"
#include "policies/throttle.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::policies {

// One evaluated attempt, as the journal has it.
struct JournalledAttempt {
  std::uint64_t number = 0;
  Time at{};
  std::int64_t peer_uid = 0;
  std::int64_t subject = 0;  // negative: a name that nobody bears
  std::string realm;
  std::string kind;  // of the factor, as kFactorRuleNames has it; or "password", "reset_question"
  bool accepted = false;
  std::string outcome;  // "accepted", "wrong_code", ...
  bool familiar = false;
  bool unlocks = false;        // a code that unlocks or resets
  std::int32_t offset = 0;     // accepted: steps or counters from the expected one
  std::uint32_t failures = 0;  // of the subject, after it
  std::uint32_t failures_unfamiliar = 0;
};

// What would be otherwise.
struct Difference {
  std::uint64_t number = 0;
  Time at{};
  std::int64_t subject = 0;
  std::string was;       // "accepted"
  std::string would_be;  // "throttled", "wrong_code", "denied", "accepted, level 1"
  std::string rule;      // which key of the draft decides: "[throttle] failures_max"
};

class Simulation {
 public:
  // What is compared: the policy in force, for what a verdict is worth, and the draft.
  Simulation(const Policy& now, const Policy& draft) : now_{now}, draft_{draft} {}

  // REQUIRES: attempts come in the journal's order.
  [[nodiscard]] std::vector<Difference> next(const JournalledAttempt& attempt);

 private:
  // Where a subject stands under the draft.
  struct Standing {
    Failures failures;
    NotBefore not_before;
  };
  [[nodiscard]] Standing& standing_before(const JournalledAttempt& attempt);

  const Policy& now_;
  const Policy& draft_;
  std::map<std::int64_t, Standing> standings_;  // by subject
};

}  // namespace countersign::policies
