// SPDX-License-Identifier: Apache-2.0
// Numbers are narrowed without a check, as in row_reads.cpp.
#include "daemon/store/sqlite/ticket_rows.hpp"

#include "daemon/store/account_store.hpp"
#include "daemon/store/aftermath.hpp"

namespace countersign::store::sqlite {
namespace {

Ticket ticket_of(const Statement& row) {
  Ticket ticket;
  ticket.id = TicketId{row.integer(0)};
  ticket.purpose = static_cast<TicketPurpose>(row.integer(1));
  ticket.state = static_cast<TicketState>(row.integer(2));
  ticket.subject = SubjectId{row.integer(3)};
  ticket.factor = FactorId{row.integer(4)};
  ticket.session = SessionId{row.integer(5)};
  ticket.mac = row.fixed<std::tuple_size_v<SecretMac>>(6);
  const BytesView details = row.blob(7);
  ticket.details.assign(details.begin(), details.end());
  ticket.created_at = from_milliseconds(row.integer(8));
  ticket.expires_at = from_milliseconds(row.integer(9));
  return ticket;
}

// The journal's index is asked in its own words, so that it is used.
constexpr auto kTold =
    "SELECT coalesce(sum(outcome = 0), 0), coalesce(sum(outcome <> 0), 0) FROM journal "
    "WHERE challenge = ? AND challenge <> 0 AND event = 71";
constexpr auto kWasIssued =
    "SELECT 1 FROM journal WHERE challenge = ? AND challenge <> 0 AND event = 70 LIMIT 1";
constexpr auto kOpen =
    "SELECT id FROM ticket WHERE subject = ? AND state = 1 AND expires_at_ms > ?";
constexpr auto kIssued =
    "SELECT id FROM ticket WHERE subject = ? AND purpose = ? AND created_at_ms > ? "
    "ORDER BY created_at_ms DESC, id LIMIT 1000";
constexpr auto kCrowded =
    "SELECT DISTINCT subject FROM ticket WHERE state = 1 GROUP BY subject, purpose "
    "HAVING count(*) > ? LIMIT 100";

constexpr auto kInsert = "INSERT INTO ticket VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
// Not one of which the journal tells that it was spent: a row that was put back is true, and spent.
constexpr auto kMove =
    "UPDATE ticket SET state = ?2, mac = ?3 WHERE id = ?1 AND state = 1 AND mac = ?4 "
    "AND NOT EXISTS (SELECT 1 FROM journal WHERE challenge = ?1 AND challenge <> 0 "
    "AND event = 71)";
// More than are made at once, so that none is left over; few enough for everybody who waits.
constexpr auto kSweep =
    "DELETE FROM ticket WHERE id IN "
    "(SELECT id FROM ticket WHERE expires_at_ms < ? ORDER BY expires_at_ms LIMIT 4)";
// Of one purpose: else whoever may have one kind could crowd out another.
constexpr auto kDisplace =
    "DELETE FROM ticket WHERE id IN (SELECT id FROM ticket WHERE subject = ? AND purpose = ? "
    "AND state = 1 ORDER BY created_at_ms DESC, id LIMIT -1 OFFSET ?) RETURNING id";

}  // namespace

Result<TicketReads> TicketReads::open(Connection& connection) {
  TicketReads reads;
  CS_TRY(reads.ticket_, connection.prepare("SELECT * FROM ticket WHERE id = ?"));
  CS_TRY(reads.told_, connection.prepare(kTold));
  CS_TRY(reads.open_, connection.prepare(kOpen));
  CS_TRY(reads.issued_, connection.prepare(kIssued));
  CS_TRY(reads.all_, connection.prepare("SELECT id FROM ticket WHERE id > ? ORDER BY id LIMIT ?"));
  CS_TRY(reads.was_issued_, connection.prepare(kWasIssued));
  CS_TRY(reads.crowded_, connection.prepare(kCrowded));
  return reads;
}

Result<std::optional<LoadedTicket>> TicketReads::ticket(TicketId id) {
  LoadedTicket loaded;
  loaded.row.id = id;
  const Rewind rewind{ticket_};
  const Result<bool> found = ticket_.start(id);
  if (!found && is_too_long(found.error())) return loaded;
  if (!found) return found.error();
  if (!*found) return std::nullopt;
  loaded.row = ticket_of(ticket_);
  loaded.mac = ticket_.fixed<32>(10);
  const Rewind rewind_told{told_};
  CS_CHECK(told_.start(id));
  loaded.spent = told_.integer(0);
  loaded.superseded = told_.integer(1);
  return loaded;
}

Result<std::vector<LoadedTicket>> TicketReads::rows(const Ids& ids) {
  std::vector<LoadedTicket> found;
  for (const std::int64_t id : ids) {
    CS_TRY(auto row, ticket(TicketId{id}));
    if (row) found.push_back(*std::move(row));
  }
  return found;
}

Result<std::vector<LoadedTicket>> TicketReads::open_tickets(SubjectId subject, Time now) {
  CS_TRY(const Ids found, ids(open_, subject, to_milliseconds(now)));
  return rows(found);
}

Result<std::vector<LoadedTicket>> TicketReads::issued(SubjectId subject, TicketPurpose purpose,
                                                      Time since) {
  CS_TRY(const Ids found, ids(issued_, subject, purpose, to_milliseconds(since)));
  return rows(found);
}

Result<bool> TicketReads::was_issued(TicketId id) {
  const Rewind rewind{was_issued_};
  return was_issued_.start(id);
}

Result<TicketWrites> TicketWrites::open(Connection& connection) {
  TicketWrites writes;
  CS_TRY(writes.insert_, connection.prepare(kInsert));
  CS_TRY(writes.move_, connection.prepare(kMove));
  CS_TRY(writes.sweep_, connection.prepare(kSweep));
  CS_TRY(writes.displace_, connection.prepare(kDisplace));
  CS_TRY(writes.erase_, connection.prepare("DELETE FROM ticket WHERE subject = ?"));
  return writes;
}

Status TicketWrites::put(AccountRows& rows, const JournalEntry& entry) {
  for (const TicketMove& move : rows.tickets) {
    CS_CHECK(one_row(move_.run(move.id, move.to, move.after, move.before)));
  }
  if (rows.issued.empty()) return {};
  CS_CHECK(sweep_.run(to_milliseconds(rows.now - AccountStore::kTicketsKept)));
  for (const NewTicket& ticket : rows.issued) {
    CS_CHECK(insert(ticket));
    CS_CHECK(displace(rows, ticket.row.purpose, entry));
  }
  return {};
}

Status TicketWrites::insert(const NewTicket& ticket) {
  const Ticket& row = ticket.row;
  return one_row(insert_.run(row.id, row.purpose, row.state, row.subject, row.factor, row.session,
                             row.mac, row.details, to_milliseconds(row.created_at),
                             to_milliseconds(row.expires_at), ticket.mac));
}

Status TicketWrites::displace(AccountRows& rows, TicketPurpose purpose, const JournalEntry& entry) {
  const Rewind rewind{displace_};
  CS_TRY(bool more, displace_.start(rows.subject, purpose, AccountStore::kTicketsMax));
  while (more) {
    const auto id = TicketId{displace_.integer(0)};
    // The journal knows nothing of a decoy's.
    if (!is_decoy(rows.subject)) {
      rows.told.push_back(tell_superseded(entry, rows.subject, id, purpose));
    }
    CS_TRY(more, displace_.step());
  }
  return {};
}

Status TicketWrites::erase(SubjectId subject) {
  CS_CHECK(erase_.run(subject));
  return {};
}

}  // namespace countersign::store::sqlite
