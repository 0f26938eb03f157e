// SPDX-License-Identifier: Apache-2.0
// Is it what this person knows, or keeps? The HSM makes the same number of MACs, and the hasher as
// many hashes, for whoever has no such factor: a stand-in is asked then, and never matches.
#pragma once

#include "daemon/verify/match.hpp"
#include "daemon/verify/peppered_hash.hpp"

namespace countersign::verify {

// A code with the form of a recovery or a temporary code. Fails with `unavailable`, `corrupt`.
// REQUIRES: all references outlive the wait, here and below.
awaitable<Result<std::optional<Match>>> match_written(const FactorRecord& factor,
                                                      const Typed& typed, Time now, hsm::Hsm& hsm);

// A password, an answer or a device's secret. `policy` says how passwords are hashed: whoever has
// none is hashed so too, and a right one that was hashed by less is hashed again
// (Outcome::renewed), unless the hasher is busy.
//
// Fails with `busy`, `unavailable`, `corrupt`.
awaitable<Result<Outcome>> match(const Candidates& candidates, const TypedSecret& typed,
                                 const policies::Password& policy, Time now, Means means);

}  // namespace countersign::verify
