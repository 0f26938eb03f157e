// SPDX-License-Identifier: Apache-2.0
// The life of a challenge: it is started, and answered once. One coroutine each.
#pragma once

#include "base/clock.hpp"
#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/current_policy.hpp"
#include "daemon/service/turns.hpp"
#include "daemon/store/store.hpp"
#include "daemon/verify/challenge.hpp"
#include "hsm/client/hsm.hpp"
#include "policies/operation.hpp"

namespace countersign {

class ChallengeService {
 public:
  // How often another writer may be first before we give up.
  static constexpr int kConflictsMax = 8;

  ChallengeService(Store& store, hsm::Hsm& hsm, Turns& turns, const CurrentPolicy& policy,
                   const Clock& clock)
      : store_{store}, hsm_{hsm}, turns_{turns}, policy_{policy}, clock_{clock} {}

  // Asks for something that nobody has been asked before. A name that nobody bears and a subject
  // without such a factor get a challenge too, which nobody can answer.
  //
  // Fails with `denied`, `unavailable`, `corrupt`. ENSURES: the challenge is durable.
  awaitable<Result<ChallengeReport>> start(Peer peer, const StartChallenge& ask);

  // Is this the answer, in time, for the first time? It takes the subject's turn and budget like a
  // passcode.
  //
  // Fails with `denied`, `unavailable`, `corrupt`, `limit_exceeded`, `conflict`.
  // ENSURES: the verdict, the moves, the challenge's end and the journal record are durable.
  awaitable<Result<Verdict>> answer(Peer peer, const RequestId& id, const AnswerChallenge& ask);

 private:
  // A challenge as it stands, and the subject that it belongs to; without one, its stand-in.
  struct Found {
    SubjectId subject{};
    ChallengePtr challenge;
  };
  awaitable<Result<Found>> find(ChallengeId id);
  awaitable<Result<Attempt>> evaluate(const SubjectRecord& subject, const Challenge* challenge,
                                      const AnswerChallenge& ask, const policies::Policy& policy,
                                      const verify::Circumstances& circumstances);
  awaitable<Result<bool>> matches(const SubjectRecord& subject, const Challenge* challenge,
                                  const verify::Candidates& candidate, const SecretBytes& response);

  Store& store_;
  hsm::Hsm& hsm_;
  Turns& turns_;
  const CurrentPolicy& policy_;
  const Clock& clock_;
};

}  // namespace countersign
