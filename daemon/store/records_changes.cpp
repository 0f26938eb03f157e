// SPDX-License-Identifier: Apache-2.0
// What changes rows; loading is in records.cpp.
#include "daemon/store/aftermath.hpp"
#include "daemon/store/records.hpp"

#include <cassert>

namespace countersign::store {

awaitable<Status> Records::commit(SubjectPtr from, const Attempt& attempt) {
  Draft draft{*from, *key_, attempt.entry};
  draft.change().journalled = attempt.journalled;
  for (const Move& move : attempt.moves) CS_CO_CHECK(draft.move(move.factor, move.motion));
  if (attempt.budget) draft.set(*attempt.budget);
  if (attempt.state && !attempt.moves.empty()) {
    CS_CO_CHECK(co_await set_state(draft, attempt.moves[0].factor, *attempt.state));
  }
  if (attempt.challenge) {
    assert(attempt.journalled);
    const ChallengeMove& move = *attempt.challenge;
    draft.change().record.entry.challenge = move.row.id;
    draft.change().challenges = std::make_unique<sqlite::ChallengeRows>();
    draft.change().challenges->answered =
        sqlite::ChallengeChange{move.row, mac_of(*key_, move.row), move.tries_before};
  }
  if (attempt.aftermath) CS_CO_CHECK(co_await leave(draft, *attempt.aftermath));
  co_return co_await write(draft);
}

awaitable<Status> Records::set_state(Draft& draft, FactorId id, FactorState state) {
  const SubjectPtr now = draft.after();
  if (is_decoy(now->fixed.id)) co_return kNobody;
  Factor factor = now->find(id)->fixed;
  factor.state = state;
  co_return co_await set_fixed(draft, std::move(factor));
}

awaitable<Status> Records::set_state(Draft& draft, SubjectState state) {
  Subject row = draft.after()->fixed;
  if (is_decoy(row.id)) co_return kNobody;
  row.state = state;
  const Bytes encoded = encode(row);
  CS_CO_TRY(const RowMac mac, co_await authenticator_.seal(encoded));
  draft.set(state, mac);
  co_return Status{};
}

awaitable<Status> Records::set_fixed(Draft& draft, Factor factor) {
  const Bytes encoded = encode(draft.after()->fixed.name.realm, factor);
  CS_CO_TRY(const RowMac mac, co_await authenticator_.seal(encoded));
  co_return draft.set(std::move(factor), mac);
}

awaitable<Result<SubjectId>> Records::create(const SubjectName& name, SubjectState state,
                                             JournalEntry entry) {
  const auto id = SubjectId{++last_subject_};
  SubjectRecord nobody{{id, name, state, clock_.now()}, {}, {}, {}};
  const Bytes encoded = encode(nobody.fixed);
  CS_CO_TRY(const RowMac mac, co_await authenticator_.seal(encoded));
  Draft draft{nobody, *key_, std::move(entry)};
  draft.set(state, mac);
  draft.change().subject_row->fresh = true;
  CS_CO_CHECK(co_await write(draft));
  ++counts_.subjects;
  co_return id;
}

awaitable<Result<FactorId>> Records::enrol(SubjectPtr to, Factor factor, Position position,
                                           JournalEntry entry, Aftermath also) {
  if (is_decoy(to->fixed.id)) co_return kNobody;
  Draft draft{*to, *key_, std::move(entry)};
  Motion motion;
  motion.position = position;
  co_return co_await add(draft, std::move(factor), motion, std::move(also));
}

awaitable<Result<FactorId>> Records::add(Draft& draft, Factor factor, Motion motion,
                                         Aftermath also) {
  const auto id = FactorId{++last_factor_};
  factor.id = id;
  factor.subject = draft.change().subject;
  draft.change().record.entry.factor = id;
  const Bytes encoded = encode(draft.after()->fixed.name.realm, factor);
  CS_CO_TRY(const RowMac mac, co_await authenticator_.seal(encoded));
  name_factor(also, id);
  CS_CO_CHECK(co_await leave(draft, std::move(also)));
  draft.add(std::move(factor), mac, motion);
  CS_CO_CHECK(co_await write(draft));
  ++counts_.factors;
  co_return id;
}

awaitable<Status> Records::change(SubjectPtr from, Factor factor, JournalEntry entry,
                                  Aftermath also) {
  if (is_decoy(from->fixed.id)) co_return kNobody;
  const FactorRecord* before = from->find(factor.id);
  if (before == nullptr) co_return Error{ErrorCode::not_found, "store.factor"};
  entry.factor = factor.id;
  Draft draft{*from, *key_, std::move(entry)};
  CS_CO_CHECK(draft.touch(factor.id));
  CS_CO_CHECK(co_await set_fixed(draft, std::move(factor)));
  CS_CO_CHECK(co_await leave(draft, std::move(also)));
  co_return co_await write(draft);
}

awaitable<Status> Records::change(SubjectPtr from, SubjectState state, JournalEntry entry) {
  Draft draft{*from, *key_, std::move(entry)};
  CS_CO_CHECK(co_await set_state(draft, state));
  co_return co_await write(draft);
}

awaitable<Status> Records::unlock(SubjectPtr from, JournalEntry entry) {
  Draft draft{*from, *key_, std::move(entry)};
  for (const FactorRecord& factor : from->factors) {
    if (factor.motion.failures == 0) continue;
    Motion motion = factor.motion;
    motion.failures = 0;
    motion.failures_unfamiliar = 0;
    CS_CO_CHECK(draft.move(factor.fixed.id, motion));
  }
  draft.set(Budget{.throttled = from->budget.throttled});
  co_return co_await write(draft);
}

awaitable<Status> Records::journal(JournalEntry entry) {
  sqlite::Change change;
  change.record.entry = std::move(entry);
  change.record.entry.version = Version{0};  // no row moved
  co_return co_await write(change);
}

awaitable<Status> Records::write(Draft& draft) {
  const SubjectId id = draft.change().subject;
  Status written = co_await write(draft.finish());
  if (written) {
    cache_of(id).put(draft.after());
  } else {
    cache_of(id).evict(id);
  }
  co_return written;
}

awaitable<Status> Records::write(sqlite::Change& change) {
  Status written = co_await writer_.commit(change);
  if (change.distrust) forget_everything();
  forget_absences(change);
  if (change.written_by_others) co_await report(Tampered::database);
  co_return written;
}

// Whatever became of the change: one that failed may be on the disk all the same.
void Records::forget_absences(const sqlite::Change& change) {
  if (change.subject_row) {
    absent_names_.forget(decoys_.stand_in(change.subject_row->row.name).print);
  }
  for (const sqlite::FactorChange& one : change.factor_rows) {
    const std::string& public_id = one.row.public_id;
    if (!public_id.empty()) absent_public_ids_.forget(decoys_.stand_in(public_id).print);
  }
}

}  // namespace countersign::store
