// SPDX-License-Identifier: Apache-2.0
// Who writes to the database gains nothing: the real sqlite3 edits the real daemon's rows, and the
// verify that would have gained from it is refused. The same verify on the same database without
// the edit is accepted, so that it is the edit which is refused.
#include "tests/support/appliance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

namespace countersign::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace fs = std::filesystem;

// Further than the window reaches.
constexpr std::uint64_t kFarAhead = 50;

enum class Person { alice, bob, carol };

// An edit, who is asked for after it and whose code they show.
struct Edit {
  const char* name;
  const char* sql;
  Person asked = Person::alice;
  Person shows = Person::alice;
};

// `kept` holds every table as it was before Alice's last acceptance and Carol's revocation.
constexpr Edit kEdits[] = {
    {"sealed secrets swapped",
     "UPDATE factor SET sealed = (SELECT sealed FROM factor AS other WHERE other.id = 3 - "
     "factor.id) WHERE id IN (1, 2)",
     Person::alice, Person::bob},
    {"digits changed", "UPDATE factor SET digits = 8 WHERE id = 1"},
    {"a row copied to somebody else",
     "INSERT INTO factor SELECT 9, 1, kind, state, label, public_id, serial, algorithm, digits, "
     "period_seconds, secret_bytes, sealed, created_at_ms, mac FROM factor WHERE id = 2;"
     "INSERT INTO motion SELECT 9, version, position, drift, failures, failures_unfamiliar, "
     "request_tag, accepted_at_ms, timestamp, mac FROM motion WHERE factor = 2",
     Person::alice, Person::bob},
    {"a row given to somebody else", "UPDATE factor SET subject = 1 WHERE id = 2", Person::alice,
     Person::bob},
    {"position set back", "UPDATE motion SET position = 0 WHERE factor = 1"},
    {"the factor's failures set back", "UPDATE motion SET failures = 0 WHERE factor = 1"},
    {"the factor's failures made the owner's own",
     "UPDATE motion SET failures_unfamiliar = 0 WHERE factor = 1"},
    {"the subject's failures set back", "UPDATE budget SET failures = 0 WHERE subject = 1"},
    {"the subject's failures made the owner's own",
     "UPDATE budget SET failures_unfamiliar = 0 WHERE subject = 1"},
    {"a remembered acceptance planted",
     "UPDATE motion SET request_tag = (SELECT request_tag FROM kept.motion WHERE factor = 1) "
     "WHERE factor = 1"},
    {"somebody else's motion",
     "UPDATE motion SET (version, position, drift, failures, failures_unfamiliar, request_tag, "
     "accepted_at_ms, timestamp, mac) = (SELECT version, position, drift, failures, "
     "failures_unfamiliar, request_tag, accepted_at_ms, timestamp, mac FROM motion "
     "WHERE factor = 2) WHERE factor = 1"},
    {"a revoked factor made active", "UPDATE factor SET state = 2 WHERE id = 3", Person::carol,
     Person::carol},
    {"a revoked factor's older row put back",
     "INSERT OR REPLACE INTO factor SELECT * FROM kept.factor WHERE id = 3", Person::carol,
     Person::carol},
    {"names swapped",
     "UPDATE subject SET username = 'x' WHERE id = 1;"
     "UPDATE subject SET username = 'alice' WHERE id = 2;"
     "UPDATE subject SET username = 'bob' WHERE id = 1",
     Person::alice, Person::bob},
    {"budget deleted", "DELETE FROM budget WHERE subject = 1"},
    {"motion deleted", "DELETE FROM motion WHERE factor = 1"},
};

// Alice (subject 1, factor 1) was accepted twice and then failed twice; Bob (2) was accepted; Carol
// (3) was accepted and her factor revoked.
class Tamper : public testing::Test {
 protected:
  Tamper() {
    for (const char* name : {"alice", "bob", "carol"}) {
      tokens_.push_back(appliance_.enrol(name, v1::HOTP));
      EXPECT_TRUE(accepted(ask(tokens_.back(), tokens_.back().press())));
    }
    sqlite("VACUUM INTO '" + kept() + "'");
    Token& alice = tokens_.front();
    EXPECT_TRUE(accepted(ask(alice, alice.press())));
    EXPECT_FALSE(accepted(ask(alice, alice.code(alice.counter + kFarAhead))));
    EXPECT_FALSE(accepted(ask(alice, alice.code(alice.counter + kFarAhead))));
    revoke(tokens_.back());
    appliance_.stop_daemon();
    fs::copy(state(), state() + "-before", fs::copy_options::recursive);
  }

  // The stopped daemon's database, as it was before any edit.
  void undo() {
    fs::remove_all(state());
    fs::copy(state() + "-before", state(), fs::copy_options::recursive);
  }

  v1::Reply ask(const Token& whom, const std::string& code) const {
    client::Client portal = appliance_.verify_client();
    return verify(portal, whom.username, code);
  }
  v1::Reply ask(const Edit& edit, std::uint64_t presses = 0) const {
    const Token& shows = tokens_.at(static_cast<std::size_t>(edit.shows));
    return ask(tokens_.at(static_cast<std::size_t>(edit.asked)),
               shows.code(shows.counter + presses));
  }

