// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/check_reads.hpp"

namespace countersign::store::sqlite {

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
  entry.challenge = ChallengeId{row.integer(11)};
  entry.kind = static_cast<FactorKind>(row.integer(12));
  entry.familiar = row.integer(13) != 0;
  entry.offset = static_cast<std::int32_t>(row.integer(14));
  entry.failures_unfamiliar = static_cast<std::uint32_t>(row.integer(15));
  entry.client_address = row.text(16);
  loaded.record.budget_version = static_cast<Version>(row.integer(17));
  const BytesView moved = row.blob(18);
  loaded.record.also_moved.assign(moved.begin(), moved.end());
  loaded.hash = row.fixed<32>(19);
  return loaded;
}

namespace {

std::int64_t last_place(std::int64_t after, const std::vector<LoadedRecord>& records) {
  return records.empty() ? after : static_cast<std::int64_t>(records.back().record.seq);
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
  CS_CHECK(
      prepare(reads.next_place_, "SELECT seq FROM journal WHERE seq > ? ORDER BY seq LIMIT 1"));
  CS_CHECK(prepare(reads.has_subject_, "SELECT 1 FROM subject WHERE id = ?"));
  CS_CHECK(prepare(reads.has_factor_, "SELECT 1 FROM factor WHERE id = ?"));
  CS_CHECK(prepare(reads.was_created_,
                   "SELECT 1 FROM journal WHERE event = 20 AND subject = ? LIMIT 1"));
  CS_CHECK(prepare(reads.was_enrolled_,
                   "SELECT 1 FROM journal WHERE event >= 30 AND event < 60 "
                   "AND event IN (30, 41, 42) AND factor = ?1 "
                   // What is known or kept, among the records of its owner's account.
                   "UNION ALL SELECT 1 FROM journal "
                   "WHERE event >= 20 AND (event < 60 OR event >= 70) "
                   "AND event IN (76, 77, 78, 79, 80) AND factor = ?1 "
                   "AND subject = (SELECT subject FROM factor WHERE id = ?1) LIMIT 1"));
  CS_CHECK(prepare(reads.was_erased_,
                   "SELECT 1 FROM journal WHERE event >= 20 AND (event < 60 OR event >= 70) "
                   "AND event = 89 AND outcome = 0 AND subject = ? LIMIT 1"));
  CS_CHECK(prepare(reads.is_erased_, "SELECT 1 FROM subject WHERE id = ? AND state = 5"));
  CS_CHECK(prepare(reads.head_, "SELECT seq, hash, mac FROM head WHERE id = 1"));
  CS_CHECK(prepare(reads.journal_end_, "SELECT coalesce(max(seq), 0) FROM journal"));
  CS_CHECK(prepare(reads.store_id_, "SELECT value FROM meta WHERE name = 'store_id'"));
  return reads;
}

Result<bool> CheckReads::exists(Statement& statement, std::int64_t id) {
  const Rewind rewind{statement};
  return statement.start(id);
}

Result<std::vector<LoadedRecord>> CheckReads::journal(std::int64_t after, std::size_t max) {
  std::vector<LoadedRecord> records;
  for (;;) {
    const Status read = read_on(after, max, records);
    if (read) return records;
    if (!is_too_long(read.error())) return read.error();
    CS_CHECK(pass_over(after, records));
  }
}

Status CheckReads::read_on(std::int64_t after, std::size_t max,
                           std::vector<LoadedRecord>& records) {
  const Rewind rewind{journal_};
  CS_TRY(bool more, journal_.start(last_place(after, records), max - records.size()));
  while (more) {
    records.push_back(record_of(journal_));
    CS_TRY(more, journal_.step());
  }
  return {};
}

// A record that is too long to be read stands there empty: it does not continue the chain.
Status CheckReads::pass_over(std::int64_t after, std::vector<LoadedRecord>& records) {
  const Rewind rewind{next_place_};
  CS_TRY(const bool found, next_place_.start(last_place(after, records)));
  if (!found) return Error{ErrorCode::corrupt, "store.journal"};
  records.emplace_back().record.seq = static_cast<std::uint64_t>(next_place_.integer(0));
  return {};
}

Result<std::optional<CheckReads::Head>> CheckReads::head() {
  const Rewind rewind{head_};
  const Result<bool> found = head_.start();
  if (!found && is_too_long(found.error())) return Head{};  // fits no MAC
  if (!found) return found.error();
  if (!*found) return std::nullopt;
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
  const Result<bool> found = store_id_.start();
  if (!found && is_too_long(found.error())) return StoreId{};  // begins no chain
  if (!found) return found.error();
  if (!*found) return Error{ErrorCode::corrupt, "store.store_id"};
  return store_id_.fixed<std::tuple_size_v<StoreId>>(0);
}

}  // namespace countersign::store::sqlite
