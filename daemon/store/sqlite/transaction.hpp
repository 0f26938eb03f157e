// SPDX-License-Identifier: Apache-2.0
// The writer's side of the database: begin, apply changes one by one, commit.
#pragma once

#include "daemon/store/sqlite/journal_writes.hpp"
#include "daemon/store/sqlite/row_writes.hpp"

#include <memory>

namespace countersign::store::sqlite {

class Transaction {
 public:
  // Prepares everything on a connection whose schema is ours. `key` outlives this.
  static Result<std::unique_ptr<Transaction>> open(Connection connection, const HmacKey& key);

  Status begin();
  // Whether another process has written since the last time.
  // REQUIRES: between begin() and commit().
  Result<bool> written_by_others();
  // Fails with `conflict` or `already_exists`, and then leaves nothing of the change; any other
  // failure ends the transaction.
  Status apply(Change& change);
  // Fails with `unavailable`: nothing of the transaction happened, as far as anybody knows.
  Status commit();
  void roll_back();

  [[nodiscard]] const JournalWrites& journal() const { return *journal_; }
  [[nodiscard]] Connection& connection() { return connection_; }

 private:
  explicit Transaction(Connection connection) : connection_{std::move(connection)} {}
  Status write(Change& change);
  Status append(JournalRecord& record);
  Status append(const std::vector<JournalEntry>& entries);

  Connection connection_;  // first: closed after its statements
  std::optional<RowWrites> rows_;
  std::optional<JournalWrites> journal_;
  Statement begin_, commit_, roll_back_;
  Statement savepoint_, release_, roll_back_to_;
  Statement data_version_;
  std::int64_t known_version_ = -1;
  JournalWrites::Tail durable_;
};

}  // namespace countersign::store::sqlite
