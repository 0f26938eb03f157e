// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/ticket/recovery.hpp"

#include "daemon/service/session/promotion.hpp"

#include <algorithm>

namespace countersign {
namespace {

// A code shows that somebody has the phone or reads the mail. Were guesses at a question forgotten
// by it, whoever has that one way would have as many as they like at the other.
bool is_question(FactorKind kind) {
  return kind == FactorKind::question || kind == FactorKind::reset_question;
}

// The failures of the subject and of its factors, as after an unlock by the security team; but not
// those of a question.
void forget_failures(const SubjectRecord& subject, Attempt& attempt) {
  attempt.budget = Budget{.version = next(subject.budget.version)};
  for (const FactorRecord& record : subject.factors) {
    const auto is_its = [&record](const Move& move) { return move.factor == record.fixed.id; };
    const bool moves = std::ranges::any_of(attempt.moves, is_its);
    const bool stays = is_question(record.fixed.kind) || record.motion.failures == 0;
    if (moves || stays) continue;
    Move& move = attempt.moves.emplace_back();
    move.factor = record.fixed.id;
    move.motion = record.motion;
    move.motion.version = next(record.motion.version);
    move.motion.failures = 0;
    move.motion.failures_unfamiliar = 0;
  }
}

// The question was answered, within a session that resets.
class ResetAnswered final : public Afterwards {
 public:
  ResetAnswered(const Parts& parts, const Session& from)
      : parts_{parts}, sessions_{parts}, from_{from} {}

  awaitable<Status> add(const SubjectRecord& subject, Attempt& attempt) override {
    session_ = SecretBytes{};
    if (!attempt.verdict.accepted) co_return Status{};
    CS_CO_TRY(const Session kept, co_await sessions_.still(from_));
    const Time now = attempt.entry.at;
    const SessionProof proof = with_proof_of(kept.proof, FactorKind::reset_question, now);
    CS_CO_TRY(FreshSession next,
              co_await sessions_.promoted(kept, subject, SessionScope::reset, proof, now));
    attempt.also().account.sessions.push_back(std::move(next.row));
    session_ = std::move(next.text);
    co_return Status{};
  }

  [[nodiscard]] SecretBytes take_session() { return std::move(session_); }

 private:
  const Parts& parts_;
  Sessions sessions_;
  const Session& from_;
  SecretBytes session_;
};

}  // namespace

awaitable<Status> Recovered::add(const SubjectRecord& subject, Attempt& attempt) {
  session_ = SecretBytes{};
  if (!attempt.verdict.accepted || attempt.verdict.repeated || !attempt.challenge) {
    co_return Status{};
  }
  // Whoever may start challenges for a key may show them to whomever they like: they reset nothing.
  if (!is_out_of_band(attempt.challenge->row.kind)) {
    co_return Error{ErrorCode::denied, "challenge.purpose"};
  }
  switch (attempt.challenge->row.purpose) {
    case Purpose::reset:
      co_return co_await begin_reset(subject, attempt);
    case Purpose::unlock:
      co_return co_await unlock(subject, attempt);
    default:
      // The gate lets nobody else in without a session.
      co_return Error{ErrorCode::denied, "challenge.purpose"};
  }
}

awaitable<Status> Recovered::begin_reset(const SubjectRecord& subject, Attempt& attempt) {
  const Time now = attempt.entry.at;
  attempt.entry.event = Event::reset_proven;
  Session draft{.scope = SessionScope::reset,
                .proof = with_proof_of({}, attempt.verdict.kind, now),
                .source = parts_.outbox.prints.print(client_address_, peer_.uid)};
  CS_CO_TRY(FreshSession fresh, co_await sessions_.fresh(std::move(draft), subject, now));
  attempt.also().account.begun.push_back(std::move(fresh.row));
  session_ = std::move(fresh.text);
  co_return Status{};
}

awaitable<Status> Recovered::unlock(const SubjectRecord& subject, Attempt& attempt) {
  attempt.entry.event = Event::unlocked_by_owner;
  forget_failures(subject, attempt);
  const Factor& by = subject.find(attempt.verdict.factor)->fixed;
  CS_CO_TRY(Told told, co_await notices_.write(MessageKind::unlocked, subject, by, attempt.entry));
  std::move(told).leave_in(attempt.also());
  co_return Status{};
}

awaitable<Result<SessionVerdict>> Resets::answer(const Visit& visit, const AnswerQuestion& ask) {
  const verify::TypedSecret typed{FactorKind::reset_question, ask.answer};
  const Question question{.event = Event::reset_proven,
                          .subject = visit.subject->fixed.id,
                          .factor = {},
                          .secret = &typed,
                          .client_address = ask.client_address};
  ResetAnswered answered{parts_, *visit.session};
  CS_CO_TRY(const Verdict verdict,
            co_await attempts_.evaluate(visit.peer, visit.id, question, &answered));
  co_return SessionVerdict{verdict, answered.take_session()};
}

}  // namespace countersign
