// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/challenge.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>

namespace countersign::verify {
namespace {

constexpr std::uint64_t kIdMask = ~std::uint64_t{0} >> 1;

Candidates refused(const Refusal& refusal) {
  Candidates none;
  none.refusal = refusal;
  return none;
}

bool is_over(const Challenge& challenge, const policies::Challenges& policy, Time now) {
  return challenge.tries >= policy.tries_max || now >= challenge.expires_at;
}

// Why this factor's answer is not evaluated, if it is not.
std::optional<Reason> refusal_of(const FactorRecord* factor, const Challenge& challenge,
                                 const policies::Throttle& throttle) {
  if (factor == nullptr) return Reason::no_such_factor;
  const FactorState state = factor->fixed.state;
  if (state == FactorState::suspended) return Reason::suspended;
  // What was confirmed is active, and is then told that its answer is a replay.
  const bool is_pending_allowed =
      challenge.purpose == Purpose::confirmation && state == FactorState::pending;
  const bool is_active_allowed = (challenge.purpose == Purpose::sign_in || !challenge.is_open()) &&
                                 state == FactorState::active;
  if (!is_pending_allowed && !is_active_allowed) return Reason::no_such_factor;
  if (factor->motion.failures >= throttle.failures_max) return Reason::throttled;
  return std::nullopt;
}

bool used_later(const FactorRecord& a, const FactorRecord& b) {
  return std::tuple{a.motion.accepted_at, number(a.fixed.id)} >
         std::tuple{b.motion.accepted_at, number(b.fixed.id)};
}

Match match_of(const FactorRecord& factor, const Challenge& challenge) {
  const Position position =
      challenge.is_open() ? Position{number(factor.motion.position) + 1} : challenge.position;
  return {&factor, static_cast<std::uint64_t>(number(position)), challenge.is_open(), {}};
}

}  // namespace

Addressee addressee(const SubjectRecord& subject, std::optional<FactorId> named,
                    Purposes purposes) {
  if (is_decoy(subject.fixed.id)) return {subject.factors.front().fixed.id, Purpose::sign_in};
  const FactorRecord* chosen = nullptr;
  for (const FactorRecord& factor : subject.factors) {
    if (factor.fixed.kind != FactorKind::chalresp) continue;
    if (named && factor.fixed.id != *named) continue;
    if (named && purposes.confirmation && factor.fixed.state == FactorState::pending) {
      return {factor.fixed.id, Purpose::confirmation};
    }
    if (!purposes.sign_in || factor.fixed.state != FactorState::active) continue;
    if (chosen == nullptr || used_later(factor, *chosen)) chosen = &factor;
  }
  return chosen == nullptr ? Addressee{} : Addressee{chosen->fixed.id, Purpose::sign_in};
}

Challenge fresh_challenge(BytesView random, SubjectId subject, Addressee addressee, Time now,
                          std::chrono::seconds lifetime) {
  assert(random.size() == kChallengeRandomBytes);
  const BytesView value = random.first(kChallengeBytes);
  const auto id = load_big_endian<std::uint64_t>(random.last(sizeof(std::uint64_t))) & kIdMask;
  Challenge challenge{.id = ChallengeId{static_cast<std::int64_t>(std::max<std::uint64_t>(id, 1))},
                      .subject = subject,
                      .factor = addressee.factor,
                      .purpose = addressee.purpose,
                      .value = {value.begin(), value.end()},
                      .created_at = now,
                      .expires_at = now + lifetime};
  std::byte& last = challenge.value[kChallengeBytes - 1];
  while (last == std::byte{0} || last == challenge.value[kChallengeBytes - 2]) {
    last = static_cast<std::byte>(std::to_integer<std::uint8_t>(last) + 1);
  }
  return challenge;
}

Candidates candidate_to_answer(const SubjectRecord& subject, const Challenge* challenge,
                               const policies::Policy& policy, Time now) {
  if (const auto refusal = closed(subject, policy.throttle, now)) return refused(*refusal);
  if (challenge == nullptr ||
      (challenge->is_open() && is_over(*challenge, policy.challenge, now))) {
    return refused({Reason::expired, {}});
  }
  const FactorRecord* factor = subject.find(challenge->factor);
  if (const auto reason = refusal_of(factor, *challenge, policy.throttle)) {
    return refused({*reason, {}});
  }
  Candidates chosen;
  chosen.factors[0] = factor;
  chosen.size = 1;
  return chosen;
}

Attempt judge_answer(const SubjectRecord& subject, const Challenge& challenge,
                     const Candidates& candidate, bool matches, const policies::Policy& policy,
                     const Circumstances& circumstances) {
  std::optional<Match> match;
  if (matches) match = match_of(*candidate.factors[0], challenge);
  Attempt attempt = judge(subject, candidate, match, policy, circumstances);
  if (!challenge.is_open()) return attempt;
  attempt.challenge = std::make_unique<ChallengeMove>(ChallengeMove{challenge, challenge.tries});
  if (attempt.verdict.accepted) {
    attempt.challenge->row.position = attempt.moves[0].motion.position;
  } else {
    attempt.challenge->row.tries += 1;
  }
  return attempt;
}

}  // namespace countersign::verify
