// SPDX-License-Identifier: Apache-2.0
// Who writes to tickets, sessions, profiles and pending secrets gains nothing: an edited row opens
// nothing, and one that is put back after its end is known by the journal.
#include "tests/contract/account_world.hpp"

namespace countersign::test {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

// Alice has tickets 1001 and 1002, sessions 2001 and 2002, a profile and a pending secret.
class AccountRows : public AccountWorld {
 protected:
  AccountRows() {
    world_.person_with_factor("alice");
    world_.add_subject("bob");
    AccountChange change;
    change.issued = {ticket(1001), ticket(1002)};
    change.begun = {session(2001), session(2002)};
    change.profile = SealedProfile{Version{1}, Bytes(90, std::byte{1})};
    change.kept = PendingSecret{.factor = FactorId{1},
                                .subject = SubjectId{1},
                                .sealed = Bytes(60, std::byte{2}),
                                .expires_at = world_.clock.time + 15min};
    EXPECT_THAT(apply(std::move(change), Event::sign_in), Succeeds());
    keep();
    look_again();
  }
  SqliteBackend& sqlite() { return static_cast<SqliteBackend&>(*backend_); }
  std::int64_t tampered_records() {
    return sqlite().number("SELECT count(*) FROM journal WHERE event = 6");
  }
  // Whoever computes from a cached row is told once that somebody else has written.
  void look_again() {
    ASSERT_THAT(world_.run(world_.store->journal(world_.entry(Event::policy_loaded))), Succeeds());
  }
  void keep() {
    for (const char* table : {"ticket", "session", "profile", "pending_secret"}) {
      const std::string name{table};
      sqlite().edit("DROP TABLE IF EXISTS kept_" + name + "; CREATE TABLE kept_" + name +
                    " AS SELECT * FROM " + name);
    }
  }
  void put_back() {
    for (const char* table : {"ticket", "session", "profile", "pending_secret"}) {
      const std::string name{table};
      sqlite().edit("DELETE FROM " + name + "; INSERT INTO " + name + " SELECT * FROM kept_" +
                    name);
    }
  }
  static const char* row_of(std::string_view table) {
    if (table == "ticket") return "id = 1001";
    if (table == "session") return "id = 2001";
    if (table == "profile") return "subject = 1";
    return "factor = 1";
  }
  // How the row that was edited is refused, whichever it is.
  ErrorCode refusal_of(const std::string& table) {
    const auto code = [](const auto& result) { return result ? ErrorCode{} : result.error().code; };
    if (table == "ticket") return code(find(TicketId{1001}));
    if (table == "session") return code(find(SessionId{2001}));
    if (table == "profile") return code(world_.run(world_.store->profile(SubjectId{1})));
    return code(world_.run(world_.store->pending_secret(FactorId{1}, world_.clock.time)));
  }
};

TEST_P(AccountRows, EditedOnesAreRefused) {
  struct Edit {
    const char* table;
    const char* assignment;
  };
  constexpr Edit kEdits[] = {
      {"ticket", "purpose = 1"},
      {"ticket", "state = 2"},
      {"ticket", "subject = 2"},
      {"ticket", "factor = 2"},
      {"ticket", "session = 2"},
      {"ticket", "secret_mac = zeroblob(32)"},
      {"ticket", "details = zeroblob(20)"},
      {"ticket", "details = zeroblob(100000)"},
      {"ticket", "created_at_ms = created_at_ms + 1"},
      {"ticket", "expires_at_ms = expires_at_ms + 1"},
      {"ticket", "mac = (SELECT mac FROM ticket WHERE id = 1002)"},
      {"session", "version = 2"},
      {"session", "subject = 2"},
      {"session", "scope = 2"},
      {"session", "secret_mac = zeroblob(32)"},
      {"session", "ticket = 1001"},
      {"session", "password_at_ms = password_at_ms + 1"},
      {"session", "factor_at_ms = 1"},
      {"session", "question_at_ms = 1"},
      {"session", "kinds = 2"},
      {"session", "source = zeroblob(16)"},
      {"session", "user_agent = 'Chrome'"},
      {"session", "created_at_ms = created_at_ms + 1"},
      {"session", "seen_at_ms = seen_at_ms + 1"},
      {"session", "expires_at_ms = expires_at_ms + 1"},
      {"profile", "version = 2"},
      {"profile", "sealed = zeroblob(90)"},
      {"profile", "sealed = zeroblob(100000)"},
      {"pending_secret", "subject = 2"},
      {"pending_secret", "sealed = zeroblob(60)"},
      {"pending_secret", "expires_at_ms = expires_at_ms + 1"},
  };
  ASSERT_THAT(world_.problems(), IsEmpty());
  for (const Edit& edit : kEdits) {
    const std::string table{edit.table};
    SCOPED_TRACE(table + ": " + edit.assignment);
    const char* const row = row_of(table);
    world_.clock.time += 61s;  // each is reported again
    const std::int64_t before = tampered_records();
    sqlite().edit("UPDATE " + table + " SET " + edit.assignment + " WHERE " + row);
    EXPECT_EQ(refusal_of(table), ErrorCode::corrupt);
    EXPECT_THAT(world_.problems(), Contains(HasSubstr("fails its check: it was edited")));
    EXPECT_GT(tampered_records(), before);
    put_back();
    EXPECT_EQ(refusal_of(table), ErrorCode{});
  }
}

TEST_P(AccountRows, AnEditedOneSpoilsTheListThatItIsIn) {
  sqlite().edit(
      "UPDATE ticket SET expires_at_ms = expires_at_ms + 1 WHERE id = 1001; "
      "UPDATE session SET scope = 2 WHERE id = 2001");
  const Time now = world_.clock.time;
  const SubjectId alice{1};
  EXPECT_THAT(world_.run(world_.store->open_tickets(alice, now)), FailsWith(ErrorCode::corrupt));
  EXPECT_THAT(world_.run(world_.store->issued(alice, TicketPurpose::reset, now)),
              FailsWith(ErrorCode::corrupt));
  EXPECT_THAT(world_.run(world_.store->sessions(alice, now)), FailsWith(ErrorCode::corrupt));
}

TEST_P(AccountRows, ATicketThatIsPutBackIsOver) {
  ASSERT_THAT(move(ticket(1001), TicketState::spent), Succeeds());
  ASSERT_THAT(move(ticket(1002), TicketState::superseded), Succeeds());
  put_back();
  look_again();
  for (const std::int64_t id : {1001, 1002}) {
    EXPECT_THAT(find(TicketId{id}), FailsWith(ErrorCode::corrupt));
    EXPECT_THAT(move(ticket(id), TicketState::spent), FailsWith(ErrorCode::conflict));
    EXPECT_THAT(world_.problems(),
                Contains("ticket " + std::to_string(id) + ": is not what the journal made it"));
  }
}

TEST_P(AccountRows, ASessionThatIsPutBackHasEnded) {
  ASSERT_THAT(put(ended(session(2001))), Succeeds());
  AccountChange change;
  change.ends_all_but = SessionId{};
  ASSERT_THAT(apply(std::move(change), Event::password_set), Succeeds());
  put_back();
  look_again();
  for (const std::int64_t id : {2001, 2002}) {
    EXPECT_THAT(find(SessionId{id}), FailsWith(ErrorCode::corrupt));
    Session promoted = session(id);
    promoted.version = Version{2};
    EXPECT_THAT(put(promoted), FailsWith(ErrorCode::conflict));
    EXPECT_THAT(world_.problems(),
                Contains("session " + std::to_string(id) + ": was put back after it had ended"));
  }
}

TEST_P(AccountRows, WhatContradictsTheJournalIsFound) {
  struct Contradiction {
    const char* name;
    const char* sql;
    const char* found;
  };
  constexpr Contradiction kContradictions[] = {
      {"a ticket's record deleted", "DELETE FROM journal WHERE event = 70 AND challenge = 1001",
       "ticket 1001: the journal does not know where it came from"},
      {"a ticket without its subject", "DELETE FROM subject WHERE id = 1",
       "ticket 1001: belongs to nobody"},
      {"a session without its subject", "DELETE FROM subject WHERE id = 1",
       "session 2001: belongs to nobody"},
      {"a pending secret without its factor", "DELETE FROM factor WHERE id = 1",
       "pending secret 1: belongs to no factor of its subject"},
      {"too many tickets",
       "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 31) "
       "INSERT INTO ticket SELECT 5000 + i, purpose, state, subject, factor, session, "
       "secret_mac, details, created_at_ms, expires_at_ms, mac FROM ticket, n WHERE id = 1001",
       "subject 1: has more open tickets than are kept"},
      {"too many sessions",
       "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 15) "
       "INSERT INTO session SELECT 5000 + i, version, subject, scope, secret_mac, ticket, "
       "password_at_ms, factor_at_ms, question_at_ms, kinds, source, user_agent, created_at_ms, "
       "seen_at_ms, expires_at_ms, mac FROM session, n WHERE id = 2001",
       "subject 1: has more sessions than are kept"},
  };
  for (const Contradiction& attack : kContradictions) {
    SCOPED_TRACE(attack.name);
    sqlite().edit(
        "CREATE TABLE kept_journal AS SELECT * FROM journal;"
        "CREATE TABLE kept_subject AS SELECT * FROM subject;"
        "CREATE TABLE kept_factor AS SELECT * FROM factor");
    sqlite().edit(attack.sql);
    EXPECT_THAT(world_.problems(), Contains(HasSubstr(attack.found)));
    sqlite().edit(
        "INSERT OR IGNORE INTO journal SELECT * FROM kept_journal; DROP TABLE kept_journal;"
        "INSERT OR IGNORE INTO subject SELECT * FROM kept_subject; DROP TABLE kept_subject;"
        "INSERT OR IGNORE INTO factor SELECT * FROM kept_factor; DROP TABLE kept_factor");
    put_back();
  }
}

TEST_P(AccountRows, WhoWasErasedDoesNotComeBack) {
  const SubjectId bob = world_.load("bob")->fixed.id;
  sqlite().edit(
      "CREATE TABLE kept_subject AS SELECT * FROM subject; "
      "CREATE TABLE kept_budget AS SELECT * FROM budget");
  ASSERT_THAT(world_.run(world_.store->erase(world_.load(bob), "\x01grave",
                                             world_.entry(Event::subject_erased))),
              FailsWith(ErrorCode::conflict));  // somebody has written: look again
  ASSERT_THAT(world_.run(world_.store->erase(world_.load(bob), "\x01grave",
                                             world_.entry(Event::subject_erased))),
              Succeeds());
  sqlite().edit(
      "INSERT OR REPLACE INTO subject SELECT * FROM kept_subject WHERE username = 'bob'; "
      "INSERT OR REPLACE INTO budget SELECT * FROM kept_budget WHERE subject = 2");
  EXPECT_THAT(world_.problems(), Contains("subject 2: was erased, and was put back"));

  sqlite().edit("UPDATE subject SET state = 5 WHERE id = 1");
  EXPECT_THAT(world_.problems(), Contains("subject 1: the journal knows no erasure"));
}

INSTANTIATE_TEST_SUITE_P(Sqlite, AccountRows, testing::Values(MakeBackend{[] {
                           return std::make_unique<SqliteBackend>();
                         }}));

}  // namespace
}  // namespace countersign::test
