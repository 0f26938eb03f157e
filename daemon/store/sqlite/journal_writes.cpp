// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/journal_writes.hpp"

#include "base/log.hpp"
#include "daemon/store/row_macs.hpp"

#include <algorithm>

namespace countersign::store::sqlite {
namespace {

Result<StoreId> read_store_id(Connection& connection) {
  CS_TRY(Statement statement, connection.prepare("SELECT value FROM meta WHERE name = 'store_id'"));
  CS_TRY(const bool found, statement.step());
  if (!found) return Error{ErrorCode::corrupt, "store.store_id"};
  return statement.fixed<std::tuple_size_v<StoreId>>(0);
}

// The last record there is; place 0 when there is none.
Result<JournalWrites::Tail> read_last(Connection& connection, const JournalHash& before_first) {
  CS_TRY(Statement statement,
         connection.prepare("SELECT seq, hash, at_ms FROM journal ORDER BY seq DESC LIMIT 1"));
  const Result<bool> found = statement.step();
  if (!found && is_too_long(found.error())) {
    // Not ours, so it fits no head; its place is taken all the same.
    CS_TRY(const std::int64_t place, connection.number("SELECT max(seq) FROM journal"));
    return JournalWrites::Tail{{static_cast<std::uint64_t>(place), {}}, {}};
  }
  if (!found) return found.error();
  if (!*found) return JournalWrites::Tail{{0, before_first}, {}};
  return JournalWrites::Tail{
      {static_cast<std::uint64_t>(statement.integer(0)), statement.fixed<32>(1)},
      from_milliseconds(statement.integer(2))};
}

// What was sealed with the last commit. Fails with `not_found` when nothing was, or a forger did.
Result<JournalHead> read_head(Connection& connection, const HmacKey& key) {
  CS_TRY(Statement statement, connection.prepare("SELECT seq, hash, mac FROM head WHERE id = 1"));
  const Result<bool> found = statement.step();
  if (!found && !is_too_long(found.error())) return found.error();
  if (!found || !*found) return Error{ErrorCode::not_found, "store.head"};
  const JournalHead head{static_cast<std::uint64_t>(statement.integer(0)), statement.fixed<32>(1)};
  if (!equal(statement.fixed<32>(2), mac_of(key, head))) {
    return Error{ErrorCode::not_found, "store.head"};
  }
  return head;
}

}  // namespace

Result<JournalWrites> JournalWrites::open(Connection& connection, const HmacKey& key) {
  JournalWrites journal{key};
  CS_CHECK(journal.read_tail(connection));
  CS_TRY(journal.insert_,
         connection.prepare("INSERT INTO journal VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
  CS_TRY(journal.seal_, connection.prepare("INSERT INTO head VALUES(1, ?1, ?2, ?3) ON CONFLICT(id) "
                                           "DO UPDATE SET seq = ?1, hash = ?2, mac = ?3"));
  return journal;
}

// A journal that does not end where its head says is continued behind both, one place left out:
// the gap stays for `check` to find, however long the journal grows.
Status JournalWrites::read_tail(Connection& connection) {
  CS_TRY(const StoreId store, read_store_id(connection));
  CS_TRY(tail_, read_last(connection, first_hash(store)));
  const auto head = read_head(connection, *key_);
  if (!head && head.error().code != ErrorCode::not_found) return head.error();
  if (head) {
    altered_ = head->seq != tail_.head.seq || head->hash != tail_.head.hash;
    if (head->seq > tail_.head.seq) tail_.head = *head;
  } else {
    // A new store has no head yet, and nothing else either.
    CS_TRY(const std::int64_t rows, connection.number("SELECT EXISTS(SELECT 1 FROM subject)"));
    altered_ = rows > 0 || tail_.head.seq > 0;
  }
  if (altered_) ++tail_.head.seq;
  return {};
}

Status JournalWrites::append(JournalRecord& record) {
  if (record.entry.at < tail_.at - kClockStepMin) CS_CHECK(note_clock_step(record.entry.at));
  return insert(record);
}

Status JournalWrites::note_clock_step(Time at) {
  const auto behind = std::chrono::duration_cast<std::chrono::seconds>(tail_.at - at).count();
  log::warning("clock_stepped_back", {{"seconds", behind}});
  JournalRecord record;
  record.entry.at = at;
  record.entry.event = Event::clock_stepped_back;
  record.entry.count = static_cast<std::uint64_t>(behind);
  tail_.at = at;  // said once: from here on the clock is compared with itself
  return insert(record);
}

Status JournalWrites::insert(JournalRecord& record) {
  record.seq = tail_.head.seq + 1;
  const JournalHash hash = next_hash(tail_.head.hash, record);
  const JournalEntry& entry = record.entry;
  CS_CHECK(insert_.run(record.seq, to_milliseconds(entry.at), entry.event, entry.peer_uid,
                       entry.subject, entry.factor, entry.outcome, entry.version, entry.position,
                       entry.failures, entry.count, entry.challenge, entry.kind, entry.familiar,
                       entry.offset, entry.failures_unfamiliar, entry.client_address,
                       record.budget_version, record.also_moved, hash));
  // An entry that had waited longer than the one before it does not set the clock back.
  tail_ = {{record.seq, hash}, std::max(tail_.at, entry.at)};
  return {};
}

Status JournalWrites::seal_head() {
  CS_CHECK(seal_.run(tail_.head.seq, tail_.head.hash, mac_of(*key_, tail_.head)));
  return {};
}

}  // namespace countersign::store::sqlite
