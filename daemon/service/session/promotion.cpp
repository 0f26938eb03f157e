// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/session/promotion.hpp"

#include "daemon/service/gate/standing.hpp"

namespace countersign {
namespace {

bool activates(const Attempt& attempt) {
  return attempt.aftermath && attempt.aftermath->state == SubjectState::active;
}

}  // namespace

awaitable<Status> SignInBegun::add(const SubjectRecord& subject, Attempt& attempt) {
  session_.reset();
  if (!attempt.verdict.accepted) co_return Status{};
  const Time now = attempt.entry.at;
  Session draft{.scope = SessionScope::sign_in,
                .proof = with_proof_of({}, FactorKind::password, now),
                .source = parts_.outbox.prints.print(ask_.client_address, peer_.uid),
                .user_agent = ask_.user_agent};
  CS_CO_TRY(session_, co_await sessions_.fresh(std::move(draft), subject, now));
  attempt.also().account.begun.push_back(session_->row);
  co_return Status{};
}

awaitable<Status> Promotion::add(const SubjectRecord& subject, Attempt& attempt) {
  session_.reset();
  CS_CO_TRY(const Session kept, co_await sessions_.still(from_));
  // The answer to a challenge, as a session gives it.
  if (attempt.entry.event == Event::verify) attempt.entry.event = step_of(from_);
  const std::optional<SessionScope> scope = scope_after(subject, attempt);
  if (!scope) co_return Status{};
  const Time now = attempt.entry.at;
  const SessionProof proof = with_proof_of(kept.proof, attempt.verdict.kind, now);
  CS_CO_TRY(session_, co_await sessions_.promoted(kept, subject, *scope, proof, now));
  attempt.also().account.sessions.push_back(session_->row);
  co_return Status{};
}

SecretBytes Promotion::take_session() {
  return session_ ? std::move(session_->text) : SecretBytes{};
}

std::optional<SessionScope> Promotion::scope_after(const SubjectRecord& subject,
                                                   const Attempt& attempt) const {
  const Verdict& verdict = attempt.verdict;
  // What was answered before, to whomever, proves nothing anew; but for a device, whose owner did
  // not get the reply.
  const bool proves = !verdict.repeated || verdict.kind == FactorKind::device;
  if (!verdict.accepted || !proves || attempt.subject != from_.subject) return std::nullopt;
  switch (from_.scope) {
    case SessionScope::activation:
      if (activates(attempt)) return SessionScope::account;
      break;
    case SessionScope::sign_in: {
      const CurrentPolicy policy = parts_.policy;
      const policies::Policy& rules = policy->of(subject.fixed.name.realm.text());
      if (is_second_step(subject, verdict.kind, rules)) return SessionScope::account;
      break;
    }
    case SessionScope::account:
      // A new factor is not yet the person.
      if (attempt.entry.event == Event::reauthenticated) return SessionScope::account;
      break;
    case SessionScope::reset:
      break;
  }
  return std::nullopt;
}

Event step_of(const Session& session) {
  return session.scope == SessionScope::account ? Event::reauthenticated : Event::sign_in;
}

SessionProof with_proof_of(SessionProof proof, FactorKind kind, Time now) {
  proof.kinds |= bit_of(kind);
  if (kind == FactorKind::password) {
    proof.password_at = now;
  } else if (kind == FactorKind::question || kind == FactorKind::reset_question) {
    proof.question_at = now;
  } else if (kind != FactorKind::device) {
    proof.factor_at = now;
  }
  return proof;
}

}  // namespace countersign
