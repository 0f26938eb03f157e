// SPDX-License-Identifier: Apache-2.0
// Every request, once: may this peer ask it, and who answers it.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/account/account_service.hpp"
#include "daemon/service/account/profile_service.hpp"
#include "daemon/service/account/subject_service.hpp"
#include "daemon/service/admin/audit_service.hpp"
#include "daemon/service/admin/client_service.hpp"
#include "daemon/service/admin/token_service.hpp"
#include "daemon/service/attempt/challenge_service.hpp"
#include "daemon/service/attempt/resynchronise_service.hpp"
#include "daemon/service/attempt/verify_service.hpp"
#include "daemon/service/factor/claim_service.hpp"
#include "daemon/service/factor/factor_service.hpp"
#include "daemon/service/factor/knowledge_service.hpp"
#include "daemon/service/factor/password_service.hpp"
#include "daemon/service/factor/pending_secrets.hpp"
#include "daemon/service/factor/question_service.hpp"
#include "daemon/service/gate/gate.hpp"
#include "daemon/service/gate/pace.hpp"
#include "daemon/service/message/code_service.hpp"
#include "daemon/service/message/courier_service.hpp"
#include "daemon/service/session/session_service.hpp"
#include "daemon/service/session/sign_in_service.hpp"
#include "daemon/service/ticket/link_service.hpp"
#include "daemon/service/ticket/open_ticket_service.hpp"
#include "daemon/service/ticket/recovery.hpp"
#include "daemon/service/ticket/ticket_service.hpp"
#include "policies/operation.hpp"

#include <functional>

namespace countersign {

// How the HSM is, in two numbers.
struct HsmHealth {
  std::uint32_t workers_ready = 0;
  std::uint32_t workers = 0;
};

class Service {
 public:
  struct Surroundings {
    Store& store;
    AccountStore& accounts;
    hsm::Hsm& hsm;
    Hasher& hasher;
    const CurrentPolicy& policy;
    const Clock& clock;
    SecretBytes print_key;  // for destinations and sources in the outbox
    std::function<HsmHealth()> hsm_health;
  };
  explicit Service(Surroundings surroundings);

  // Learns from the store what was sent lately and what still waits. Fails with `unavailable`.
  // REQUIRES: awaited before anything is asked.
  awaitable<Status> start();

  // What time brings about; to be awaited every second or so.
  awaitable<void> sweep() { return couriers_.sweep(); }

  // Nobody is kept waiting any more, for news or for a step.
  void stop() {
    couriers_.stop();
    pace_.stop();
  }

  // REQUIRES: `request` stays where it is until the awaitable is complete.
  // ENSURES: whatever was answered is durable.
  awaitable<Result<Answer>> answer(Peer peer, Request& request);

  // The same for the question that nearly everybody asks: its verdict is small, and ten thousand
  // people at nine o'clock should fit into the processor's cache.
  // REQUIRES: `id` and `ask` stay where they are until the awaitable is complete.
  awaitable<Result<Verdict>> answer(Peer peer, const RequestId& id, const Verify& ask);

 private:
  struct Dispatch;  // one overload an operation

  awaitable<Result<Answer>> status();
  // Of a challenge that was answered by somebody who is not signed in.
  awaitable<Result<SessionVerdict>> recover(const Visit& visit, const AnswerChallenge& ask);
  Result<Verdict> counted(Result<Verdict> verdict);
  Result<Answer> counted(Result<Answer> answer);

  std::function<HsmHealth()> hsm_health_;
  Turns turns_;
  Outbox outbox_;
  Parts parts_;
  VerifyService verify_;
  SubjectService subjects_;
  FactorService factors_;
  KnowledgeService knowledge_;
  ResynchroniseService resynchronise_;
  TokenService tokens_;
  ClaimService claims_;
  ClientService clients_;
  ChallengeService challenges_;
  CodeService codes_;
  CourierService couriers_;
  AuditService audit_;
  Gate gate_;
  SignInService sign_ins_;
  SessionService sessions_;
  TicketService tickets_;
  AccountService accounts_;
  ProfileService profiles_;
  LinkService links_;
  OpenTicketService openings_;
  PasswordService passwords_;
  QuestionService questions_;
  Resets resets_;
  PendingSecrets secrets_;
  Pace pace_;
  Time started_at_;
  std::uint64_t accepted_ = 0;
  std::uint64_t rejected_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace countersign
