// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/attempt/attempts.hpp"

#include "base/log.hpp"
#include "daemon/verify/candidates.hpp"
#include "daemon/verify/device_secret.hpp"
#include "daemon/verify/match.hpp"
#include "daemon/verify/match_knowledge.hpp"
#include "daemon/verify/request_tag.hpp"

namespace countersign {

namespace {

void log_held_back(const SubjectRecord& subject, const Attempt& attempt) {
  if (!attempt.held_back) return;
  log::warning("yubico_otp_late", {{"subject", number(subject.fixed.id)},
                                   {"factor", number(attempt.entry.factor)},
                                   {"seconds", attempt.held_back->count()}});
}

// A device's secret says which device; whoever shows no such text has none.
std::optional<FactorId> named_by(const verify::TypedSecret& secret) {
  if (secret.kind != FactorKind::device) return std::nullopt;
  const auto shown = verify::device_text_from(secret.text);
  return shown ? shown->factor : FactorId{};
}

verify::Candidates candidates_of(const SubjectRecord& subject, const Question& question,
                                 const policies::Throttle& throttle,
                                 const verify::Circumstances& circumstances) {
  if (question.secret != nullptr) {
    const verify::TypedSecret& secret = *question.secret;
    return verify::candidate_of_kind(subject, secret.kind, named_by(secret), throttle,
                                     circumstances);
  }
  const verify::Typed& typed = *question.typed;
  if (question.event == Event::confirm) {
    return verify::candidate_to_confirm(subject, *question.factor, typed, throttle, circumstances);
  }
  // A decoy's factor has a number of its own: nobody can name it, everybody meets it.
  const std::optional<FactorId> named = is_decoy(subject.fixed.id) ? std::nullopt : question.factor;
  return verify::candidates(subject, named, typed, throttle, circumstances);
}

// Of somebody whom nobody knows, what holds where they would be.
const policies::Policy& rules_for(const SubjectRecord& subject, const Question& question,
                                  const policies::Policy& policy) {
  const bool is_known = !is_decoy(subject.fixed.id);
  if (is_known) return policy.of(subject.fixed.name.realm.text());
  return question.realm == nullptr ? policy : policy.of(question.realm->text());
}

// Whoever signs in tells by a name alone whom they mean.
bool guesses_at_names(const Question& question) {
  return question.event == Event::sign_in && question.secret != nullptr &&
         question.secret->kind == FactorKind::password;
}

// A wait tells nobody whether there is such an account, nor how it stands: there, every refusal
// costs as much as a wrong password.
Attempt refusal_of(const SubjectRecord& subject, const verify::Refusal& refusal,
                   const Question& question, const policies::Throttle& throttle,
                   const verify::Circumstances& circumstances) {
  if (!guesses_at_names(question)) return verify::refuse(subject, refusal, circumstances);
  if (const auto shut = verify::throttled(subject, throttle, circumstances)) {
    return verify::refuse(subject, *shut, circumstances);
  }
  Attempt attempt = verify::fail(subject, refusal.reason, throttle, circumstances);
  attempt.entry.kind = question.secret->kind;
  return attempt;
}

// A device's secret is none that somebody could guess.
bool is_hashed(const Question& question) {
  return question.secret != nullptr && question.secret->kind != FactorKind::device;
}

// The password is kept as policies ask for, from now on.
void renew(Attempt& attempt, const SubjectRecord& subject, const verify::Outcome& outcome) {
  if (!attempt.verdict.accepted || !outcome.renewed) return;
  Factor factor = subject.find(attempt.verdict.factor)->fixed;
  factor.sealed = *outcome.renewed;
  attempt.also().factors.push_back(std::move(factor));
}

}  // namespace

awaitable<Result<Verdict>> Attempts::evaluate(Peer peer, const RequestId& id, Question question,
                                              Afterwards* afterwards) {
  CS_CO_TRY(const RequestTag tag, verify::request_tag(peer.uid, id));
  const CurrentPolicy policy = policy_;

  // One attempt on a subject at a time: parallel guesses cannot outrun the count.
  const SourcePrint from = places_.print(question.client_address, peer);
  CS_CO_TRY(const Turns::Turn turn, co_await take_turn(question, from));
  for (int conflicts = 0; conflicts < kConflictsMax; ++conflicts) {
    CS_CO_TRY(const SubjectPtr subject, co_await store_.subject(question.subject));
    if (!is_decoy(question.subject)) {  // a factor may be named without its subject
      CS_CO_CHECK(
          policies::authorise_realm(*policy, peer, subject->fixed.name.realm.text(), question.way));
    }

    const Time now = clock_.now();
    const verify::Circumstances circumstances{
        .event = question.event,
        .now = now,
        .peer_uid = peer.uid,
        .tag = tag,
        .client_address = question.client_address,
        .lane = Places::lane_of(*subject, from, false, now),
        .by_public_id = question.way == policies::Way::by_public_id};
    Decision decision;
    const policies::Policy& rules = rules_for(*subject, question, *policy);
    CS_CO_CHECK(co_await decide(*subject, question, rules, circumstances, decision));
    Places::note(*subject, from, decision.attempt);
    if (afterwards != nullptr && afterwards->follows(decision.attempt)) {
      CS_CO_CHECK(co_await afterwards->add(*subject, decision.attempt));
    }

    // Nobody learns the verdict before it is durable. A crash up to here has told the peer
    // nothing, so it has nothing to gain from one.
    const Status committed = co_await store_.commit(subject, decision.attempt);
    if (committed) log_held_back(*subject, decision.attempt);
    if (committed && decision.attempt.aftermath) {
      notices_.queued(decision.attempt.aftermath->notices);
    }
    if (committed && decision.failure) co_return *decision.failure;
    if (committed) co_return decision.attempt.verdict;
    if (committed.error().code != ErrorCode::conflict) co_return committed.error();
    // Another writer was first. Its attempt counts; ours begins again.
  }
  co_return Error{ErrorCode::conflict, "attempt.conflicts"};
}

awaitable<Result<Turns::Turn>> Attempts::take_turn(const Question& question,
                                                   const SourcePrint& from) const {
  if (!is_hashed(question)) return places_.take_turn(question.subject, from);
  return take_hashed_turn(question.subject, from);
}

awaitable<Result<Turns::Turn>> Attempts::take_hashed_turn(SubjectId subject,
                                                          const SourcePrint& from) const {
  Result<Turns::Turn> turn = co_await places_.take_turn(subject, from, Turns::kHashedWaitingMax);
  const bool is_crowded = !turn && turn.error().code == ErrorCode::limit_exceeded;
  if (is_crowded) co_return Error{ErrorCode::busy, "attempt.waiting"};
  co_return turn;
}

awaitable<Status> Attempts::decide(const SubjectRecord& subject, const Question& question,
                                   const policies::Policy& policy,
                                   const verify::Circumstances& circumstances, Decision& decision) {
  const verify::Candidates candidates =
      candidates_of(subject, question, policy.throttle, circumstances);
  if (candidates.refusal) {
    co_return co_await refuse(subject, *candidates.refusal, question, policy, circumstances,
                              decision);
  }
  CS_CO_TRY(const verify::Outcome outcome,
            co_await match(candidates, question, policy, circumstances));
  decision.attempt = verify::judge(subject, candidates, outcome.match, policy, circumstances);
  decision.failure = outcome.failure;
  renew(decision.attempt, subject, outcome);
  co_return Status{};
}

awaitable<Result<verify::Outcome>> Attempts::match(const verify::Candidates& candidates,
                                                   const Question& question,
                                                   const policies::Policy& policy,
                                                   const verify::Circumstances& circumstances) {
  const Time now = circumstances.now;
  if (question.secret == nullptr) {
    return verify::match(candidates, *question.typed, policy.windows, now, hsm_);
  }
  const Rank rank = policies::is_familiar(circumstances.lane) ? Rank::known : Rank::stranger;
  const verify::Means means{hsm_, hasher_, rank};
  return verify::match(candidates, *question.secret, policy.password, now, means);
}

// A refusal that nobody needs to evaluate takes the whole way all the same, HSM and commit
// included, with a decoy's secret: how long it took tells an outsider nothing.
awaitable<Status> Attempts::refuse(const SubjectRecord& subject, verify::Refusal refusal,
                                   const Question& question, const policies::Policy& policy,
                                   const verify::Circumstances& circumstances, Decision& decision) {
  const std::int64_t place = number(subject.fixed.id);
  const bool is_yubico = question.typed != nullptr && question.typed->yubico;
  const SubjectId stand_in = is_yubico ? decoy_of_public_id(place) : decoy_of_name(place);
  CS_CO_TRY(const SubjectPtr decoy, co_await store_.subject(stand_in));
  verify::Candidates alike;
  alike.factors[0] = &decoy->factors.front();
  alike.size = 1;
  const auto ignored = co_await match(alike, question, policy, circumstances);
  if (!ignored) co_return ignored.error();
  decision.attempt = refusal_of(subject, refusal, question, policy.throttle, circumstances);
  co_return Status{};
}

}  // namespace countersign
