// SPDX-License-Identifier: Apache-2.0
// What each operation needs on enroll.sock: the one table of it. Pure.
//
// A companion that was taken over asks whatever it likes, and can act for nobody who is not there.
#pragma once

#include "daemon/model/account.hpp"
#include "daemon/model/challenge.hpp"
#include "policies/operation.hpp"
#include "policies/policy.hpp"

#include <optional>

namespace countersign {

// A set of scopes: a bit for each.
using SessionScopes = std::uint8_t;
[[nodiscard]] constexpr SessionScopes bit_of(SessionScope scope) {
  return static_cast<SessionScopes>(1U << static_cast<unsigned>(scope));
}

struct Entrance {
  bool without_session = false;  // asked by whoever is not signed in yet
  SessionScopes scopes = 0;      // by which sessions; with neither it is nobody's
  bool needs_proof = false;      // of a session that is signed in: it changes the account
  bool after_password = false;   // of one that sets an account up: factors come after the password
};
[[nodiscard]] Entrance entrance_of(Operation operation);

// Who may have challenges for what. Without a session: what proves a reset or an unlocking.
[[nodiscard]] bool may_be_challenged(std::optional<SessionScope> scope, Purpose purpose);

// What has to be proven again before a change; none when all was proven lately. To the second: at
// the end of its time a proof is still good. A factor is asked for only of whoever has one.
//
// The error is `proof_required`, and says by "proof.password", "proof.factor" or "proof.both" what
// would satisfy it.
[[nodiscard]] Status check_proof(const SessionProof& proof, bool has_factor,
                                 const policies::Sessions& rules, Time now);

}  // namespace countersign
