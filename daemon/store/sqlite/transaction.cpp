// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/transaction.hpp"

namespace countersign::store::sqlite {
namespace {

// The row stays as it was and the transaction goes on.
bool is_of_the_change(const Error& error) {
  return error.code == ErrorCode::conflict || error.code == ErrorCode::already_exists;
}

}  // namespace

Result<std::unique_ptr<Transaction>> Transaction::open(Connection connection, const HmacKey& key) {
  // FULL: a commit is on the disk when it returns. A larger WAL means fewer, longer checkpoints.
  CS_CHECK(
      connection.execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 40000; "
                         "PRAGMA cache_size = -6144; PRAGMA secure_delete = ON"));
  std::unique_ptr<Transaction> rows{new Transaction{std::move(connection)}};
  Connection& database = rows->connection_;
  CS_TRY(rows->rows_, RowWrites::open(database, key));
  CS_TRY(rows->journal_, JournalWrites::open(database, key));
  CS_TRY(rows->begin_, database.prepare("BEGIN IMMEDIATE"));
  CS_TRY(rows->commit_, database.prepare("COMMIT"));
  CS_TRY(rows->roll_back_, database.prepare("ROLLBACK"));
  CS_TRY(rows->savepoint_, database.prepare("SAVEPOINT one_change"));
  CS_TRY(rows->release_, database.prepare("RELEASE one_change"));
  CS_TRY(rows->roll_back_to_, database.prepare("ROLLBACK TO one_change"));
  CS_TRY(rows->data_version_, database.prepare("PRAGMA data_version"));
  rows->durable_ = rows->journal_->tail();
  CS_TRY(rows->known_version_, database.number("PRAGMA data_version"));
  return rows;
}

Status Transaction::begin() {
  CS_CHECK(begin_.run());
  return {};
}

Result<bool> Transaction::written_by_others() {
  const Rewind rewind{data_version_};
  CS_CHECK(data_version_.start());
  const std::int64_t version = data_version_.integer(0);
  return std::exchange(known_version_, version) != version;
}

Status Transaction::apply(Change& change) {
  if (RowWrites::is_single(change)) return write(change);
  CS_CHECK(savepoint_.run());
  const Status written = write(change);
  if (!written && !is_of_the_change(written.error())) return written;
  if (!written) CS_CHECK(roll_back_to_.run());
  CS_CHECK(release_.run());
  return written;
}

// The records are written only when the rows are, so that a place in the journal is never given
// back.
Status Transaction::write(Change& change) {
  CS_CHECK(rows_->write(change));
  if (change.journalled) CS_CHECK(append(change.record));
  if (change.account) CS_CHECK(append(change.account->told));
  if (!change.messages) return {};
  for (NewMessage& message : change.messages->fresh) {
    if (message.row.state == MessageState::queued) CS_CHECK(append(message.record));
  }
  return {};
}

Status Transaction::append(const std::vector<JournalEntry>& entries) {
  for (const JournalEntry& entry : entries) {
    JournalRecord record;
    record.entry = entry;
    CS_CHECK(append(record));
  }
  return {};
}

Status Transaction::append(JournalRecord& record) {
  const Status appended = journal_->append(record);
  if (appended || !is_of_the_change(appended.error())) return appended;
  // Somebody else put a record at our place: nothing of this transaction can be trusted.
  return Error{ErrorCode::corrupt, "store.journal", appended.error().native};
}

Status Transaction::commit() {
  CS_CHECK(journal_->seal_head());
  CS_CHECK(commit_.run());
  durable_ = journal_->tail();
  return {};
}

void Transaction::roll_back() {
  journal_->restore(durable_);
  // Some failures have rolled it back already.
  if (connection_.in_transaction()) (void)roll_back_.run();
}

}  // namespace countersign::store::sqlite
