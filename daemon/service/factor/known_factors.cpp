// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/factor/known_factors.hpp"

namespace countersign {
namespace {

// One that was revoked stays so.
const FactorRecord* that_goes_on(const SubjectRecord& subject, FactorKind kind) {
  const FactorRecord* found = nullptr;
  for (const FactorRecord& record : subject.factors) {
    const FactorState state = record.fixed.state;
    const bool may = state == FactorState::active || state == FactorState::suspended;
    if (record.fixed.kind != kind || !may) continue;
    if (found == nullptr || state == FactorState::active) found = &record;
  }
  return found;
}

}  // namespace

Factor KnownFactors::fresh(const SubjectRecord& subject, FactorKind kind, SealedSecret sealed,
                           Time now) {
  Factor factor{.id = kNewFactor,
                .subject = subject.fixed.id,
                .kind = kind,
                .oath = kNoOath,
                .created_at = now};
  const FactorRecord* before = that_goes_on(subject, kind);
  if (before != nullptr) factor = before->fixed;
  factor.state = FactorState::active;
  factor.created_at = now;
  factor.sealed = std::move(sealed);
  return factor;
}

awaitable<Result<Factor>> KnownFactors::set(SubjectPtr subject, Factor factor, MessageKind tells,
                                            JournalEntry entry, Aftermath also) {
  if (subject->fixed.state == SubjectState::active) {
    CS_CO_TRY(Told told, co_await notices_.write(tells, *subject, factor, entry));
    std::move(told).leave_in(also);
  }
  const std::vector<Message> letters = also.notices;
  Result<Factor> kept =
      co_await keep(std::move(subject), std::move(factor), std::move(entry), std::move(also));
  if (kept) notices_.queued(letters);
  co_return kept;
}

awaitable<Result<Factor>> KnownFactors::keep(SubjectPtr subject, Factor factor, JournalEntry entry,
                                             Aftermath also) {
  if (factor.id == kNewFactor) {
    CS_CO_TRY(factor.id, co_await store_.enrol(subject, factor, Position::none, std::move(entry),
                                               std::move(also)));
    co_return factor;
  }
  const FactorRecord* before = subject->find(factor.id);
  Attempt attempt;
  attempt.subject = subject->fixed.id;
  Move& move = attempt.moves.emplace_back();
  move.factor = factor.id;
  move.motion = before->motion;
  move.motion.version = next(before->motion.version);
  move.motion.failures = 0;
  move.motion.failures_unfamiliar = 0;
  attempt.entry = std::move(entry);
  attempt.entry.factor = factor.id;
  attempt.entry.version = move.motion.version;
  attempt.entry.position = move.motion.position;
  attempt.aftermath = std::make_unique<Aftermath>(std::move(also));
  attempt.aftermath->factors.push_back(factor);
  attempt.verdict.accepted = true;
  CS_CO_CHECK(co_await store_.commit(subject, attempt));
  co_return factor;
}

}  // namespace countersign
