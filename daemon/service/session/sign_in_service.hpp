// SPDX-License-Identifier: Apache-2.0
// Signing in to the companion: the password, then a factor; and proving both again before a change.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/service/attempt/attempts.hpp"
#include "daemon/service/attempt/challenge_service.hpp"
#include "daemon/service/attempt/recovery_notice.hpp"
#include "daemon/service/attempt/verify_service.hpp"
#include "daemon/service/factor/claim_service.hpp"
#include "daemon/service/factor/factor_service.hpp"
#include "daemon/service/gate/visit.hpp"
#include "daemon/service/session/promotion.hpp"

namespace countersign {

class SignInService {
 public:
  explicit SignInService(const Parts& parts)
      : parts_{parts},
        attempts_{parts},
        verify_{parts},
        challenges_{parts},
        claims_{parts},
        factors_{parts},
        notices_{parts} {}

  // The password opens a session that may do nothing but prove a factor; with a remembered device
  // (where the policy offers that) one that is signed in. Whatever is refused is answered alike,
  // whether it was the name, the password, or the account's state.
  // Fails with `denied` (realm), `busy`, `unavailable`, `corrupt`, `limit_exceeded`, `conflict`.
  awaitable<Result<Answer>> sign_in(const Visit& visit, const SignIn& ask);

  // The rest are a session's, and answered by a SessionVerdict. They fail likewise, and with
  // `denied` when the session is no longer what it was. REQUIRES: the gate has let the visit in.
  awaitable<Result<Answer>> prove_factor(const Visit& visit, const ProveFactor& ask);
  awaitable<Result<Answer>> answer_challenge(const Visit& visit, const AnswerChallenge& ask);
  awaitable<Result<Answer>> answer_question(const Visit& visit, const AnswerQuestion& ask);
  awaitable<Result<Answer>> reauthenticate(const Visit& visit, const Reauthenticate& ask);

  // What makes an account active promotes the session that activates it.
  awaitable<Result<Answer>> confirm_factor(const Visit& visit, const ConfirmFactor& ask);
  // Answered like a claim without a session, but where it makes the account active: then by the
  // verdict, with the session.
  awaitable<Result<Answer>> claim_token(const Visit& visit, const ClaimToken& ask);

 private:
  awaitable<Status> show_device(const Visit& visit, const SignIn& ask, const Session& begun,
                                SignInReport& report);
  awaitable<Result<std::vector<FactorReport>>> ways_on(Peer peer, SubjectId id);
  awaitable<Result<Answer>> evaluate(const Visit& visit, const Question& question);

  Parts parts_;
  Attempts attempts_;
  VerifyService verify_;
  ChallengeService challenges_;
  ClaimService claims_;
  FactorService factors_;
  Notices notices_;
};

}  // namespace countersign
