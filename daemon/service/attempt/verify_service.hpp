// SPDX-License-Identifier: Apache-2.0
// The life of a verify until somebody is known to be asked for; Attempts has the rest of it.
#pragma once

#include "daemon/model/requests.hpp"
#include "daemon/service/attempt/attempts.hpp"
#include "daemon/service/ticket/activation.hpp"
#include "policies/authorise.hpp"
#include "policies/operation.hpp"

#include <optional>

namespace countersign {

class VerifyService {
 public:
  explicit VerifyService(const Parts& parts)
      : store_{parts.store},
        policy_{parts.policy},
        attempts_{parts},
        notices_{parts},
        activation_{parts} {}

  // Does this passcode belong to this person, now, for the first time?
  //
  // REQUIRES: the peer may verify. Fails with `denied` (realm, way), `malformed` (nobody is named),
  // `unavailable`, `corrupt`, `limit_exceeded`, `conflict`.
  // ENSURES: the verdict, the moves and the journal record are durable.
  awaitable<Result<Verdict>> verify(Peer peer, const RequestId& id, const Verify& ask);

  // The same for a factor that waits for its first code: an acceptance makes it active.
  awaitable<Result<Verdict>> confirm(Peer peer, const RequestId& id, const ConfirmFactor& ask,
                                     Afterwards* afterwards = nullptr);

 private:
  struct Whose {
    SubjectId subject{};
    std::optional<FactorId> factor;
  };

  // Fails with `denied`, `malformed`.
  static Status authorise(const policies::Policy& policy, Peer peer, const Verify& ask,
                          const verify::Typed& typed);
  awaitable<Result<Whose>> whose(const Verify& ask, const verify::Typed& typed);

  Store& store_;
  const CurrentPolicy& policy_;
  Attempts attempts_;
  Notices notices_;
  Activation activation_;
};

}  // namespace countersign
