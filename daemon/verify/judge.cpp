// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/judge.hpp"

#include "daemon/verify/window.hpp"
#include "daemon/verify/yubico.hpp"
#include "policies/assurance.hpp"
#include "policies/throttle.hpp"

#include <algorithm>
#include <limits>

namespace countersign::verify {
namespace {

Attempt attempt_on(const SubjectRecord& subject, const Circumstances& circumstances) {
  Attempt attempt;
  attempt.subject = subject.fixed.id;
  attempt.entry = {.at = circumstances.now,
                   .event = circumstances.event,
                   .peer_uid = circumstances.peer_uid,
                   .subject = subject.fixed.id,
                   .failures = subject.budget.failures,
                   // This attempt, and those that were refused unevaluated since the last one.
                   .count = 1 + subject.budget.throttled,
                   .familiar = policies::is_familiar(circumstances.lane),
                   .failures_unfamiliar = subject.budget.failures_unfamiliar,
                   .client_address = circumstances.client_address};
  return attempt;
}

void reject(Attempt& attempt, Reason reason) {
  attempt.verdict = {.accepted = false, .reason = reason};
  attempt.entry.outcome = reason;
}

// What a person knows is half of what signs them in: whoever has it must not guess the other half
// without end.
bool forgives_subject(FactorKind kind) { return !is_memorised(kind); }

// How far a code lay from the one that was expected. Other factors' counters say that themselves.
std::int32_t offset_of(const Match& match, Time now) {
  const FactorRecord& factor = *match.factor;
  if (!is_oath(factor.fixed.kind)) return 0;
  const std::int64_t expected = factor.fixed.kind == FactorKind::totp
                                    ? expected_step(factor, now)
                                    : number(factor.motion.position) + 1;
  const std::int64_t offset = static_cast<std::int64_t>(match.counter) - expected;
  using Limits = std::numeric_limits<std::int32_t>;
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(offset, Limits::min(), Limits::max()));
}

// The winner moves; its failures and, where there are any, the subject's are forgotten.
void accept(Attempt& attempt, const SubjectRecord& subject, const Match& match,
            const policies::Windows& windows, const Circumstances& circumstances) {
  const FactorRecord& winner = *match.factor;
  Move& move = attempt.moves.emplace_back();
  move.factor = winner.fixed.id;
  move.motion = {.version = next(winner.motion.version),
                 .position = Position{static_cast<std::int64_t>(match.counter)},
                 .failures = 0,
                 .last_request = circumstances.tag,
                 .accepted_at = circumstances.now};
  // Only a verify is asked again: the code of a confirmation must not answer one.
  if (circumstances.event != Event::verify) move.motion.last_request = RequestTag{};
  if (match.yubico) move.motion.timestamp = match.yubico->timestamp;
  if (match.genuine.written != 0) move.motion.timestamp = match.genuine.written;
  if (winner.fixed.kind == FactorKind::totp) {
    move.motion.drift = drift_after(winner, static_cast<std::int64_t>(match.counter),
                                    windows.totp_drift_steps_max, circumstances.now);
  }
  const bool forgives = forgives_subject(winner.fixed.kind);
  if (forgives && (subject.budget.failures != 0 || subject.budget.throttled != 0)) {
    attempt.budget = Budget{.version = next(subject.budget.version)};
  }
  if (circumstances.event == Event::confirm) attempt.state = FactorState::active;
  attempt.verdict = {.accepted = true,
                     .factor = winner.fixed.id,
                     .kind = winner.fixed.kind,
                     .yubico = match.yubico};
  attempt.entry.factor = winner.fixed.id;
  attempt.entry.version = move.motion.version;
  attempt.entry.position = move.motion.position;
  attempt.entry.kind = winner.fixed.kind;
  attempt.entry.failures = forgives ? 0 : subject.budget.failures;
  attempt.entry.failures_unfamiliar = forgives ? 0 : subject.budget.failures_unfamiliar;
  // The refused ones wait for the next attempt that writes the budget.
  if (!forgives) attempt.entry.count = 1;
}

void set(Budget& budget, const policies::Failures& failures) {
  budget.failures = failures.all;
  budget.failures_unfamiliar = failures.unfamiliar;
}

void set(Motion& motion, const policies::Failures& failures) {
  motion.failures = failures.all;
  motion.failures_unfamiliar = failures.unfamiliar;
}

Budget charged(const Budget& before, const policies::Throttle& throttle,
               const Circumstances& circumstances) {
  const policies::Lane lane = circumstances.lane;
  Budget budget = before;
  budget.version = next(before.version);
  budget.throttled = 0;
  set(budget, policies::charged(failures_of(before), lane));
  const policies::NotBefore opens = policies::not_before_after(
      throttle, failures_of(budget), {before.not_before, before.not_before_unfamiliar}, lane,
      circumstances.now);
  budget.not_before = opens.familiar;
  budget.not_before_unfamiliar = opens.unfamiliar;
  return budget;
}

// All candidates and the subject are charged, whichever of them was meant.
void charge(Attempt& attempt, const SubjectRecord& subject, const Candidates& candidates,
            const policies::Throttle& throttle, const Circumstances& circumstances) {
  attempt.budget = charged(subject.budget, throttle, circumstances);
  attempt.entry.failures = attempt.budget->failures;
  attempt.entry.failures_unfamiliar = attempt.budget->failures_unfamiliar;

  for (const FactorRecord* factor : candidates.all()) {
    Move& move = attempt.moves.emplace_back();
    move.factor = factor->fixed.id;
    move.motion = factor->motion;
    move.motion.version = next(factor->motion.version);
    set(move.motion, policies::charged(failures_of(factor->motion), circumstances.lane));
  }
  if (candidates.size != 1) return;
  attempt.entry.factor = attempt.moves[0].factor;
  attempt.entry.kind = candidates.factors[0]->fixed.kind;
  attempt.entry.version = attempt.moves[0].motion.version;
  attempt.entry.position = attempt.moves[0].motion.position;
}

// The request that was accepted last, asking again because its reply was lost: the same peer and
// id (both are in the tag), the same position.
bool is_same_request(const Match& match, const Circumstances& circumstances) {
  const Motion& motion = match.factor->motion;
  const bool is_last =
      !match.fresh && static_cast<std::int64_t>(match.counter) == number(motion.position);
  return circumstances.event == Event::verify && (is_last || match.genuine.reusable) &&
         motion.last_request == circumstances.tag && motion.last_request != RequestTag{};
}

bool is_recent(const Match& match, Time now) {
  const auto age = now - match.factor->motion.accepted_at;
  return age >= age.zero() && age <= kRepeatWindow;
}

// Nothing moves and nobody is charged: it is no guess.
void repeat(Attempt& attempt, const Match& match, const Circumstances& circumstances) {
  attempt.entry.event = Event::repeat;
  attempt.entry.factor = match.factor->fixed.id;
  attempt.entry.kind = match.factor->fixed.kind;
  attempt.entry.count = 1;  // the refused ones wait for the next evaluated attempt
  if (circumstances.by_public_id) {
    reject(attempt, Reason::replayed);
  } else {
    attempt.verdict = {
        .accepted = true, .factor = match.factor->fixed.id, .kind = match.factor->fixed.kind};
  }
  attempt.verdict.repeated = true;
  attempt.verdict.yubico = match.yubico;
}

// It is theirs, and too late or too early: no guess, and nobody is charged.
void lapse(Attempt& attempt, const Match& match) {
  reject(attempt, Reason::expired);
  attempt.entry.factor = match.factor->fixed.id;
  attempt.entry.count = 1;
}

// Two have what one of them was given: the device is forgotten, whoever this one is.
void steal(Attempt& attempt, const Match& match) {
  reject(attempt, Reason::replayed);
  attempt.entry.event = Event::device_stolen;
  attempt.entry.factor = match.factor->fixed.id;
  attempt.entry.kind = match.factor->fixed.kind;
  attempt.entry.position = match.factor->motion.position;
  attempt.entry.count = 1;
  Factor forgotten = match.factor->fixed;
  forgotten.state = FactorState::revoked;
  attempt.also().factors.push_back(std::move(forgotten));
}

// It is the key's, and somebody kept it from us for too long: neither it nor what was made before
// it may serve anybody. The clock goes on being compared with that of the last accepted one.
void expire(Attempt& attempt, const SubjectRecord& subject, const Candidates& candidates,
            const Match& match, const policies::Throttle& throttle,
            const Circumstances& circumstances) {
  reject(attempt, Reason::expired);
  charge(attempt, subject, candidates, throttle, circumstances);
  for (Move& move : attempt.moves) {
    if (move.factor != match.factor->fixed.id) continue;
    move.motion.position = Position{static_cast<std::int64_t>(match.counter)};
  }
  if (candidates.size == 1) attempt.entry.position = attempt.moves[0].motion.position;
}

// What a genuine secret comes to when it is not good now; false when it is.
bool is_settled(Attempt& attempt, const Match& match, const Circumstances& circumstances) {
  if (match.genuine.stolen) {
    steal(attempt, match);
  } else if (match.genuine.expired) {
    lapse(attempt, match);
  } else if (match.genuine.again) {
    repeat(attempt, match, circumstances);
  } else {
    return false;
  }
  return true;
}

// What the policy gives for it.
void rate(Verdict& verdict, const policies::Factors& factors) {
  if (!verdict.accepted) return;
  verdict.level = policies::level_of(factors, static_cast<policies::KindNumber>(verdict.kind));
}

}  // namespace

