// SPDX-License-Identifier: Apache-2.0
// Who writes to the outbox gains nothing: an edited row is neither sent nor settled, and what was
// sealed is gone from the disk when it has been sent.
#include "tests/contract/message_world.hpp"

#include <fstream>
#include <iterator>

namespace countersign::test {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Edit {
  const char* name;
  const char* sql;
};

// Messages 1 and 2 of Alice, who was accepted from place 1 and then from place 2.
class Outbox : public MessageWorld {
 protected:
  Outbox() {
    world_.person_with_factor("alice");
    for (const std::int64_t id : {1, 2}) EXPECT_THAT(queue(message(id)), Succeeds());
    EXPECT_THAT(accept_from(print(1)), Succeeds());
    world_.clock.time += 1s;
    EXPECT_THAT(accept_from(print(2)), Succeeds());
  }
  SqliteBackend& sqlite() { return static_cast<SqliteBackend&>(*backend_); }
  std::int64_t tampered_records() {
    return sqlite().number("SELECT count(*) FROM journal WHERE event = 6");
  }
  std::string everything_on_disk() {
    std::string all;
    for (const auto& file : std::filesystem::directory_iterator(sqlite().folder())) {
      std::ifstream in{file.path(), std::ios::binary};
      all.append(std::istreambuf_iterator<char>{in}, {});
    }
    return all;
  }
};

const auto kSqlite = testing::Values(MakeBackend{[] { return std::make_unique<SqliteBackend>(); }});

TEST_P(Outbox, EditedRowsAreNeitherSentNorSettled) {
  constexpr Edit kEdits[] = {
      {"channel", "UPDATE message SET channel = 6 WHERE id = 1"},
      {"kind", "UPDATE message SET kind = 30 WHERE id = 1"},
      {"subject", "UPDATE message SET subject = 2 WHERE id = 1"},
      {"factor", "UPDATE message SET factor = 2 WHERE id = 1"},
      {"challenge", "UPDATE message SET challenge = 2 WHERE id = 1"},
      {"peer", "UPDATE message SET peer_uid = 2 WHERE id = 1"},
      {"destination", "UPDATE message SET destination = zeroblob(16) WHERE id = 1"},
      {"source", "UPDATE message SET source = zeroblob(16) WHERE id = 1"},
      {"prefix", "UPDATE message SET prefix = '+1' WHERE id = 1"},
      {"answered", "UPDATE message SET answered = 1 WHERE id = 1"},
      {"creation", "UPDATE message SET created_at_ms = created_at_ms + 1 WHERE id = 1"},
      {"expiry", "UPDATE message SET expires_at_ms = expires_at_ms + 1 WHERE id = 1"},
      {"sealed", "UPDATE message SET sealed = zeroblob(200) WHERE id = 1"},
      {"too long", "UPDATE message SET sealed = zeroblob(100000) WHERE id = 1"},
      {"somebody else's",
       "UPDATE message SET (sealed, mac) = (SELECT sealed, mac FROM message WHERE id = 2) "
       "WHERE id = 1"},
  };
  ASSERT_THAT(world_.problems(), IsEmpty());
  for (const Edit& edit : kEdits) {
    SCOPED_TRACE(edit.name);
    world_.clock.time += 2min;  // each is reported again
    const std::int64_t before = tampered_records();
    sqlite().edit("CREATE TABLE kept AS SELECT * FROM message");
    sqlite().edit(edit.sql);
    EXPECT_THAT(world_.run(world_.store->message(MessageId{1})), FailsWith(ErrorCode::corrupt));
    EXPECT_THAT(settle(message(1), MessageState::sent), FailsWith(ErrorCode::corrupt));
    EXPECT_THAT(listed(), ElementsAre(2));
    EXPECT_THAT(world_.problems(), Contains("message 1: fails its check: it was edited"));
    EXPECT_GT(tampered_records(), before);
    sqlite().edit("DELETE FROM message; INSERT INTO message SELECT * FROM kept; DROP TABLE kept");
    EXPECT_TRUE(load(1));
  }
}

TEST_P(Outbox, AnEditedRowIsNotMendedByAnAnswer) {
  sqlite().edit("UPDATE message SET prefix = '+1' WHERE id = 1");
  // Whoever computes from a cached row is told once to look again: here nobody.
  ASSERT_THAT(world_.run(world_.store->journal(world_.entry(Event::policy_loaded))), Succeeds());
  Attempt attempt = world_.accepted(*world_.load("alice"), 57);
  attempt.aftermath = std::make_unique<Aftermath>();
  attempt.aftermath->answered = MessageId{1};
  EXPECT_THAT(world_.commit(world_.load("alice"), attempt), Succeeds());
  EXPECT_THAT(world_.run(world_.store->message(MessageId{1})), FailsWith(ErrorCode::corrupt));
}

TEST_P(Outbox, WhatContradictsTheJournalIsFound) {
  struct Contradiction {
    const char* name;
    const char* sql;
    const char* found;
  };
  constexpr Contradiction kContradictions[] = {
      {"a sent one put back",
       "UPDATE message SET (state, sealed, mac) = (SELECT state, sealed, mac "
       "FROM kept WHERE kept.id = message.id) WHERE id = 1",
       "message 1: is not where the journal left it"},
      {"one deleted", "DELETE FROM message WHERE id = 2", "message 2, which it queued, is gone"},
      {"its record deleted", "DELETE FROM journal WHERE event = 60 AND count = 2",
       "message 2: the journal does not know where it came from"},
      {"a place planted",
       "INSERT INTO source SELECT subject, x'03', accepted_at_ms, mac FROM source LIMIT 1",
       "subject 1: has a familiar place that fails its check"},
      {"a place's time", "UPDATE source SET accepted_at_ms = accepted_at_ms + 1",
       "subject 1: has a familiar place that fails its check"},
  };
  sqlite().edit("CREATE TABLE kept AS SELECT * FROM message");
  ASSERT_THAT(settle(message(1), MessageState::sent), Succeeds());
  sqlite().edit(
      "CREATE TABLE kept_journal AS SELECT * FROM journal;"
      "CREATE TABLE kept_source AS SELECT * FROM source;"
      "CREATE TABLE settled AS SELECT * FROM message");
  ASSERT_THAT(world_.problems(), IsEmpty());
  for (const Contradiction& attack : kContradictions) {
    SCOPED_TRACE(attack.name);
    sqlite().edit(std::string{"DELETE FROM message; INSERT INTO message SELECT * FROM settled;"
                              "DELETE FROM source; INSERT INTO source SELECT * FROM kept_source;"} +
                  attack.sql);
    EXPECT_THAT(world_.problems(), Contains(HasSubstr(attack.found)));
    sqlite().edit("INSERT OR IGNORE INTO journal SELECT * FROM kept_journal");
  }
}

TEST_P(Outbox, AForgedPlaceIsNotFamiliar) {
  const SubjectId alice = world_.load("alice")->fixed.id;
  sqlite().edit(
      "UPDATE source SET accepted_at_ms = accepted_at_ms + 1 WHERE hex(print) LIKE '01%'");
  world_.open();
  EXPECT_EQ((*world_.run(world_.store->sources(alice))).size(), 1U);
  EXPECT_EQ(tampered_records(), 1);
  EXPECT_FALSE(is_familiar(alice, print(1)));
  EXPECT_TRUE(is_familiar(alice, print(2)));
}

// Long enough for pages of its own, and short enough to stand among others.
TEST_P(Outbox, WhatWasSealedIsOverwrittenWhenItIsSettled) {
  for (const std::size_t size : {std::size_t{180}, Message::kSealedBytesMax}) {
    const std::string canary(size, static_cast<char>(0xe7));
    const std::string trace = canary.substr(0, 64);
    const auto id = static_cast<std::int64_t>(size);
    Message secret = message(id);
    secret.sealed.assign(as_bytes(canary).begin(), as_bytes(canary).end());
    ASSERT_THAT(queue(secret), Succeeds());
    world_.open();  // moves the log into the database
    EXPECT_THAT(everything_on_disk(), HasSubstr(trace));
    ASSERT_THAT(settle(secret, MessageState::sent), Succeeds());
    world_.open();
    EXPECT_THAT(everything_on_disk(), Not(HasSubstr(trace))) << size << " bytes";
  }
}

INSTANTIATE_TEST_SUITE_P(Sqlite, Outbox, kSqlite);

}  // namespace
}  // namespace countersign::test
