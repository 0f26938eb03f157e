// SPDX-License-Identifier: Apache-2.0
// What `store check` reads beside the rows themselves: everything in order, slice by slice.
#pragma once

#include "daemon/store/loaded_rows.hpp"
#include "daemon/store/sqlite/ids.hpp"

namespace countersign::store::sqlite {

// What the row of a statement that gives a journal's columns holds.
[[nodiscard]] LoadedRecord record_of(const Statement& row);

class CheckReads {
 public:
  struct Head {
    JournalHead head;
    RowMac mac{};
  };

  static Result<CheckReads> open(Connection& connection);

  // The ids above `after`, in order, at most `max`.
  Result<Ids> subjects(std::int64_t after, std::size_t max) { return ids(subjects_, after, max); }
  Result<Ids> factors(std::int64_t after, std::size_t max) { return ids(factors_, after, max); }
  Result<Ids> motions(std::int64_t after, std::size_t max) { return ids(motions_, after, max); }
  Result<Ids> budgets(std::int64_t after, std::size_t max) { return ids(budgets_, after, max); }
  // Likewise; a record with a value longer than any of ours has its place alone.
  Result<std::vector<LoadedRecord>> journal(std::int64_t after, std::size_t max);

  Result<bool> has_subject(SubjectId id) { return exists(has_subject_, number(id)); }
  Result<bool> has_factor(FactorId id) { return exists(has_factor_, number(id)); }
  // Whether the journal tells of its beginning.
  Result<bool> was_created(SubjectId id) { return exists(was_created_, number(id)); }
  // Whether it tells of its end, and whether the row is one that has ended.
  Result<bool> was_erased(SubjectId id) { return exists(was_erased_, number(id)); }
  Result<bool> is_erased(SubjectId id) { return exists(is_erased_, number(id)); }
  Result<bool> was_enrolled(FactorId id) { return exists(was_enrolled_, number(id)); }

  Result<std::optional<Head>> head();
  // The place of the last journal record; 0 when there is none.
  Result<std::uint64_t> journal_end();
  Result<StoreId> store_id();

 private:
  Status read_on(std::int64_t after, std::size_t max, std::vector<LoadedRecord>& records);
  Status pass_over(std::int64_t after, std::vector<LoadedRecord>& records);
  static Result<bool> exists(Statement& statement, std::int64_t id);

  Statement subjects_, factors_, motions_, budgets_, journal_, next_place_;
  Statement has_subject_, has_factor_, was_created_, was_enrolled_;
  Statement was_erased_, is_erased_;
  Statement head_, journal_end_, store_id_;
};

}  // namespace countersign::store::sqlite
