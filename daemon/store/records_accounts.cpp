// SPDX-License-Identifier: Apache-2.0
// Tickets, sessions and profiles.
#include "daemon/store/account_macs.hpp"
#include "daemon/store/aftermath.hpp"
#include "daemon/store/records.hpp"

#include <cassert>

namespace countersign::store {
namespace {

using Statements = sqlite::Reader::Statements;

constexpr std::chrono::hours kCountedBack{24};

}  // namespace

awaitable<Result<std::optional<Ticket>>> Records::ticket(TicketId id) {
  using Row = std::optional<LoadedTicket>;
  auto read = [id](Statements& statements) { return statements.tickets.ticket(id); };
  CS_CO_TRY(Row row, co_await reader_.ask<Row>(read));
  if (!row) co_return std::optional<Ticket>{};
  if (authenticator_.is_true(*row) && is_as_told(*row)) {
    co_return std::optional<Ticket>{std::move(row->row)};
  }
  co_await report(Tampered::ticket);
  co_return Error{ErrorCode::corrupt, "store.ticket"};
}

awaitable<Result<std::vector<Ticket>>> Records::checked(std::vector<LoadedTicket> rows) {
  std::vector<Ticket> found;
  for (LoadedTicket& row : rows) {
    if (!authenticator_.is_true(row) || !is_as_told(row)) {
      co_await report(Tampered::ticket);
      co_return Error{ErrorCode::corrupt, "store.ticket"};
    }
    found.push_back(std::move(row.row));
  }
  co_return found;
}

awaitable<Result<std::vector<Ticket>>> Records::open_tickets(SubjectId subject, Time now) {
  using Rows = std::vector<LoadedTicket>;
  auto read = [subject, now](Statements& statements) {
    return statements.tickets.open_tickets(subject, now);
  };
  CS_CO_TRY(Rows rows, co_await reader_.ask<Rows>(read));
  co_return co_await checked(std::move(rows));
}

awaitable<Result<std::vector<Time>>> Records::issued(SubjectId subject, TicketPurpose purpose,
                                                     Time now) {
  using Rows = std::vector<LoadedTicket>;
  auto read = [subject, purpose, now](Statements& statements) {
    return statements.tickets.issued(subject, purpose, now - kCountedBack);
  };
  CS_CO_TRY(Rows rows, co_await reader_.ask<Rows>(read));
  CS_CO_TRY(const std::vector<Ticket> tickets, co_await checked(std::move(rows)));
  std::vector<Time> times;
  for (const Ticket& ticket : tickets) times.push_back(ticket.created_at);
  co_return times;
}

awaitable<Result<std::optional<Session>>> Records::session(SessionId id) {
  using Row = std::optional<LoadedSession>;
  auto read = [id](Statements& statements) { return statements.sessions.session(id); };
  CS_CO_TRY(Row row, co_await reader_.ask<Row>(read));
  if (!row) co_return std::optional<Session>{};
  if (authenticator_.is_true(*row) && !row->has_ended) {
    co_return std::optional<Session>{std::move(row->row)};
  }
  co_await report(Tampered::session);
  co_return Error{ErrorCode::corrupt, "store.session"};
}

awaitable<Result<std::vector<Session>>> Records::sessions(SubjectId subject, Time now) {
  using Rows = std::vector<LoadedSession>;
  auto read = [subject, now](Statements& statements) {
    return statements.sessions.sessions(subject, now);
  };
  CS_CO_TRY(Rows rows, co_await reader_.ask<Rows>(read));
  std::vector<Session> found;
  for (LoadedSession& row : rows) {
    if (!authenticator_.is_true(row) || row.has_ended) {
      co_await report(Tampered::session);
      co_return Error{ErrorCode::corrupt, "store.session"};
    }
    found.push_back(std::move(row.row));
  }
  co_return found;
}

awaitable<Status> Records::seen(Session session, Time now) {
  session.seen_at = now;
  sqlite::Change change;
  change.journalled = false;
  const RowMac mac = mac_of(*key_, session);
  account_rows(change, session.subject).seen = sqlite::SessionChange{std::move(session), mac};
  co_return co_await write(change);
}

awaitable<Result<SealedProfile>> Records::profile(SubjectId subject) {
  using Row = std::optional<LoadedProfile>;
  auto read = [subject](Statements& statements) { return statements.profiles.profile(subject); };
  CS_CO_TRY(Row row, co_await reader_.ask<Row>(read));
  if (!row) co_return SealedProfile{};
  if (authenticator_.is_true(*row)) co_return std::move(row->row);
  co_await report(Tampered::profile);
  co_return Error{ErrorCode::corrupt, "store.profile"};
}

awaitable<Result<std::optional<PendingSecret>>> Records::pending_secret(FactorId factor, Time now) {
  using Row = std::optional<LoadedPending>;
  auto read = [factor](Statements& statements) {
    return statements.profiles.pending_secret(factor);
  };
  CS_CO_TRY(Row row, co_await reader_.ask<Row>(read));
  if (!row) co_return std::optional<PendingSecret>{};
  if (!authenticator_.is_true(*row)) {
    co_await report(Tampered::pending_secret);
    co_return Error{ErrorCode::corrupt, "store.pending_secret"};
  }
  if (now >= row->row.expires_at) co_return std::optional<PendingSecret>{};
  co_return std::optional<PendingSecret>{std::move(row->row)};
}

sqlite::AccountRows& Records::account_rows(sqlite::Change& change, SubjectId owner) const {
  if (!change.account) change.account = std::make_unique<sqlite::AccountRows>();
  change.account->subject = owner;
  change.account->now = clock_.now();
  return *change.account;
}

void Records::put(sqlite::AccountRows& rows, AccountChange change) const {
  for (Ticket& ticket : change.issued) {
    assert(ticket.details.size() <= Ticket::kDetailsBytesMax);
    const RowMac mac = mac_of(*key_, ticket);
    rows.issued.push_back({std::move(ticket), mac});
  }
  for (AccountChange::TicketMove& move : change.tickets) {
    const RowMac before = mac_of(*key_, move.from);
    move.from.state = move.to;
    rows.tickets.push_back({move.from.id, move.to, before, mac_of(*key_, move.from)});
  }
  for (Session& session : change.begun) {
    const RowMac mac = mac_of(*key_, session);
    rows.begun.push_back({std::move(session), mac});
  }
  for (Session& session : change.sessions) {
    const RowMac mac = mac_of(*key_, session);
    rows.sessions.push_back({std::move(session), mac});
  }
  rows.ends_all_but = change.ends_all_but;
  if (change.profile) {
    assert(change.profile->sealed.size() <= SealedProfile::kSealedBytesMax);
    const RowMac mac = mac_of(*key_, rows.subject, *change.profile);
    rows.profile = sqlite::ProfileChange{rows.subject, *std::move(change.profile), mac};
  }
  if (change.kept) {
    assert(change.kept->sealed.size() <= PendingSecret::kSealedBytesMax);
    const RowMac mac = mac_of(*key_, *change.kept);
    rows.kept = sqlite::PendingChange{*std::move(change.kept), mac};
  }
  rows.forgotten = change.forgotten;
}

awaitable<Status> Records::apply(SubjectPtr from, Aftermath aftermath, JournalEntry entry) {
  if (is_decoy(from->fixed.id)) co_return kNobody;
  Draft draft{*from, *key_, std::move(entry)};
  draft.touch();
  CS_CO_CHECK(co_await leave(draft, std::move(aftermath)));
  co_return co_await write(draft);
}

awaitable<Status> Records::apply(SubjectId decoy, AccountChange change) {
  assert(is_decoy(decoy));
  sqlite::Change written;
  written.journalled = false;
  put(account_rows(written, decoy), std::move(change));
  co_return co_await write(written);
}

awaitable<Status> Records::create_account(Subject subject, std::vector<Factor> contacts,
                                          Aftermath aftermath, JournalEntry entry) {
  assert(contacts.size() <= kContactsMax);
  subject.created_at = entry.at;
  name_subject(aftermath, subject.id);
  const Bytes encoded = encode(subject);
  CS_CO_TRY(const RowMac mac, co_await authenticator_.seal(encoded));
  const SubjectState state = subject.state;
  const std::size_t factors = contacts.size();
  const SubjectRecord nobody{std::move(subject), {}, {}, {}};
  Draft draft{nobody, *key_, std::move(entry)};
  draft.set(state, mac);
  draft.change().subject_row->fresh = true;
  for (Factor& contact : contacts) CS_CO_CHECK(co_await add_contact(draft, std::move(contact)));
  CS_CO_CHECK(co_await leave(draft, std::move(aftermath)));
  CS_CO_CHECK(co_await write(draft));
  ++counts_.subjects;
  counts_.factors += factors;
  co_return Status{};
}

awaitable<Status> Records::add_contact(Draft& draft, Factor factor) {
  factor.id = FactorId{++last_factor_};
  factor.subject = draft.change().subject;
  const Bytes encoded = encode(draft.after()->fixed.name.realm, factor);
  CS_CO_TRY(const RowMac mac, co_await authenticator_.seal(encoded));
  account_rows(draft.change(), factor.subject);
  draft.add_beside(std::move(factor), mac, Motion{});
  co_return Status{};
}

}  // namespace countersign::store
