// SPDX-License-Identifier: Apache-2.0
// Finding a token that has run away: two consecutive codes say where it is.
//
// RFC 4226 section 7.4. Counts as one attempt, takes the subject's turn and budget like one, and
// never accepts by itself: the next code does.
#pragma once

#include "base/clock.hpp"
#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/account/subject_service.hpp"
#include "hsm/client/hsm.hpp"

#include <optional>

namespace countersign {

class ResynchroniseService {
 public:
  explicit ResynchroniseService(const Parts& parts)
      : store_{parts.store},
        hsm_{parts.hsm},
        turns_{parts.turns},
        policy_{parts.policy},
        clock_{parts.clock},
        find_{parts} {}

  // The verdict says whether the factor was found; an accepted one has moved past both codes.
  // Fails with `not_found`, `denied`, `unavailable`, `corrupt`, `conflict`.
  awaitable<Result<Verdict>> resynchronise(Peer peer, const ResynchroniseFactor& ask);

 private:
  awaitable<Result<std::optional<std::uint64_t>>> search(const FactorRecord& factor,
                                                         const ResynchroniseFactor& ask,
                                                         const policies::Windows& windows,
                                                         Time now);

  Store& store_;
  hsm::Hsm& hsm_;
  Turns& turns_;
  const CurrentPolicy& policy_;
  const Clock& clock_;
  SubjectFinder find_;
};

}  // namespace countersign
