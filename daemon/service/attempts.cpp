// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/attempts.hpp"

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

// Somebody who has no password, or may not sign in, fails like whoever nobody knows: if their
// failures were not counted, they would never be told to wait, and everybody else is.
Attempt refused(const SubjectRecord& subject, verify::Refusal refusal, const Question& question,
                const policies::Policy& policy, const verify::Circumstances& circumstances) {
  const bool is_by_password = question.event == Event::sign_in && question.secret != nullptr &&
                              question.secret->kind == FactorKind::password;
  if (!is_by_password || refusal.reason == Reason::throttled) {
    return verify::refuse(subject, refusal, circumstances);
  }
  const auto waits = verify::throttled(subject, policy.throttle, circumstances);
  if (waits) return verify::refuse(subject, *waits, circumstances);
  return verify::fail(subject, refusal.reason, policy.throttle, circumstances);
}

// The password is kept as policies ask for, from now on.
void renew(Attempt& attempt, const SubjectRecord& subject, const verify::Outcome& outcome) {
  if (!attempt.verdict.accepted || !outcome.renewed) return;
  Factor factor = subject.find(attempt.verdict.factor)->fixed;
  factor.sealed = *outcome.renewed;
  attempt.aftermath = std::make_unique<Aftermath>();
  attempt.aftermath->factors.push_back(std::move(factor));
}

}  // namespace

awaitable<Result<Verdict>> Attempts::evaluate(Peer peer, const RequestId& id, Question question,
                                              Afterwards* afterwards) {
  CS_CO_TRY(const RequestTag tag, verify::request_tag(peer.uid, id));
  const CurrentPolicy policy = policy_;

  // One attempt on a subject at a time: parallel guesses cannot outrun the count.
  const SourcePrint from = places_.print(question.client_address, peer);
  CS_CO_TRY(const Turns::Turn turn, co_await places_.take_turn(question.subject, from));
  for (int conflicts = 0; conflicts < kConflictsMax; ++conflicts) {
    CS_CO_TRY(const SubjectPtr subject, co_await store_.subject(question.subject));
    if (!is_decoy(question.subject)) {  // a factor may be named without its subject
      CS_CO_CHECK(
          policies::authorise_realm(*policy, peer, subject->fixed.name.realm.text(), question.way));
    }

    const verify::Circumstances circumstances{
        .event = question.event,
        .now = clock_.now(),
        .peer_uid = peer.uid,
        .tag = tag,
        .client_address = question.client_address,
        .lane = Places::lane_of(*subject, from, false, clock_.now()),
        .by_public_id = question.way == policies::Way::by_public_id};
    Decision decision;
    const policies::Policy& rules = rules_for(*subject, question, *policy);
    CS_CO_CHECK(co_await decide(*subject, question, rules, circumstances, decision));
    Places::note(*subject, from, decision.attempt);
    if (afterwards != nullptr) CS_CO_CHECK(co_await afterwards->add(*subject, decision.attempt));

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
            co_await match(candidates, question, policy, circumstances.now));
  decision.attempt = verify::judge(subject, candidates, outcome.match, policy, circumstances);
  decision.failure = outcome.failure;
  renew(decision.attempt, subject, outcome);
  co_return Status{};
}

awaitable<Result<verify::Outcome>> Attempts::match(const verify::Candidates& candidates,
                                                   const Question& question,
                                                   const policies::Policy& policy, Time now) {
  if (question.secret == nullptr) {
    return verify::match(candidates, *question.typed, policy.windows, now, hsm_);
  }
  const verify::Means means{hsm_, hasher_};
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
  const auto ignored = co_await match(alike, question, policy, circumstances.now);
  if (!ignored) co_return ignored.error();
  decision.attempt = refused(subject, refusal, question, policy, circumstances);
  co_return Status{};
}

}  // namespace countersign