  void revoke(const Token& token) const {
    client::Client provision = appliance_.provision_client();
    v1::Request request;
    request.mutable_revoke_factor()->set_factor_id(token.factor);
    const auto reply = provision.call(request);
    EXPECT_TRUE(reply && reply->factor().state() == v1::REVOKED);
  }

  std::string sqlite(const std::string& sql) const {
    std::string output;
    const int status =
        appliance_.run({"/usr/bin/sqlite3", "-bail", appliance_.database(), sql}, &output);
    if (status != 0) throw std::runtime_error{"sqlite3: " + output};
    return output;
  }
  void edit(const std::string& sql) const { sqlite("ATTACH '" + kept() + "' AS kept;" + sql); }
  // Those that name a subject: the one whose row it was.
  [[nodiscard]] int tampered_records() const {
    return std::stoi(sqlite("SELECT count(*) FROM journal WHERE event = 6 AND subject > 0"));
  }

  [[nodiscard]] std::string state() const { return appliance_.path("state"); }
  [[nodiscard]] std::string kept() const { return appliance_.path("kept.db"); }

  Appliance appliance_;
  std::vector<Token> tokens_;
};

TEST_F(Tamper, EditedRowsAreRefused) {
  for (const Edit& attack : kEdits) {
    SCOPED_TRACE(attack.name);
    undo();
    edit(attack.sql);
    appliance_.start_daemon();
    const v1::Reply reply = ask(attack);
    EXPECT_EQ(reply.error().code(), v1::TAMPERED) << reply.ShortDebugString();
    EXPECT_THAT(appliance_.check_store(), Not(IsEmpty()));
    appliance_.stop_daemon();
    EXPECT_EQ(tampered_records(), 1);
  }
}

// The rows are in the daemon's cache, and somebody edits the file under it.
TEST_F(Tamper, RowsEditedUnderARunningDaemonAreRefused) {
  for (const Edit& attack : kEdits) {
    SCOPED_TRACE(attack.name);
    undo();
    appliance_.start_daemon();
    for (const Token& token : tokens_) {
      EXPECT_EQ(accepted(ask(token, token.code(token.counter))), token.username != "carol");
    }
    EXPECT_FALSE(accepted(ask(tokens_[0], tokens_[0].code(tokens_[0].counter + kFarAhead))));
    edit(attack.sql);
    const v1::Reply reply = ask(attack, 1);
    EXPECT_EQ(reply.error().code(), v1::TAMPERED) << reply.ShortDebugString();
    appliance_.stop_daemon();
    EXPECT_EQ(tampered_records(), 1);
  }
}

TEST_F(Tamper, WithoutAnEditTheSameCodesAreAccepted) {
  undo();
  edit("SELECT 1");
  appliance_.start_daemon();
  EXPECT_TRUE(accepted(ask(tokens_[0], tokens_[0].press())));
  EXPECT_TRUE(accepted(ask(tokens_[1], tokens_[1].press())));
  EXPECT_EQ(ask(tokens_[2], tokens_[2].press()).verdict().reason(), v1::NO_SUCH_FACTOR);
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
  EXPECT_EQ(tampered_records(), 0);
}

// Nobody but the victim notices.
TEST_F(Tamper, AnEditHarmsNobodyElse) {
  edit("UPDATE factor SET digits = 8 WHERE id = 1");
  appliance_.start_daemon();
  EXPECT_EQ(ask(tokens_[0], tokens_[0].press()).error().code(), v1::TAMPERED);
  EXPECT_TRUE(accepted(ask(tokens_[1], tokens_[1].press())));
}

// What no single row can tell; `store check` holds the rows against the journal, and the journal
// against its chain.
struct Contradiction {
  const char* name;
  const char* sql;
  const char* found;
};

constexpr Contradiction kContradictions[] = {
    {"an older true motion put back", "INSERT OR REPLACE INTO motion SELECT * FROM kept.motion",
     "factor 1 was put back to an older state"},
    {"an older true budget put back",
     "INSERT OR REPLACE INTO budget SELECT * FROM kept.budget WHERE subject = 1",
     "subject 1 was put back to an older state"},
    {"a journal record deleted", "DELETE FROM journal WHERE seq = 5", "journal record 5: missing"},
    {"a journal record edited", "UPDATE journal SET peer_uid = 4711 WHERE seq = 5",
     "journal record 5: does not continue the chain"},
    {"journal records reordered",
     "UPDATE journal SET seq = 999 WHERE seq = 5; UPDATE journal SET seq = 5 WHERE seq = 6;"
     "UPDATE journal SET seq = 6 WHERE seq = 999",
     "journal record 5: does not continue the chain"},
    {"the journal's end cut off", "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)",
     "missing"},
};

TEST_F(Tamper, WhatContradictsTheJournalIsFoundByACheck) {
  for (const Contradiction& attack : kContradictions) {
    SCOPED_TRACE(attack.name);
    undo();
    edit(attack.sql);
    appliance_.start_daemon();
    EXPECT_THAT(appliance_.check_store(), Contains(HasSubstr(attack.found)));
    appliance_.stop_daemon();
  }
}

}  // namespace
}  // namespace countersign::test
