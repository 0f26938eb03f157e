// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/challenge.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>

namespace countersign::verify {
namespace {

constexpr std::uint64_t kNumberMask = ~std::uint64_t{0} >> 1;

Candidates refused(const Refusal& refusal) {
  Candidates none;
  none.refusal = refusal;
  return none;
}

bool is_over(const Challenge& challenge, const policies::Challenges& policy, Time now) {
  return challenge.tries >= policy.tries_max || now >= challenge.expires_at ||
         is_of_later(challenge.created_at, now);
}

// The password was set since: what was sent before, to whomever, sets no other.
bool is_outdated(const SubjectRecord& subject, const Challenge& challenge) {
  if (challenge.purpose != Purpose::reset) return false;
  return std::ranges::any_of(subject.factors, [&challenge](const FactorRecord& factor) {
    return factor.fixed.kind == FactorKind::password && factor.fixed.state == FactorState::active &&
           factor.fixed.created_at > challenge.created_at;
  });
}

// A decoy's factor may be asked for anything, and is never accepted.
bool is_open_for(const FactorRecord& factor, const Challenge& challenge) {
  if (is_decoy(challenge.subject)) return true;
  const bool confirms = challenge.purpose == Purpose::confirmation;
  const FactorState state = factor.fixed.state;
  if (state == FactorState::pending) return confirms;
  // What was confirmed is active, and is then told that its answer is a replay.
  return state == FactorState::active && (!confirms || !challenge.is_open());
}

// Why this factor's answer is not evaluated, if it is not.
std::optional<Reason> refusal_of(const FactorRecord* factor, const Challenge& challenge,
                                 const policies::Throttle& throttle, policies::Lane lane) {
  if (factor == nullptr) return Reason::no_such_factor;
  if (factor->fixed.state == FactorState::suspended) return Reason::suspended;
  if (!is_open_for(*factor, challenge)) return Reason::no_such_factor;
  if (is_used_up(throttle, failures_of(factor->motion), lane)) return Reason::throttled;
  return std::nullopt;
}

bool used_later(const FactorRecord& a, const FactorRecord& b) {
  return std::tuple{a.motion.accepted_at, number(a.fixed.id)} >
         std::tuple{b.motion.accepted_at, number(b.fixed.id)};
}

// Whether codes of this purpose that are asked for by this means go there. A contact proves
// nobody's identity alone: it is for what an account needs while nobody can sign in to it.
bool serves(const Factor& factor, Purpose purpose, FactorKind means) {
  if (!is_contact(factor.kind)) return factor.kind == means;
  if (channel_of(factor.kind) != means) return false;
  if (purpose == Purpose::confirmation) return true;
  const bool is_for_these =
      factor.kind == FactorKind::reset_phone || factor.kind == FactorKind::primary_email;
  return is_for_these && (purpose == Purpose::reset || purpose == Purpose::unlock);
}

// A contact before a factor, and what was used last before the rest.
bool comes_before(const FactorRecord& a, const FactorRecord& b) {
  const bool is_better = is_contact(a.fixed.kind);
  if (is_better != is_contact(b.fixed.kind)) return is_better;
  return used_later(a, b);
}

Match match_of(const FactorRecord& factor, const Challenge& challenge) {
  const Position position =
      challenge.is_open() ? Position{number(factor.motion.position) + 1} : challenge.position;
  return {&factor, static_cast<std::uint64_t>(number(position)), challenge.is_open(), {}, {}};
}

// Nobody proves who they are by it: the subject alone is charged, and forgiven nothing.
Attempt judge_address(const SubjectRecord& subject, const Challenge& challenge, bool matches,
                      const policies::Policy& policy, const Circumstances& circumstances) {
  Reason wrong = matches ? Reason::none : Reason::wrong_code;
  if (matches && !challenge.is_open()) wrong = Reason::replayed;
  if (is_decoy(subject.fixed.id)) wrong = Reason::no_such_factor;
  Attempt attempt = wrong != Reason::none ? fail(subject, wrong, policy.throttle, circumstances)
                                          : acknowledge(subject, challenge.kind, circumstances);
  attempt.entry.kind = challenge.kind;
  return attempt;
}

}  // namespace

Addressee addressee(const SubjectRecord& subject, std::optional<FactorId> named, Purpose purpose,
                    FactorKind kind) {
  Addressee whom{.purpose = purpose, .kind = kind};
  if (purpose == Purpose::address) return whom;
  if (is_decoy(subject.fixed.id)) {
    whom.factor = subject.factors.front().fixed.id;
    return whom;
  }
  const bool confirms = purpose == Purpose::confirmation;
  if (confirms && !named) return whom;
  const FactorState state = confirms ? FactorState::pending : FactorState::active;
  const FactorRecord* chosen = nullptr;
  for (const FactorRecord& factor : subject.factors) {
    if (factor.fixed.state != state || !serves(factor.fixed, purpose, kind)) continue;
    if (named && factor.fixed.id != *named) continue;
    if (chosen == nullptr || comes_before(factor, *chosen)) chosen = &factor;
  }
  if (chosen != nullptr) whom.factor = chosen->fixed.id;
  return whom;
}

std::int64_t fresh_number(BytesView random) {
  assert(random.size() == kNumberRandomBytes);
  const auto bits = load_big_endian<std::uint64_t>(random) & kNumberMask;
  return static_cast<std::int64_t>(std::max<std::uint64_t>(bits, 1));
}

Challenge fresh_challenge(BytesView random, SubjectId subject, Addressee addressee, Time now,
                          std::chrono::seconds lifetime) {
  assert(random.size() == kChallengeRandomBytes);
  const BytesView value = random.first(kChallengeBytes);
  Challenge challenge{.id = ChallengeId{fresh_number(random.last(sizeof(std::uint64_t)))},
                      .subject = subject,
                      .factor = addressee.factor,
                      .kind = addressee.kind,
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
                               const policies::Policy& policy, const Circumstances& circumstances) {
  if (const auto refusal = closed(subject, policy.throttle, circumstances))
    return refused(*refusal);
  if (challenge == nullptr ||
      (challenge->is_open() && is_over(*challenge, policy.challenge, circumstances.now))) {
    return refused({Reason::expired, {}});
  }
  if (challenge->is_open() && is_outdated(subject, *challenge)) {
    return refused({Reason::expired, {}});
  }
  if (challenge->purpose == Purpose::address) return Candidates{};
  const FactorRecord* factor = subject.find(challenge->factor);
  if (const auto reason = refusal_of(factor, *challenge, policy.throttle, circumstances.lane)) {
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
  const bool is_address = challenge.purpose == Purpose::address;
  std::optional<Match> match;
  if (matches && !is_address) match = match_of(*candidate.factors[0], challenge);
  Attempt attempt = is_address ? judge_address(subject, challenge, matches, policy, circumstances)
                               : judge(subject, candidate, match, policy, circumstances);
  if (!challenge.is_open()) return attempt;
  attempt.challenge = std::make_unique<ChallengeMove>(ChallengeMove{challenge, challenge.tries});
  if (attempt.verdict.accepted) {
    attempt.challenge->row.position = is_address ? Position{0} : attempt.moves[0].motion.position;
  } else {
    attempt.challenge->row.tries += 1;
  }
  return attempt;
}

}  // namespace countersign::verify
