// SPDX-License-Identifier: Apache-2.0
// A subject on its way from one state to the next: what will be cached, and the change that makes
// it durable, kept in step.
#pragma once

#include "daemon/store/authenticate.hpp"
#include "daemon/store/sqlite/change.hpp"

namespace countersign::store {

class Draft {
 public:
  // `key` outlives this.
  Draft(const SubjectRecord& from, const HmacKey& key, JournalEntry entry);

  // Replaces a factor's motion; its version is counted up here, whatever `motion` says.
  // Fails with `not_found`.
  Status move(FactorId factor, Motion motion);
  // As it stands, but for its version; once, however much of it changes.
  Status touch(FactorId factor);
  // Replaces the budget; its version is counted up here.
  void set(const Budget& budget);
  // The subject as such has changed: whoever computes from what it was will conflict.
  void touch() { set(after_->budget); }

  // Fixed rows with their MACs. What moves beside them is sealed anew.
  void set(SubjectState state, const RowMac& mac);
  Status set(Factor factor, const RowMac& mac);
  void add(Factor factor, const RowMac& mac, Motion motion);
  // The same for one that is enrolled beside others: the journal is told of it apart.
  void add_beside(Factor factor, const RowMac& mac, Motion motion);

  // Remembers a place from which the subject was accepted.
  void note(const SourcePrint& place, Time accepted_at);

  // Seals what moves and completes the journal record. REQUIRES: called once, last.
  sqlite::Change& finish();
  // The subject as it is when the change is durable.
  [[nodiscard]] SubjectPtr after() const { return after_; }
  [[nodiscard]] sqlite::Change& change() { return change_; }

 private:
  FactorRecord* find(FactorId id);
  [[nodiscard]] bool moves(FactorId id) const;
  [[nodiscard]] bool is_told_apart(FactorId id) const;
  void seal_moves();
  void seal_budget();
  void complete_record();

  const HmacKey& key_;
  std::shared_ptr<SubjectRecord> after_;
  Version budget_before_;
  bool budget_changes_ = false;
  std::vector<FactorId> told_apart_;
  sqlite::Change change_;
};

}  // namespace countersign::store
