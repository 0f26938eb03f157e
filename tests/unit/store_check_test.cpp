// SPDX-License-Identifier: Apache-2.0
// `store check` finds what no single row can tell: a journal that was edited, and rows that were
// taken back to an older true state.
#include "daemon/store/check.hpp"
#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace countersign::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Alice: subject 1, factor 1; created (record 1), enrolled (2), accepted (3), rejected (4),
// accepted (5).
class StoreCheck : public testing::Test {
 protected:
  StoreCheck() {
    world_.person_with_factor("alice");
    accept(57);
    reject();
    accept(58);
  }

  void accept(std::int64_t position) {
    const SubjectPtr alice = world_.load("alice");
    (void)world_.commit(alice, world_.accepted(*alice, position));
  }
  void reject() {
    const SubjectPtr alice = world_.load("alice");
    (void)world_.commit(alice, world_.rejected(*alice));
  }

  // Keeps a table as it is now, and puts one row of it back later.
  void keep(const std::string& table) {
    backend_.edit("ATTACH '" + kept() + "' AS k; CREATE TABLE k." + table + " AS SELECT * FROM " +
                  table);
  }
  void put_back(const std::string& table) {
    world_.close();
    backend_.edit("ATTACH '" + kept() + "' AS k; INSERT OR REPLACE INTO " + table +
                  " SELECT * FROM k." + table);
    world_.open();
  }
  [[nodiscard]] std::string kept() const { return backend_.folder() / "kept.db"; }

  SqliteBackend backend_;
  StoreWorld world_{backend_};
};

