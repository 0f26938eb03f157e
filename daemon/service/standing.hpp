// SPDX-License-Identifier: Apache-2.0
// How an account stands: what its owner can prove themselves by, and what a session has proven.
// Pure.
#pragma once

#include "daemon/model/account.hpp"
#include "daemon/model/subject.hpp"
#include "policies/assurance.hpp"

namespace countersign {

// Active factors, each of which may be the only one.
[[nodiscard]] std::uint32_t count_of_sole_factors(const SubjectRecord& subject,
                                                  const policies::Policy& rules);

// The subject's active factor of a kind of which there is one; null when there is none.
[[nodiscard]] const FactorRecord* active_factor(const SubjectRecord& subject, FactorKind kind);

// Whether an acceptance by this kind, beside the password, signs its owner in. A secret question
// does where the policy offers it, and never to somebody who has nothing better; a remembered
// device where the policy offers that. Neither a password nor a contact ever does.
[[nodiscard]] bool is_second_step(const SubjectRecord& subject, FactorKind kind,
                                  const policies::Policy& rules);

// What was proven in a session: amr, and the level.
[[nodiscard]] policies::Assurance assurance_of(const SessionProof& proof,
                                               const policies::Policy& rules);

}  // namespace countersign