Attempt judge(const SubjectRecord& subject, const Candidates& candidates,
              const std::optional<Match>& match, const policies::Policy& policy,
              const Circumstances& circumstances) {
  Attempt attempt = attempt_on(subject, circumstances);
  // A decoy never accepts, not even the one guess in a million that meets its secret.
  if (!match || is_decoy(subject.fixed.id)) {
    reject(attempt, is_decoy(subject.fixed.id) ? Reason::no_such_factor : Reason::wrong_code);
    charge(attempt, subject, candidates, policy.throttle, circumstances);
    return attempt;
  }
  attempt.entry.offset = offset_of(*match, circumstances.now);
  if (is_settled(attempt, *match, circumstances)) {
    rate(attempt.verdict, policy.factors);
    return attempt;
  }
  if (match->fresh && match->yubico) {
    attempt.held_back =
        held_back(match->factor->motion, *match->yubico, policy.yubico, circumstances.now);
  }
  if (attempt.held_back && policy.yubico.relay_check == policies::RelayCheck::enforce) {
    expire(attempt, subject, candidates, *match, policy.throttle, circumstances);
    return attempt;
  }
  const bool same_request = is_same_request(*match, circumstances);
  const bool is_repeat = same_request && is_recent(*match, circumstances.now);
  if (is_repeat || match->fresh) {
    if (is_repeat) repeat(attempt, *match, circumstances);
    if (!is_repeat) accept(attempt, subject, *match, policy.windows, circumstances);
    rate(attempt.verdict, policy.factors);
    return attempt;
  }
  reject(attempt, Reason::replayed);
  attempt.verdict.repeated = same_request;
  attempt.verdict.yubico = match->yubico;
  charge(attempt, subject, candidates, policy.throttle, circumstances);
  return attempt;
}

Attempt fail(const SubjectRecord& subject, Reason reason, const policies::Throttle& throttle,
             const Circumstances& circumstances) {
  Attempt attempt = attempt_on(subject, circumstances);
  reject(attempt, reason);
  charge(attempt, subject, Candidates{}, throttle, circumstances);
  return attempt;
}

Attempt acknowledge(const SubjectRecord& subject, FactorKind kind,
                    const Circumstances& circumstances) {
  Attempt attempt = attempt_on(subject, circumstances);
  attempt.verdict = {.accepted = true, .kind = kind};
  attempt.entry.count = 1;  // the refused ones wait for the next attempt that writes the budget
  return attempt;
}

Attempt refuse(const SubjectRecord& subject, const Refusal& refusal,
               const Circumstances& circumstances) {
  Attempt attempt = attempt_on(subject, circumstances);
  attempt.journalled = false;
  reject(attempt, is_decoy(subject.fixed.id) ? Reason::no_such_factor : refusal.reason);
  attempt.verdict.retry_after = refusal.retry_after;
  attempt.budget = subject.budget;
  attempt.budget->version = next(subject.budget.version);
  attempt.budget->throttled += 1;
  return attempt;
}

}  // namespace countersign::verify