TEST_F(StoreCheck, IsContentWithATrueStore) {
  EXPECT_THAT(world_.problems(), IsEmpty());
  world_.open();
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_F(StoreCheck, FindsAMotionPutBackToAnOlderTrueState) {
  keep("motion");
  accept(59);
  put_back("motion");
  // The row fits its MAC: nothing but the journal contradicts it.
  EXPECT_EQ(world_.load("alice")->factors[0].motion.position, Position{58});
  EXPECT_THAT(world_.problems(), Contains(HasSubstr("factor 1 was put back")));
}

TEST_F(StoreCheck, FindsABudgetPutBackToAnOlderTrueState) {
  keep("budget");
  reject();
  put_back("budget");
  EXPECT_THAT(world_.problems(), Contains(HasSubstr("subject 1 was put back")));
}

TEST_F(StoreCheck, FindsACandidatePutBackAlthoughTheRecordNamesNoFactor) {
  keep("motion");
  reject();
  put_back("motion");
  EXPECT_THAT(world_.problems(), Contains(HasSubstr("factor 1 was put back")));
}

// The row fits its MAC and is where the journal left it; but it came there twice.
TEST_F(StoreCheck, FindsAMotionThatWasPutBackAndMovedOnAgain) {
  keep("motion");
  accept(59);
  put_back("motion");
  accept(59);
  EXPECT_EQ(world_.load("alice")->factors[0].motion.position, Position{59});
  EXPECT_THAT(world_.problems(), ElementsAre(AllOf(HasSubstr("factor 1 had been put back"),
                                                   HasSubstr("journal record 7:"))));
}

TEST_F(StoreCheck, FindsAMotionPutBackThatTheRecordsNameOnlyBesides) {
  keep("motion");
  reject();
  put_back("motion");
  reject();
  EXPECT_THAT(world_.problems(), ElementsAre(HasSubstr("factor 1 had been put back")));
}

TEST_F(StoreCheck, FindsABudgetThatWasPutBackAndCountedAgain) {
  keep("budget");
  reject();
  put_back("budget");
  reject();
  EXPECT_EQ(world_.load("alice")->budget.failures, 1u);
  EXPECT_THAT(world_.problems(), ElementsAre(HasSubstr("subject 1 had been put back")));
}

// Refused attempts count the version up without a record.
TEST_F(StoreCheck, FindsABudgetPutBackThatWasThrottledBeyondItsVersion) {
  keep("budget");
  reject();
  put_back("budget");
  for (int i = 0; i < 2; ++i) {
    const SubjectPtr alice = world_.load("alice");
    (void)world_.commit(alice, world_.throttled(*alice));
  }
  reject();
  EXPECT_THAT(world_.problems(), ElementsAre(HasSubstr("its failures did not count up")));
}

TEST_F(StoreCheck, IsContentWithAcceptancesThatForgetNothing) {
  for (std::int64_t position = 59; position < 70; ++position) accept(position);
  reject();
  reject();
  const SubjectPtr alice = world_.load("alice");
  ASSERT_THAT(world_.run(world_.store->unlock(alice, world_.entry(Event::subject_unlocked))),
              Succeeds());
  reject();
  const SubjectPtr decoy = world_.load("mallory");
  ASSERT_THAT(world_.commit(decoy, world_.rejected(*decoy)), Succeeds());
  EXPECT_THAT(world_.problems(), IsEmpty());
}

// Each reading of the journal may remember eight rows; there are 100 factors and 100 subjects.
TEST_F(StoreCheck, RemembersNoMoreRowsThanItMay) {
  for (int i = 0; i < 99; ++i) world_.person_with_factor("person" + std::to_string(i));
  keep("motion");
  accept(59);
  put_back("motion");
  accept(59);
  world_.close();
  auto statements = store::sqlite::Reader::open(backend_.file());
  ASSERT_TRUE(statements);
  store::OrderCheck check{8};
  std::vector<std::string> found;
  while (!check.ended()) {
    const auto problems = check.read(**statements, 50);
    ASSERT_TRUE(problems);
    found.insert(found.end(), problems->begin(), problems->end());
  }
  EXPECT_THAT(found, ElementsAre(HasSubstr("factor 1 had been put back")));
}

TEST_F(StoreCheck, GivesUpTheOldestOfTooManyChecksAtOnce) {
  for (int i = 0; i < 1000; ++i) world_.person_with_factor("person" + std::to_string(i));
  const auto check = [this](const std::string& cursor) {
    return world_.run(world_.store->check(cursor));
  };
  const auto first = check("order/0");
  ASSERT_TRUE(first && !first->cursor.empty());
  for (std::size_t i = 0; i < store::Check::kOrdersMax; ++i) ASSERT_TRUE(check("order/0"));
  EXPECT_THAT(check(first->cursor), FailsWith(ErrorCode::conflict));
}

struct Edit {
  const char* name;
  const char* sql;
  const char* found;
};

class JournalEdits : public StoreCheck, public testing::WithParamInterface<Edit> {};

TEST_P(JournalEdits, AreFound) {
  world_.close();
  backend_.edit(GetParam().sql);
  world_.open();
  EXPECT_THAT(world_.problems(), Contains(HasSubstr(GetParam().found)));
}

// The daemon goes on writing behind the damage; it stays visible.
TEST_P(JournalEdits, AreStillFoundWhenTheJournalHasGrown) {
  world_.close();
  backend_.edit(GetParam().sql);
  world_.open();
  world_.add_subject("bob");
  EXPECT_THAT(world_.problems(), Not(IsEmpty()));
}

INSTANTIATE_TEST_SUITE_P(
    Journal, JournalEdits,
    testing::Values(
        Edit{"RecordEdited", "UPDATE journal SET outcome = 0 WHERE seq = 4",
             "journal record 4: does not continue the chain"},
        Edit{"AddressEdited", "UPDATE journal SET client_address = '::2' WHERE seq = 3",
             "journal record 3: does not continue the chain"},
        Edit{"AddressTooLongToRead",
             "UPDATE journal SET client_address = hex(zeroblob(100000)) WHERE seq = 4",
             "journal record 4: does not continue the chain"},
        Edit{"KindEdited", "UPDATE journal SET kind = 2 WHERE seq = 4",
             "journal record 4: does not continue the chain"},
        Edit{"PlaceEdited", "UPDATE journal SET familiar = 1 WHERE seq = 4",
             "journal record 4: does not continue the chain"},
        Edit{"OffsetEdited", "UPDATE journal SET offset = -1 WHERE seq = 4",
             "journal record 4: does not continue the chain"},
        Edit{"StrangersFailuresEdited",
             "UPDATE journal SET failures_unfamiliar = failures_unfamiliar + 1 WHERE seq = 4",
             "journal record 4: does not continue the chain"},
        Edit{"LastHashTooLongToRead", "UPDATE journal SET hash = zeroblob(100000) WHERE seq = 5",
             "journal record 5: does not continue the chain"},
        Edit{"HeadTooLongToRead", "UPDATE head SET hash = zeroblob(100000)",
             "journal record 6: missing"},
        Edit{"FurtherMovesEdited", "UPDATE journal SET also_moved = x'' WHERE seq = 4",
             "journal record 4: does not continue the chain"},
        Edit{"RecordDeleted", "DELETE FROM journal WHERE seq = 4", "journal record 4: missing"},
        Edit{"FirstDeleted", "DELETE FROM journal WHERE seq = 1", "journal record 1: missing"},
        Edit{"RecordsReordered",
             "UPDATE journal SET seq = 99 WHERE seq = 3; UPDATE journal SET seq = 3 WHERE seq = 4; "
             "UPDATE journal SET seq = 4 WHERE seq = 99",
             "journal record 3: does not continue the chain"},
        Edit{"RecordInserted",
             "INSERT INTO journal SELECT 6, at_ms, event, peer_uid, subject, factor, outcome, "
             "version, position, failures, count, challenge, kind, familiar, offset, "
             "failures_unfamiliar, client_address, budget_version, "
             "also_moved, hash FROM journal WHERE seq = 5",
             "journal record 6: does not continue the chain"},
        Edit{"EndCutOff", "DELETE FROM journal WHERE seq = 5", "journal record 5: missing"},
        Edit{"EndCutOffWithItsHead",
             "DELETE FROM journal WHERE seq = 5; UPDATE head SET seq = 4, hash = (SELECT hash FROM "
             "journal WHERE seq = 4)",
             "journal record 5: missing"},
        Edit{"FactorDeleted", "DELETE FROM factor; DELETE FROM motion",
             "the factor it enrolled is gone"},
        Edit{"SubjectDeleted", "DELETE FROM subject; DELETE FROM budget", "belongs to nobody"},
        Edit{"EnrolmentDeleted", "DELETE FROM journal WHERE seq = 2",
             "the journal knows no enrolment"},
        Edit{"CreationDeleted", "DELETE FROM journal WHERE seq = 1",
             "does not know where it came from"},
        Edit{"OrphanedMotion",
             "INSERT INTO motion SELECT 77, version, position, drift, failures, "
             "failures_unfamiliar, "
             "request_tag, accepted_at_ms, timestamp, mac FROM motion",
             "motion 77: belongs to no factor"},
        Edit{"OrphanedBudget",
             "INSERT INTO budget SELECT 77, version, failures, failures_unfamiliar, not_before_ms, "
             "not_before_unfamiliar_ms, throttled, mac FROM budget",
             "budget 77: belongs to nobody"}),
    [](const auto& edit) { return std::string{edit.param.name}; });

TEST_F(StoreCheck, SaysAtStartThatTheJournalsEndWasAltered) {
  world_.close();
  backend_.edit("DELETE FROM journal WHERE seq = 5");
  world_.open();
  EXPECT_EQ(backend_.number("SELECT count(*) FROM journal WHERE event = 6"), 1);
}

TEST_F(StoreCheck, ReadsMoreThanOneSlice) {
  for (int i = 0; i < 300; ++i) world_.person_with_factor("person" + std::to_string(i));
  world_.open();
  EXPECT_THAT(world_.problems(), IsEmpty());
  world_.close();
  backend_.edit("UPDATE factor SET digits = 8 WHERE id = 290");
  world_.open();
  EXPECT_THAT(world_.problems(), Contains("factor 290: fails its check: it was edited"));
}

TEST_F(StoreCheck, AClockThatStepsBackIsJournalledOnce) {
  const auto steps = "SELECT count(*) FROM journal WHERE event = 52";
  world_.clock.time -= std::chrono::seconds{1};
  world_.add_subject("bob");
  EXPECT_EQ(backend_.number(steps), 0);
  world_.clock.time -= std::chrono::hours{1};
  world_.add_subject("carol");
  world_.add_subject("dave");
  EXPECT_EQ(backend_.number(steps), 1);
  EXPECT_EQ(backend_.number("SELECT count FROM journal WHERE event = 52"), 3601);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

// An attempt takes its time, then waits for the HSM; others overtake it.
TEST_F(StoreCheck, AnEntryThatWasOvertakenIsNoClockThatStepsBack) {
  const auto steps = "SELECT count(*) FROM journal WHERE event = 52";
  const auto journal = [this](std::chrono::seconds behind) {
    JournalEntry entry = world_.entry(Event::policy_loaded);
    entry.at -= behind;
    ASSERT_THAT(world_.run(world_.store->journal(std::move(entry))), Succeeds());
  };
  journal(std::chrono::seconds{6});
  EXPECT_EQ(backend_.number(steps), 0);
  // Nor does it hide one: what counts is the latest entry, not the last.
  journal(std::chrono::seconds{12});
  EXPECT_EQ(backend_.number(steps), 1);
  EXPECT_EQ(backend_.number("SELECT count FROM journal WHERE event = 52"), 12);
}

TEST_F(StoreCheck, AClockThatSteppedBackBetweenTwoRunsIsJournalled) {
  world_.close();
  world_.clock.time -= std::chrono::hours{1};
  world_.open();
  world_.add_subject("bob");
  EXPECT_EQ(backend_.number("SELECT count(*) FROM journal WHERE event = 52"), 1);
}

}  // namespace
}  // namespace countersign::test
