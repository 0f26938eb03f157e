// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/store_world.hpp"

#include <cstdlib>
#include <iostream>

namespace countersign::test {
namespace {

template <class T>
T must(Result<T> result) {
  if (result) return *std::move(result);
  std::cerr << "the store refused: " << result.error().operation.view() << '\n';
  std::abort();
}

}  // namespace

void StoreWorld::open() {
  store.reset();
  store = must(backend_.open(loop_.get_executor(), clock));
}

SubjectName StoreWorld::name(std::string_view username) {
  return {must(Realm::from("default")), must(Username::from(username))};
}

SubjectId StoreWorld::add_subject(std::string_view username) {
  const SubjectName who = name(username);
  return must(run(store->create(who, SubjectState::active, entry(Event::subject_created))));
}

Factor StoreWorld::active_factor(SubjectId subject, FactorKind kind) const {
  Factor factor;
  factor.kind = kind;
  factor.state = FactorState::active;
  factor.label = "phone";
  factor.sealed = Bytes(40, static_cast<std::byte>(number(subject)));
  factor.created_at = clock.now();
  return factor;
}

Result<FactorId> StoreWorld::enrol_yubikey(SubjectId subject, std::string_view public_id) {
  Factor factor = active_factor(subject, FactorKind::yubico_otp);
  factor.public_id = public_id;
  factor.serial = "4711";
  const auto entry_for_it = entry(Event::factor_enrolled);
  return run(store->enrol(load(subject), std::move(factor), Position::none, entry_for_it));
}

FactorId StoreWorld::add_yubikey(SubjectId subject, std::string_view public_id) {
  return must(enrol_yubikey(subject, public_id));
}

FactorId StoreWorld::add_factor(SubjectId subject, Position position) {
  Factor factor = active_factor(subject, FactorKind::totp);
  const auto entry_for_it = entry(Event::factor_enrolled);
  return must(run(store->enrol(load(subject), std::move(factor), position, entry_for_it)));
}

SubjectPtr StoreWorld::load(SubjectId id) { return must(run(store->subject(id))); }

SubjectPtr StoreWorld::load(std::string_view username) {
  const SubjectName who = name(username);
  return load(must(run(store->identify(who))));
}

SubjectPtr StoreWorld::person_with_factor(std::string_view username) {
  const SubjectId id = add_subject(username);
  add_factor(id);
  return load(id);
}

Attempt StoreWorld::accepted(const SubjectRecord& from, std::int64_t position) const {
  Attempt attempt;
  attempt.subject = from.fixed.id;
  const FactorRecord& factor = from.factors.front();
  attempt.moves.push_back({factor.fixed.id, factor.motion});
  Motion& motion = attempt.moves[0].motion;
  motion.version = next(motion.version);
  motion.position = Position{position};
  motion.failures = 0;
  motion.failures_unfamiliar = 0;
  motion.accepted_at = clock.now();
  attempt.entry = entry(Event::verify);
  attempt.entry.subject = from.fixed.id;
  attempt.entry.factor = factor.fixed.id;
  attempt.entry.version = motion.version;
  attempt.entry.position = motion.position;
  if (from.budget.failures == 0) return attempt;
  attempt.budget = from.budget;
  attempt.budget->version = next(from.budget.version);
  attempt.budget->failures = 0;
  attempt.budget->failures_unfamiliar = 0;
  return attempt;
}

Attempt StoreWorld::rejected(const SubjectRecord& from, bool familiar) const {
  Attempt attempt = accepted(from, number(from.factors.front().motion.position));
  const std::uint32_t by_strangers = familiar ? 0 : 1;
  const Motion& before = from.factors.front().motion;
  attempt.moves[0].motion.failures = before.failures + 1;
  attempt.moves[0].motion.failures_unfamiliar = before.failures_unfamiliar + by_strangers;
  attempt.moves[0].motion.accepted_at = before.accepted_at;
  attempt.budget = from.budget;
  attempt.budget->version = next(from.budget.version);
  attempt.budget->failures = from.budget.failures + 1;
  attempt.budget->failures_unfamiliar = from.budget.failures_unfamiliar + by_strangers;
  attempt.entry.familiar = familiar;
  attempt.entry.outcome = Reason::wrong_code;
  attempt.entry.factor = FactorId{};
  attempt.entry.version = Version{};
  return attempt;
}

Attempt StoreWorld::throttled(const SubjectRecord& from) const {
  Attempt attempt;
  attempt.subject = from.fixed.id;
  attempt.budget = from.budget;
  attempt.budget->version = next(from.budget.version);
  attempt.budget->throttled = from.budget.throttled + 1;
  attempt.entry = entry(Event::throttled);
  attempt.journalled = false;
  return attempt;
}

Status StoreWorld::commit(const SubjectPtr& from, const Attempt& attempt) {
  return run(store->commit(from, attempt));
}

JournalEntry StoreWorld::entry(Event event) const {
  JournalEntry entry;
  entry.at = clock.now();
  entry.event = event;
  entry.peer_uid = 1000;
  entry.client_address = "192.0.2.7";
  return entry;
}

std::vector<std::string> StoreWorld::problems() {
  std::vector<std::string> all;
  std::string cursor;
  do {
    CheckedSlice slice = must(run(store->check(cursor)));
    all.insert(all.end(), slice.problems.begin(), slice.problems.end());
    cursor = slice.cursor;
  } while (!cursor.empty());
  return all;
}

std::uint64_t StoreWorld::journal_records() { return must(run(store->counts())).journal_records; }

}  // namespace countersign::test
