// SPDX-License-Identifier: Apache-2.0
// The life of a challenge: it is started, and answered once. One coroutine each.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/account/contacts.hpp"
#include "daemon/service/attempt/attempts.hpp"
#include "daemon/service/attempt/places.hpp"
#include "daemon/service/message/notices.hpp"
#include "daemon/service/parts.hpp"
#include "daemon/service/ticket/activation.hpp"
#include "daemon/verify/challenge.hpp"
#include "policies/operation.hpp"

namespace countersign {

class ChallengeService {
 public:
  explicit ChallengeService(const Parts& parts)
      : store_{parts.store},
        hsm_{parts.hsm},
        policy_{parts.policy},
        clock_{parts.clock},
        outbox_{parts.outbox},
        notices_{parts},
        contacts_{parts},
        places_{parts},
        activation_{parts} {}

  // Asks a key for something that nobody has been asked before. A name that nobody bears and a
  // subject without such a factor get a challenge too, which nobody can answer. (For codes:
  // CodeService.)
  //
  // Fails with `denied`, `unavailable`, `corrupt`. ENSURES: the challenge is durable.
  awaitable<Result<ChallengeReport>> start(Peer peer, const StartChallenge& ask);

  // Is this the answer, in time, for the first time? It takes the subject's turn and budget like a
  // passcode.
  //
  // REQUIRES: `id`, `ask` and `afterwards` outlive the wait.
  // Fails with `denied`, `unavailable`, `corrupt`, `limit_exceeded`, `conflict`, and as
  // `afterwards` does.
  // ENSURES: the verdict, the moves, the aftermath, the challenge's end and the journal record are
  // durable.
  awaitable<Result<Verdict>> answer(Peer peer, const RequestId& id, const AnswerChallenge& ask,
                                    Afterwards* afterwards = nullptr);

 private:
  // A challenge as it stands, and the subject that it belongs to; without one, its stand-in.
  struct Found {
    SubjectId subject{};
    ChallengePtr challenge;
    bool is_anothers = false;  // than the subject's that was named
  };
  awaitable<Result<Found>> find(const AnswerChallenge& ask);
  awaitable<Result<Attempt>> evaluate(const SubjectRecord& subject, const Challenge* challenge,
                                      const AnswerChallenge& ask, const policies::Policy& policy,
                                      const verify::Circumstances& circumstances);
  awaitable<Result<bool>> is_response(const SubjectRecord& subject, const Challenge* challenge,
                                      const verify::Candidates& candidate,
                                      const SecretBytes& response);
  awaitable<Result<bool>> is_code(const Challenge* challenge, const AnswerChallenge& ask);
  awaitable<Status> complete(Role role, const SubjectRecord& subject, Attempt& attempt);
  awaitable<Status> add_aftermath(const SubjectRecord& subject, Attempt& attempt);
  void note_place(const SubjectRecord& subject, Attempt& attempt) const;
  void remember(const Attempt& attempt);

  Store& store_;
  hsm::Hsm& hsm_;
  const CurrentPolicy& policy_;
  const Clock& clock_;
  Outbox& outbox_;
  Notices notices_;
  Contacts contacts_;
  Places places_;
  Activation activation_;
};

}  // namespace countersign
