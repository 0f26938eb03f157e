// SPDX-License-Identifier: Apache-2.0
// Tickets, sessions, profiles and pending secrets, as `store check` reads them.
#include "daemon/store/check.hpp"

#include "daemon/store/account_store.hpp"

#include <limits>

namespace countersign::store {
namespace {

using Statements = sqlite::Reader::Statements;
using Problems = std::vector<std::string>;

constexpr std::string_view kEdited = "fails its check: it was edited";
constexpr std::int64_t kFromTheStart = std::numeric_limits<std::int64_t>::min();

// Whoever is not there, or was erased, has nothing of the kind.
Status check_owner(Statements& statements, std::string_view what, std::int64_t id,
                   SubjectId subject, Problems& problems) {
  CS_TRY(const bool there, statements.checks.has_subject(subject));
  CS_TRY(const bool is_erased, statements.checks.is_erased(subject));
  if (!there) problems.push_back(say(what, id, "belongs to nobody"));
  if (is_erased) problems.push_back(say(what, id, "belongs to somebody who was erased"));
  return {};
}

Status check_ticket(Statements& statements, const Authenticator& authenticator, std::int64_t id,
                    Problems& problems) {
  CS_TRY(const auto row, statements.tickets.ticket(TicketId{id}));
  if (!authenticator.is_true(*row)) {
    problems.push_back(say("ticket", id, kEdited));
    return {};
  }
  if (!is_as_told(*row)) problems.push_back(say("ticket", id, "is not what the journal made it"));
  if (is_decoy(row->row.subject)) return {};
  CS_TRY(const bool issued, statements.tickets.was_issued(TicketId{id}));
  if (!issued) {
    problems.push_back(say("ticket", id, "the journal does not know where it came from"));
  }
  return check_owner(statements, "ticket", id, row->row.subject, problems);
}

Result<CheckedSlice> check_tickets(Statements& statements, const Authenticator& authenticator,
                                   std::int64_t after) {
  CheckedSlice slice;
  if (after == kFromTheStart) {
    CS_TRY(const sqlite::Ids crowded, statements.tickets.crowded(AccountStore::kTicketsMax));
    for (const std::int64_t id : crowded) {
      slice.problems.push_back(say("subject", id, "has more open tickets than are kept"));
    }
  }
  CS_TRY(const sqlite::Ids ids, statements.tickets.all(after, Check::kRowsMax));
  for (const std::int64_t id : ids) {
    CS_CHECK(check_ticket(statements, authenticator, id, slice.problems));
  }
  slice.records = ids.size();
  slice.cursor = next_cursor(ids, Check::kRowsMax, "tickets", "sessions");
  return slice;
}

Status check_session(Statements& statements, const Authenticator& authenticator, std::int64_t id,
                     Problems& problems) {
  CS_TRY(const auto row, statements.sessions.session(SessionId{id}));
  if (!authenticator.is_true(*row)) {
    problems.push_back(say("session", id, kEdited));
    return {};
  }
  if (row->has_ended) problems.push_back(say("session", id, "was put back after it had ended"));
  return check_owner(statements, "session", id, row->row.subject, problems);
}

Result<CheckedSlice> check_sessions(Statements& statements, const Authenticator& authenticator,
                                    std::int64_t after) {
  CheckedSlice slice;
  if (after == kFromTheStart) {
    CS_TRY(const sqlite::Ids crowded, statements.sessions.crowded(AccountStore::kSessionsMax));
    for (const std::int64_t id : crowded) {
      slice.problems.push_back(say("subject", id, "has more sessions than are kept"));
    }
  }
  CS_TRY(const sqlite::Ids ids, statements.sessions.all(after, Check::kRowsMax));
  for (const std::int64_t id : ids) {
    CS_CHECK(check_session(statements, authenticator, id, slice.problems));
  }
  slice.records = ids.size();
  slice.cursor = next_cursor(ids, Check::kRowsMax, "sessions", "profiles");
  return slice;
}

Result<CheckedSlice> check_profiles(Statements& statements, const Authenticator& authenticator,
                                    std::int64_t after) {
  CheckedSlice slice;
  CS_TRY(const sqlite::Ids ids, statements.profiles.profiles(after, Check::kRowsMax));
  for (const std::int64_t id : ids) {
    CS_TRY(const auto row, statements.profiles.profile(SubjectId{id}));
    if (!authenticator.is_true(*row)) slice.problems.push_back(say("profile", id, kEdited));
    CS_CHECK(check_owner(statements, "profile", id, SubjectId{id}, slice.problems));
  }
  slice.records = ids.size();
  slice.cursor = next_cursor(ids, Check::kRowsMax, "profiles", "pending_secrets");
  return slice;
}

Result<CheckedSlice> check_pending(Statements& statements, const Authenticator& authenticator,
                                   std::int64_t after) {
  CheckedSlice slice;
  CS_TRY(const sqlite::Ids ids, statements.profiles.pending(after, Check::kRowsMax));
  for (const std::int64_t id : ids) {
    CS_TRY(const auto row, statements.profiles.pending_secret(FactorId{id}));
    if (!authenticator.is_true(*row)) {
      slice.problems.push_back(say("pending secret", id, kEdited));
      continue;
    }
    CS_TRY(const auto owner, statements.rows.owner(FactorId{id}));
    if (owner == row->row.subject) continue;
    slice.problems.push_back(say("pending secret", id, "belongs to no factor of its subject"));
  }
  slice.records = ids.size();
  slice.cursor = next_cursor(ids, Check::kRowsMax, "pending_secrets", "journal");
  return slice;
}

}  // namespace

awaitable<Result<CheckedSlice>> Check::tickets(std::int64_t after) {
  auto judge = [this, after](Statements& statements) {
    return check_tickets(statements, authenticator_, after);
  };
  co_return co_await reader_.ask<CheckedSlice>(judge);
}

awaitable<Result<CheckedSlice>> Check::sessions(std::int64_t after) {
  auto judge = [this, after](Statements& statements) {
    return check_sessions(statements, authenticator_, after);
  };
  co_return co_await reader_.ask<CheckedSlice>(judge);
}

awaitable<Result<CheckedSlice>> Check::profiles(std::int64_t after) {
  auto judge = [this, after](Statements& statements) {
    return check_profiles(statements, authenticator_, after);
  };
  co_return co_await reader_.ask<CheckedSlice>(judge);
}

awaitable<Result<CheckedSlice>> Check::pending_secrets(std::int64_t after) {
  auto judge = [this, after](Statements& statements) {
    return check_pending(statements, authenticator_, after);
  };
  co_return co_await reader_.ask<CheckedSlice>(judge);
}

}  // namespace countersign::store
