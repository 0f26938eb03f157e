// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/draft.hpp"

#include <algorithm>
#include <tuple>

namespace countersign::store {

Draft::Draft(const SubjectRecord& from, const HmacKey& key, JournalEntry entry)
    : key_{key},
      after_{std::make_shared<SubjectRecord>(from)},
      budget_before_{from.budget.version} {
  change_.subject = from.fixed.id;
  change_.subject_version = budget_before_;
  change_.record.entry = std::move(entry);
  change_.record.entry.subject = from.fixed.id;
}

Status Draft::move(FactorId factor, Motion motion) {
  FactorRecord* record = find(factor);
  if (record == nullptr) return Error{ErrorCode::not_found, "store.factor"};
  const Version before = record->motion.version;
  motion.version = next(before);
  record->motion = motion;
  change_.moves.push_back({factor, motion, {}, before});
  return {};
}

void Draft::set(const Budget& budget) {
  after_->budget = budget;
  after_->budget.version = next(budget_before_);
  budget_changes_ = true;
}

void Draft::set(SubjectState state, const RowMac& mac) {
  after_->fixed.state = state;
  after_->fixed_mac = mac;
  change_.subject_row =
      std::make_unique<sqlite::SubjectChange>(sqlite::SubjectChange{after_->fixed, mac});
  touch();
}

Status Draft::set(Factor factor, const RowMac& mac) {
  FactorRecord* record = find(factor.id);
  if (record == nullptr) return Error{ErrorCode::not_found, "store.factor"};
  record->fixed_mac = mac;
  change_.factor_rows.push_back({factor, mac, false});
  record->fixed = std::move(factor);
  touch();
  return {};
}

void Draft::add(Factor factor, const RowMac& mac, Motion motion) {
  motion.version = Version{1};
  change_.factor_rows.push_back({factor, mac, true});
  change_.moves.push_back({factor.id, motion, {}, Version{0}});
  after_->factors.push_back({std::move(factor), mac, motion});
  touch();
}

void Draft::add_beside(Factor factor, const RowMac& mac, Motion motion) {
  JournalEntry entry;
  entry.at = change_.record.entry.at;
  entry.event = Event::factor_enrolled;
  entry.peer_uid = change_.record.entry.peer_uid;
  entry.subject = change_.subject;
  entry.factor = factor.id;
  entry.version = Version{1};
  entry.position = motion.position;
  entry.client_address = change_.record.entry.client_address;
  told_apart_.push_back(factor.id);
  change_.account->told.push_back(std::move(entry));
  add(std::move(factor), mac, motion);
}

Status Draft::touch(FactorId factor) {
  if (moves(factor)) return {};
  const FactorRecord* record = find(factor);
  if (record == nullptr) return Error{ErrorCode::not_found, "store.factor"};
  return move(factor, record->motion);
}

bool Draft::moves(FactorId id) const {
  return std::ranges::any_of(change_.moves, [id](const auto& move) { return move.factor == id; });
}

bool Draft::is_told_apart(FactorId id) const {
  return std::ranges::find(told_apart_, id) != told_apart_.end();
}

// Forgets the one that the statement forgets.
void Draft::note(const SourcePrint& place, Time accepted_at) {
  const SubjectId subject = change_.subject;
  change_.source = std::make_unique<sqlite::SourceChange>(
      sqlite::SourceChange{subject, place, accepted_at, mac_of(key_, subject, place, accepted_at)});
  std::vector<FamiliarSource>& sources = after_->sources;
  std::erase_if(sources, [&place](const FamiliarSource& one) { return one.print == place; });
  std::ranges::sort(sources, [](const FamiliarSource& a, const FamiliarSource& b) {
    return std::tie(b.accepted_at, a.print) < std::tie(a.accepted_at, b.print);
  });
  if (sources.size() >= Store::kSourcesMax) sources.resize(Store::kSourcesMax - 1);
  sources.push_back({place, accepted_at});
}

FactorRecord* Draft::find(FactorId id) {
  for (FactorRecord& factor : after_->factors) {
    if (factor.fixed.id == id) return &factor;
  }
  return nullptr;
}

sqlite::Change& Draft::finish() {
  seal_moves();
  if (budget_changes_) seal_budget();
  if (change_.journalled) complete_record();
  return change_;
}

void Draft::seal_moves() {
  for (sqlite::MotionChange& move : change_.moves) {
    move.mac = mac_of(key_, move.factor, move.motion, find(move.factor)->fixed_mac);
  }
}

void Draft::seal_budget() {
  const RowMac mac = mac_of(key_, change_.subject, after_->budget, after_->fixed_mac);
  change_.budget = {after_->budget, mac, budget_before_};
}

// The record says where every row stands after the event, so that a row which is later put back
// contradicts it.
void Draft::complete_record() {
  JournalRecord& record = change_.record;
  record.entry.failures = after_->budget.failures;
  record.entry.failures_unfamiliar = after_->budget.failures_unfamiliar;
  if (const FactorRecord* factor = find(record.entry.factor)) {
    record.entry.kind = factor->fixed.kind;
  }
  record.budget_version = after_->budget.version;
  record.entry.version = Version{0};
  Writer out{record.also_moved};
  for (const sqlite::MotionChange& move : change_.moves) {
    if (move.factor == record.entry.factor) {
      record.entry.version = move.motion.version;
      record.entry.position = move.motion.position;
      continue;
    }
    if (is_told_apart(move.factor)) continue;
    out.integer(number(move.factor))
        .integer(number(move.motion.version))
        .integer(number(move.motion.position));
  }
}

}  // namespace countersign::store
