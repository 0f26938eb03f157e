// SPDX-License-Identifier: Apache-2.0
// The life of a verify, from top to bottom: one coroutine a request.
#pragma once

#include "daemon/model/requests.hpp"
#include "daemon/service/notices.hpp"
#include "daemon/service/parts.hpp"
#include "daemon/verify/judge.hpp"
#include "policies/authorise.hpp"
#include "policies/operation.hpp"

#include <optional>

namespace countersign {

class VerifyService {
 public:
  // How often another writer may be first before we give up.
  static constexpr int kConflictsMax = 8;

  explicit VerifyService(const Parts& parts)
      : store_{parts.store},
        hsm_{parts.hsm},
        turns_{parts.turns},
        policy_{parts.policy},
        clock_{parts.clock},
        notices_{parts} {}

  // Does this passcode belong to this person, now, for the first time?
  //
  // REQUIRES: the peer may verify. Fails with `denied` (realm, way), `malformed` (nobody is named),
  // `unavailable`, `corrupt`, `limit_exceeded`, `conflict`.
  // ENSURES: the verdict, the moves and the journal record are durable.
  awaitable<Result<Verdict>> verify(Peer peer, const RequestId& id, const Verify& ask);

  // The same for a factor that waits for its first code: an acceptance makes it active.
  awaitable<Result<Verdict>> confirm(Peer peer, const RequestId& id, const ConfirmFactor& ask);

 private:
  // What is asked, in the words that both questions share.
  struct Question {
    Event event{};
    SubjectId subject{};
    std::optional<FactorId> factor;
    const verify::Typed& typed;
    const std::string& client_address;
    policies::Way way = policies::Way::by_name;
  };
  struct Whose {
    SubjectId subject{};
    std::optional<FactorId> factor;
  };

  // Fails with `denied`, `malformed`.
  static Status authorise(const policies::Policy& policy, Peer peer, const Verify& ask,
                          const verify::Typed& typed);
  awaitable<Result<Whose>> whose(const Verify& ask, const verify::Typed& typed);
  awaitable<Result<Verdict>> evaluate(Peer peer, const RequestId& id, Question question);
  struct Decision {
    Attempt attempt;
    std::optional<Error> failure;  // told to the peer instead of the verdict, once all is durable
  };

  // Both leave what they decide in `decision`, which is too large to be handed up frame by frame.
  awaitable<Status> decide(const SubjectRecord& subject, const Question& question,
                           const policies::Policy& policy,
                           const verify::Circumstances& circumstances, Decision& decision);
  awaitable<Status> add_notices(const SubjectRecord& subject, Attempt& attempt);
  awaitable<Status> refuse(const SubjectRecord& subject, verify::Refusal refusal,
                           const Question& question, const policies::Policy& policy,
                           const verify::Circumstances& circumstances, Decision& decision);

  Store& store_;
  hsm::Hsm& hsm_;
  Turns& turns_;
  const CurrentPolicy& policy_;
  const Clock& clock_;
  Notices notices_;
};

}  // namespace countersign
