// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/check_reads.hpp"

namespace countersign::store::sqlite {
namespace {

LoadedRecord record_of(const Statement& row) {
  LoadedRecord loaded;
  loaded.record.seq = static_cast<std::uint64_t>(row.integer(0));
  JournalEntry& entry = loaded.record.entry;
  entry.at = from_milliseconds(row.integer(1));
  entry.event = static_cast<Event>(row.integer(2));
  entry.peer_uid = row.integer(3);
  entry.subject = SubjectId{row.integer(4)};
  entry.factor = FactorId{row.integer(5)};
  entry.outcome = static_cast<Reason>(row.integer(6));
  entry.version = static_cast<Version>(row.integer(7));
  entry.position = Position{row.integer(8)};
  entry.failures = static_cast<std::uint32_t>(row.integer(9));
  entry.count = static_cast<std::uint64_t>(row.integer(10));
  entry.client_address = row.text(11);
  loaded.record.budget_version = static_cast<Version>(row.integer(12));
  const BytesView moved = row.blob(13);
  loaded.record.also_moved.assign(moved.begin(), moved.end());
  loaded.hash = row.fixed<32>(14);
  return loaded;
}

}  // namespace

Result<CheckReads> CheckReads::open(Connection& connection) {
  CheckReads reads;
  const auto prepare = [&connection](Statement& statement, const char* sql) -> Status {
    CS_TRY(statement, connection.prepare(sql));
    return {};
  };
  CS_CHECK(prepare(reads.subjects_, "SELECT id FROM subject WHERE id > ? ORDER BY id LIMIT ?"));
  CS_CHECK(prepare(reads.factors_, "SELECT id FROM factor WHERE id > ? ORDER BY id LIMIT ?"));
  CS_CHECK(prepare(reads.motions_,
                   "SELECT factor FROM motion WHERE factor > ? ORDER BY factor LIMIT ?"));
  CS_CHECK(prepare(reads.budgets_,
                   "SELECT subject FROM budget WHERE subject > ? ORDER BY subject LIMIT ?"));
  CS_CHECK(prepare(reads.journal_, "SELECT * FROM journal WHERE seq > ? ORDER BY seq LIMIT ?"));
  CS_CHECK(prepare(reads.has_subject_, "SELECT 1 FROM subject WHERE id = ?"));
  CS_CHECK(prepare(reads.has_factor_, "SELECT 1 FROM factor WHERE id = ?"));
  CS_CHECK(prepare(reads.was_created_,
                   "SELECT 1 FROM journal WHERE event = 20 AND subject = ? LIMIT 1"));
  CS_CHECK(prepare(reads.was_enrolled_,
                   "SELECT 1 FROM journal WHERE event = 30 AND factor = ? LIMIT 1"));
  CS_CHECK(prepare(reads.head_, "SELECT seq, hash, mac FROM head WHERE id = 1"));
  CS_CHECK(prepare(reads.journal_end_, "SELECT coalesce(max(seq), 0) FROM journal"));
  CS_CHECK(prepare(reads.store_id_, "SELECT value FROM meta WHERE name = 'store_id'"));
  return reads;
}

Result<CheckReads::Ids> CheckReads::ids(Statement& statement, std::int64_t after, std::size_t max) {
  const Rewind rewind{statement};
  Ids found;
  CS_TRY(bool more, statement.start(after, max));
  while (more) {
    found.push_back(statement.integer(0));
    CS_TRY(more, statement.step());
  }
  return found;
}

Result<bool> CheckReads::exists(Statement& statement, std::int64_t id) {
  const Rewind rewind{statement};
  return statement.start(id);
}

Result<std::vector<LoadedRecord>> CheckReads::journal(std::int64_t after, std::size_t max) {
  const Rewind rewind{journal_};
  std::vector<LoadedRecord> records;
  CS_TRY(bool more, journal_.start(after, max));
  while (more) {
    records.push_back(record_of(journal_));
    CS_TRY(more, journal_.step());
  }
  return records;
}

Result<std::optional<CheckReads::Head>> CheckReads::head() {
  const Rewind rewind{head_};
  CS_TRY(const bool found, head_.start());
  if (!found) return std::nullopt;
  return Head{{static_cast<std::uint64_t>(head_.integer(0)), head_.fixed<32>(1)},
              head_.fixed<32>(2)};
}

Result<std::uint64_t> CheckReads::journal_end() {
  const Rewind rewind{journal_end_};
  CS_CHECK(journal_end_.start());
  return static_cast<std::uint64_t>(journal_end_.integer(0));
}

Result<StoreId> CheckReads::store_id() {
  const Rewind rewind{store_id_};
  CS_TRY(const bool found, store_id_.start());
  if (!found) return Error{ErrorCode::corrupt, "store.store_id"};
  return store_id_.fixed<std::tuple_size_v<StoreId>>(0);
}

}  // namespace countersign::store::sqlite
