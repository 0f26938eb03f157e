// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/candidates.hpp"

#include <tuple>

namespace countersign::verify {
namespace {

Candidates refused(Reason reason, std::chrono::seconds retry_after = std::chrono::seconds{0}) {
  Candidates none;
  none.refusal = Refusal{reason, retry_after};
  return none;
}

// A decoy's key bears whatever public id it is asked by: that is what it stands in for.
bool may_have_typed(const FactorRecord& factor, const Typed& typed) {
  const Factor& fixed = factor.fixed;
  if (typed.yubico) {
    return fixed.kind == FactorKind::yubico_otp &&
           (is_decoy(fixed.subject) || fixed.public_id == typed.yubico->public_id);
  }
  if (typed.written) return is_decoy(fixed.subject) || fixed.kind == *typed.written;
  if (!is_oath(fixed.kind)) return false;
  return typed.identifier.empty() ||
         (fixed.kind == FactorKind::hotp && fixed.public_id == typed.identifier);
}

// The better candidate comes first: the right length, then the most recently used.
bool better(const FactorRecord& a, const FactorRecord& b, std::size_t length) {
  const auto rank = [length](const FactorRecord& factor) {
    return std::tuple{factor.fixed.oath.digits == length, factor.motion.accepted_at};
  };
  return rank(a) > rank(b);
}

void insert(Candidates& chosen, const FactorRecord& factor, std::size_t length) {
  std::size_t place = chosen.size;
  while (place > 0 && better(factor, *chosen.factors[place - 1], length)) --place;
  if (place == kCandidatesMax) return;
  const std::size_t last = std::min(chosen.size, kCandidatesMax - 1);
  for (std::size_t i = last; i > place; --i) chosen.factors[i] = chosen.factors[i - 1];
  chosen.factors[place] = &factor;
  chosen.size = last + 1;
}

bool may_try(SubjectState state, Event event) {
  if (state != SubjectState::pending) return state == SubjectState::active;
  return event == Event::confirm || event == Event::token_claimed ||
         event == Event::reauthenticated;
}

}  // namespace

std::optional<Refusal> throttled(const SubjectRecord& subject, const policies::Throttle& throttle,
                                 const Circumstances& circumstances) {
  const Budget& budget = subject.budget;
  const policies::NotBefore not_before{budget.not_before, budget.not_before_unfamiliar};
  if (const auto shut = policies::closed(throttle, failures_of(budget), not_before,
                                         circumstances.lane, circumstances.now)) {
    return Refusal{Reason::throttled, shut->retry_after};
  }
  return std::nullopt;
}

std::optional<Refusal> closed(const SubjectRecord& subject, const policies::Throttle& throttle,
                              const Circumstances& circumstances) {
  if (!may_try(subject.fixed.state, circumstances.event)) return Refusal{Reason::suspended, {}};
  return throttled(subject, throttle, circumstances);
}

Candidates candidates(const SubjectRecord& subject, std::optional<FactorId> named,
                      const Typed& typed, const policies::Throttle& throttle,
                      const Circumstances& circumstances) {
  if (const auto refusal = closed(subject, throttle, circumstances)) {
    return refused(refusal->reason, refusal->retry_after);
  }

  Candidates chosen;
  Reason why_none = Reason::no_such_factor;
  for (const FactorRecord& factor : subject.factors) {
    if (named && factor.fixed.id != *named) continue;
    if (!may_have_typed(factor, typed)) continue;
    if (factor.fixed.state == FactorState::suspended) why_none = Reason::suspended;
    if (factor.fixed.state != FactorState::active) continue;
    if (is_used_up(throttle, failures_of(factor.motion), circumstances.lane)) {
      why_none = Reason::throttled;
      continue;
    }
    insert(chosen, factor, typed.code.size());
  }
  return chosen.size == 0 ? refused(why_none) : chosen;
}

Candidates candidate_of_kind(const SubjectRecord& subject, FactorKind kind,
                             std::optional<FactorId> named, const policies::Throttle& throttle,
                             const Circumstances& circumstances) {
  if (const auto refusal = closed(subject, throttle, circumstances)) {
    return refused(refusal->reason, refusal->retry_after);
  }
  const bool decoy = is_decoy(subject.fixed.id);
  Reason why_none = Reason::no_such_factor;
  for (const FactorRecord& factor : subject.factors) {
    const bool is_it = factor.fixed.kind == kind && (!named || factor.fixed.id == *named);
    if (!is_it && !decoy) continue;
    if (factor.fixed.state == FactorState::suspended) why_none = Reason::suspended;
    if (factor.fixed.state != FactorState::active) continue;
    if (is_used_up(throttle, failures_of(factor.motion), circumstances.lane)) {
      why_none = Reason::throttled;
      continue;
    }
    Candidates chosen;
    chosen.factors[0] = &factor;
    chosen.size = 1;
    return chosen;
  }
  return refused(why_none);
}

Candidates candidate_to_confirm(const SubjectRecord& subject, FactorId id, const Typed& typed,
                                const policies::Throttle& throttle,
                                const Circumstances& circumstances) {
  if (const auto refusal = closed(subject, throttle, circumstances)) {
    return refused(refusal->reason, refusal->retry_after);
  }
  const FactorRecord* factor = subject.find(id);
  if (factor == nullptr || factor->fixed.state != FactorState::pending ||
      !may_have_typed(*factor, typed)) {
    return refused(Reason::no_such_factor);
  }
  if (is_used_up(throttle, failures_of(factor->motion), circumstances.lane))
    return refused(Reason::throttled);
  Candidates chosen;
  chosen.factors[0] = factor;
  chosen.size = 1;
  return chosen;
}

}  // namespace countersign::verify
