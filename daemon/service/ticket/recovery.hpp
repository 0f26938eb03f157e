// SPDX-License-Identifier: Apache-2.0
// Getting back into an account: what an accepted code or answer brings about, in its own commit.
//
// A code to the reset phone begins a session that may set a password; the question, where there is
// one, is asked within it and never stands alone. A code that unlocks forgets all failures
// but those at a question: only the right answer does, or the security team.
#pragma once

#include "daemon/service/attempt/attempts.hpp"
#include "daemon/service/gate/visit.hpp"
#include "daemon/service/session/sessions.hpp"

#include <optional>

namespace countersign {

// Of a challenge that was answered without a session: one to reset or to unlock by.
class Recovered final : public Afterwards {
 public:
  // REQUIRES: all of it outlives this.
  Recovered(const Parts& parts, Peer peer, const std::string& client_address)
      : parts_{parts},
        sessions_{parts},
        notices_{parts},
        peer_{peer},
        client_address_{client_address} {}

  awaitable<Status> add(const SubjectRecord& subject, Attempt& attempt) override;

  // Text of the session that has begun; empty when none has.
  [[nodiscard]] SecretBytes take_session() { return std::move(session_); }

 private:
  awaitable<Status> begin_reset(const SubjectRecord& subject, Attempt& attempt);
  awaitable<Status> unlock(const SubjectRecord& subject, Attempt& attempt);

  const Parts& parts_;
  Sessions sessions_;
  Notices notices_;
  Peer peer_;
  const std::string& client_address_;
  SecretBytes session_;
};

class Resets {
 public:
  explicit Resets(const Parts& parts) : parts_{parts}, attempts_{parts} {}

  // The answer to the question that is asked before a reset. An acceptance is noted in the session,
  // whose secret is another one from then on.
  // Fails as Attempts::evaluate does, and with `denied` when the session is over.
  // REQUIRES: the gate has let it in with a session that resets; both outlive the wait.
  awaitable<Result<SessionVerdict>> answer(const Visit& visit, const AnswerQuestion& ask);

 private:
  Parts parts_;
  Attempts attempts_;
};

}  // namespace countersign
