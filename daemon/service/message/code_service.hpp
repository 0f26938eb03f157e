// SPDX-License-Identifier: Apache-2.0
// Sending a code: from the wish to have one to the message that carries it, durable and the
// courier's next. (Its answer: ChallengeService.)
//
// A code is made and sealed in the HSM; nothing here ever sees one.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/attempt/places.hpp"
#include "daemon/service/parts.hpp"
#include "daemon/verify/challenge.hpp"
#include "policies/operation.hpp"

#include <optional>

namespace countersign {

class CodeService {
 public:
  explicit CodeService(const Parts& parts) : parts_{parts}, places_{parts} {}

  // Accepted for delivery means that challenge, code and message are durable. Whatever else the
  // delivery's outcome is, nothing was made, sent or counted.
  //
  // A name that nobody bears, a subject without such a factor and one that is suspended take the
  // same way, HSM and commit included, and wait and are limited alike; their message is nobody's.
  //
  // Fails with `malformed`, `denied`, `unavailable`, `corrupt`, `limit_exceeded`.
  // REQUIRES: `ask` is for SMS or e-mail, and outlives the wait.
  awaitable<Result<ChallengeReport>> start(Peer peer, const StartChallenge& ask);

  // What start() would meet now. Nothing is made, counted or kept.
  struct Prospect {
    bool reaches_somebody = false;
    Outbox::Prospect delivery;
  };
  // Fails, and REQUIRES, as start() does.
  awaitable<Result<Prospect>> prospect(Peer peer, const StartChallenge& ask);

 private:
  // Whom a code is for, where it goes, and what is counted of it.
  struct Errand {
    SubjectPtr subject;
    verify::Addressee whom;
    std::optional<Destination> to;  // none: nobody's
    Destination stand_in;           // then what is written goes there, and nowhere
    outbox::Sending sending;
  };
  awaitable<Result<Errand>> errand_of(Peer peer, const StartChallenge& ask, SubjectPtr subject);
  void make_nobodys(outbox::Sending& sending) const;
  awaitable<Status> find_destination(const StartChallenge& ask, Errand& errand);
  awaitable<Status> send(const policies::Policy& policy, const StartChallenge& ask,
                         const Errand& errand, Challenge challenge, JournalEntry entry);

  Parts parts_;
  Places places_;
};

}  // namespace countersign
