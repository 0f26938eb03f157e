// SPDX-License-Identifier: Apache-2.0
// Numbers are narrowed without a check, as in row_reads.cpp.
#include "daemon/store/sqlite/session_rows.hpp"

#include "daemon/store/account_store.hpp"
#include "daemon/store/aftermath.hpp"

namespace countersign::store::sqlite {
namespace {

Session session_of(const Statement& row) {
  Session session;
  session.id = SessionId{row.integer(0)};
  session.version = static_cast<Version>(row.integer(1));
  session.subject = SubjectId{row.integer(2)};
  session.scope = static_cast<SessionScope>(row.integer(3));
  session.mac = row.fixed<std::tuple_size_v<SecretMac>>(4);
  session.ticket = TicketId{row.integer(5)};
  session.proof.password_at = from_milliseconds(row.integer(6));
  session.proof.factor_at = from_milliseconds(row.integer(7));
  session.proof.question_at = from_milliseconds(row.integer(8));
  session.proof.kinds = static_cast<std::uint32_t>(row.integer(9));
  session.source = row.fixed<std::tuple_size_v<SourcePrint>>(10);
  session.user_agent = row.text(11);
  session.created_at = from_milliseconds(row.integer(12));
  session.seen_at = from_milliseconds(row.integer(13));
  session.expires_at = from_milliseconds(row.integer(14));
  return session;
}

// The journal's index is asked in its own words, so that it is used.
constexpr auto kEnded =
    "SELECT 1 FROM journal WHERE challenge = ? AND challenge <> 0 AND event IN (73, 74) LIMIT 1";
constexpr auto kOfSubject = "SELECT id FROM session WHERE subject = ? AND expires_at_ms > ?";
constexpr auto kCrowded =
    "SELECT subject FROM session GROUP BY subject HAVING count(*) > ? LIMIT 100";

constexpr auto kInsert =
    "INSERT INTO session VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
// Not one of which the journal tells that it has ended: it was put back.
constexpr auto kUpdate =
    "UPDATE session SET version = ?3, scope = ?4, secret_mac = ?5, password_at_ms = ?6, "
    "factor_at_ms = ?7, question_at_ms = ?8, kinds = ?9, source = ?10, user_agent = ?11, "
    "seen_at_ms = ?12, expires_at_ms = ?13, mac = ?14 WHERE id = ?1 AND version = ?2 "
    "AND NOT EXISTS (SELECT 1 FROM journal WHERE challenge = ?1 AND challenge <> 0 "
    "AND event IN (73, 74))";
constexpr auto kRemove = "DELETE FROM session WHERE id = ? AND version = ?";
constexpr auto kSee = "UPDATE session SET seen_at_ms = ?3, mac = ?4 WHERE id = ?1 AND version = ?2";
constexpr auto kEndAll = "DELETE FROM session WHERE subject = ? AND id <> ? RETURNING id";
// More than begin at once, so that none is left over; few enough for everybody who waits.
constexpr auto kSweep =
    "DELETE FROM session WHERE id IN "
    "(SELECT id FROM session WHERE expires_at_ms < ? ORDER BY expires_at_ms LIMIT 4)";
// Not the one that has just begun, whatever the clock said before. Those that await a factor, and
// come from nowhere familiar, go first: who has a password alone must not end anybody's sessions,
// nor come between the owner's password and their code.
constexpr auto kDisplace =
    "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE subject = ?1 "
    "ORDER BY id = ?2 DESC, "
    "scope <> 2 OR source IN (SELECT print FROM source WHERE subject = ?1) DESC, "
    "seen_at_ms DESC, id LIMIT -1 OFFSET ?3) RETURNING id";
static_assert(static_cast<int>(SessionScope::sign_in) == 2);

}  // namespace

Result<SessionReads> SessionReads::open(Connection& connection) {
  SessionReads reads;
  CS_TRY(reads.session_, connection.prepare("SELECT * FROM session WHERE id = ?"));
  CS_TRY(reads.ended_, connection.prepare(kEnded));
  CS_TRY(reads.of_subject_, connection.prepare(kOfSubject));
  CS_TRY(reads.all_, connection.prepare("SELECT id FROM session WHERE id > ? ORDER BY id LIMIT ?"));
  CS_TRY(reads.crowded_, connection.prepare(kCrowded));
  return reads;
}

Result<std::optional<LoadedSession>> SessionReads::session(SessionId id) {
  LoadedSession loaded;
  loaded.row.id = id;
  const Rewind rewind{session_};
  const Result<bool> found = session_.start(id);
  if (!found && is_too_long(found.error())) return loaded;
  if (!found) return found.error();
  if (!*found) return std::nullopt;
  loaded.row = session_of(session_);
  loaded.mac = session_.fixed<32>(15);
  const Rewind rewind_ended{ended_};
  CS_TRY(loaded.has_ended, ended_.start(id));
  return loaded;
}

Result<std::vector<LoadedSession>> SessionReads::sessions(SubjectId subject, Time now) {
  CS_TRY(const Ids found, ids(of_subject_, subject, to_milliseconds(now)));
  std::vector<LoadedSession> rows;
  for (const std::int64_t id : found) {
    CS_TRY(auto row, session(SessionId{id}));
    if (row) rows.push_back(*std::move(row));
  }
  return rows;
}

Result<SessionWrites> SessionWrites::open(Connection& connection) {
  SessionWrites writes;
  CS_TRY(writes.insert_, connection.prepare(kInsert));
  CS_TRY(writes.update_, connection.prepare(kUpdate));
  CS_TRY(writes.remove_, connection.prepare(kRemove));
  CS_TRY(writes.see_, connection.prepare(kSee));
  CS_TRY(writes.end_all_, connection.prepare(kEndAll));
  CS_TRY(writes.sweep_, connection.prepare(kSweep));
  CS_TRY(writes.displace_, connection.prepare(kDisplace));
  CS_TRY(writes.erase_, connection.prepare("DELETE FROM session WHERE subject = ?"));
  return writes;
}

// Those that begin come last: they outlive whatever else the commit ends.
Status SessionWrites::put(AccountRows& rows, const JournalEntry& entry) {
  for (const SessionChange& one : rows.sessions) CS_CHECK(change(one));
  if (rows.ends_all_but) {
    CS_TRY(const Ids ended, ids(end_all_, rows.subject, *rows.ends_all_but));
    tell(rows, entry, ended);
  }
  if (!rows.begun.empty()) CS_CHECK(begin(rows, entry));
  if (!rows.seen) return {};
  const Session& row = rows.seen->row;
  CS_CHECK(see_.run(row.id, row.version, to_milliseconds(row.seen_at), rows.seen->mac));
  return {};
}

Status SessionWrites::change(const SessionChange& change) {
  const Session& row = change.row;
  const auto before = Version{number(row.version) - 1};
  if (row.state == SessionState::ended) return one_row(remove_.run(row.id, before));
  return one_row(update_.run(
      row.id, before, row.version, row.scope, row.mac, to_milliseconds(row.proof.password_at),
      to_milliseconds(row.proof.factor_at), to_milliseconds(row.proof.question_at), row.proof.kinds,
      row.source, row.user_agent, to_milliseconds(row.seen_at), to_milliseconds(row.expires_at),
      change.mac));
}

Status SessionWrites::begin(AccountRows& rows, const JournalEntry& entry) {
  CS_CHECK(sweep_.run(to_milliseconds(rows.now)));
  for (const SessionChange& one : rows.begun) {
    const Session& row = one.row;
    CS_CHECK(one_row(
        insert_.run(row.id, row.version, row.subject, row.scope, row.mac, row.ticket,
                    to_milliseconds(row.proof.password_at), to_milliseconds(row.proof.factor_at),
                    to_milliseconds(row.proof.question_at), row.proof.kinds, row.source,
                    row.user_agent, to_milliseconds(row.created_at), to_milliseconds(row.seen_at),
                    to_milliseconds(row.expires_at), one.mac)));
  }
  const SessionId newest = rows.begun.back().row.id;
  CS_TRY(const Ids ended, ids(displace_, rows.subject, newest, AccountStore::kSessionsMax));
  tell(rows, entry, ended);
  return {};
}

void SessionWrites::tell(AccountRows& rows, const JournalEntry& entry, const Ids& ended) {
  for (const std::int64_t id : ended) {
    rows.told.push_back(tell_ended(entry, rows.subject, SessionId{id}));
  }
}

Status SessionWrites::erase(SubjectId subject) {
  CS_CHECK(erase_.run(subject));
  return {};
}

}  // namespace countersign::store::sqlite
