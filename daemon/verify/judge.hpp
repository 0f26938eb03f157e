// SPDX-License-Identifier: Apache-2.0
// What an evaluated attempt means: the verdict, and where it leaves everything that moves.
//
// Pure. Whatever is decided here becomes true only when the store has committed it.
#pragma once

#include "daemon/model/attempt.hpp"
#include "daemon/verify/candidates.hpp"
#include "daemon/verify/circumstances.hpp"
#include "daemon/verify/match.hpp"
#include "policies/policy.hpp"

#include <optional>

namespace countersign::verify {

// How long an accepted request is remembered for its own sake: a lost reply is not a replay.
inline constexpr std::chrono::seconds kRepeatWindow{60};

// REQUIRES: `candidates` and `match` point into `subject`.
[[nodiscard]] Attempt judge(const SubjectRecord& subject, const Candidates& candidates,
                            const std::optional<Match>& match, const policies::Policy& policy,
                            const Circumstances& circumstances);

// An attempt that failed and was aimed at no factor: the subject alone is charged.
[[nodiscard]] Attempt fail(const SubjectRecord& subject, Reason reason,
                           const policies::Throttle& throttle, const Circumstances& circumstances);

// The right answer to something that is no factor's: nothing moves, and no failure is forgotten.
[[nodiscard]] Attempt acknowledge(const SubjectRecord& subject, FactorKind kind,
                                  const Circumstances& circumstances);

// An attempt that is refused without being evaluated: it is counted, and nothing else moves.
[[nodiscard]] Attempt refuse(const SubjectRecord& subject, const Refusal& refusal,
                             const Circumstances& circumstances);

}  // namespace countersign::verify
