// SPDX-License-Identifier: Apache-2.0
// What an acceptance does to a session, in the acceptance's own commit: how far somebody has got
// and that they got there are durable together, or neither is.
#pragma once

#include "daemon/service/attempt/attempts.hpp"
#include "daemon/service/session/sessions.hpp"

#include <string>

namespace countersign {

// A session that begins when a password was right: a factor is awaited.
class SignInBegun final : public Afterwards {
 public:
  // REQUIRES: all of it outlives this.
  SignInBegun(const Parts& parts, Peer peer, const SignIn& ask)
      : parts_{parts}, sessions_{parts}, peer_{peer}, ask_{ask} {}

  awaitable<Status> add(const SubjectRecord& subject, Attempt& attempt) override;

  // Once the attempt was accepted.
  [[nodiscard]] FreshSession& session() { return *session_; }

 private:
  const Parts& parts_;
  Sessions sessions_;
  Peer peer_;
  const SignIn& ask_;
  std::optional<FreshSession> session_;
};

// A session that has proven something more. From SIGN_IN it gets to ACCOUNT by a second step (see
// is_second_step), from ACTIVATION by whatever makes its account active; in ACCOUNT its proof is
// renewed, but not by a factor that is being confirmed. Each time its secret is another one.
// Anything else leaves it as it is.
//
// Fails, whatever the verdict, when the session is no longer what it was when the gate let it in:
// ended, or promoted by somebody else.
class Promotion final : public Afterwards {
 public:
  // REQUIRES: both outlive this.
  Promotion(const Parts& parts, const Session& from)
      : parts_{parts}, sessions_{parts}, from_{from} {}

  awaitable<Status> add(const SubjectRecord& subject, Attempt& attempt) override;

  // Whether the session is another one from now on.
  [[nodiscard]] bool is_promoted() const { return session_.has_value(); }
  // Its new text; empty when it is what it was.
  [[nodiscard]] SecretBytes take_session();

 private:
  [[nodiscard]] std::optional<SessionScope> scope_after(const SubjectRecord& subject,
                                                        const Attempt& attempt) const;

  const Parts& parts_;
  Sessions sessions_;
  const Session& from_;
  std::optional<FreshSession> session_;
};

// What proving something in a session is. In one that is signed in, whatever is proven is proven
// again.
[[nodiscard]] Event step_of(const Session& session);

// What has been proven when this was, too. A remembered device stands for a factor where somebody
// signs in; before a change it does not.
[[nodiscard]] SessionProof with_proof_of(SessionProof proof, FactorKind kind, Time now);

}  // namespace countersign
