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

// Whether there is one of a kind of which there is one, be it suspended: what was put out of use is
// not as if it had never been.
[[nodiscard]] bool is_set(const SubjectRecord& subject, FactorKind kind);

// Whether an acceptance by this kind, beside the password, signs its owner in. A secret question
// does where the policy offers it, and never to somebody who has nothing better; a remembered
// device where the policy offers that. Neither a password nor a contact ever does.
[[nodiscard]] bool is_second_step(const SubjectRecord& subject, FactorKind kind,
                                  const policies::Policy& rules);

// Whether the subject has something to prove again before a change: a second step of theirs that
// can be taken now. A remembered device proves no factor, nor does a question; codes run out.
[[nodiscard]] bool can_prove_factor(const SubjectRecord& subject, const policies::Policy& rules,
                                    Time now);

// Whether this peer may set up a factor of this kind in a realm of these rules. Fails with
// `denied`.
[[nodiscard]] Status may_set_up(const policies::Policy& rules, Peer peer, FactorKind kind);

// The worth of what was proven in a session, as policies::level_of has it.
[[nodiscard]] std::uint8_t level_of(const SessionProof& proof, const policies::Policy& rules);

}  // namespace countersign
