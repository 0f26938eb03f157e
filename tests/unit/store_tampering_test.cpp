// SPDX-License-Identifier: Apache-2.0
// Who writes to the database gains nothing: every edit is refused before it is used, and the
// journal says so.
#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>

namespace countersign::test {
namespace {

constexpr auto kTamperedRecords = "SELECT count(*) FROM journal WHERE event = 6";

// Two people, alice (subject 1, factor 1) and bob (subject 2, factor 2), both accepted once; and
// carol (3) and dave (4), who have YubiKeys.
class StoreTampering : public testing::Test {
 protected:
  StoreTampering() {
    for (const char* username : {"alice", "bob"}) {
      const SubjectPtr person = world_.person_with_factor(username);
      (void)world_.commit(person, world_.accepted(*person, 57));
    }
    world_.add_yubikey(world_.add_subject("carol"), "ccccccccccbd");
    world_.add_yubikey(world_.add_subject("dave"), "ccccccccccbb");
  }

  Result<SubjectPtr> load(std::int64_t id) {
    return world_.run(world_.store->subject(SubjectId{id}));
  }

  SqliteBackend backend_;
  StoreWorld world_{backend_};
};

struct Edit {
  const char* name;
  const char* sql;
  std::int64_t victim = 1;
};

class StoreEdits : public StoreTampering, public testing::WithParamInterface<Edit> {};

TEST_P(StoreEdits, AreRefusedAndJournalled) {
  world_.close();
  backend_.edit(GetParam().sql);
  world_.open();
  EXPECT_THAT(load(GetParam().victim), FailsWith(ErrorCode::corrupt));
  EXPECT_EQ(backend_.number(kTamperedRecords), 1);
}

TEST_P(StoreEdits, AreFoundByACheck) {
  world_.close();
  backend_.edit(GetParam().sql);
  world_.open();
  EXPECT_THAT(world_.problems(), testing::Not(testing::IsEmpty()));
}

// Nobody has restarted anything: the next commit notices that somebody else wrote.
TEST_P(StoreEdits, AreRefusedWhileTheRowIsCached) {
  const SubjectPtr cached = *load(GetParam().victim);
  backend_.edit(GetParam().sql);
  EXPECT_THAT(world_.commit(cached, world_.accepted(*cached, 58)), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(load(GetParam().victim), FailsWith(ErrorCode::corrupt));
  EXPECT_GE(backend_.number(kTamperedRecords), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, StoreEdits,
    testing::Values(
        Edit{"SecretOfAnother",
             "UPDATE factor SET sealed = (SELECT sealed FROM factor WHERE id = 2) WHERE id = 1"},
        Edit{"DigitsChanged", "UPDATE factor SET digits = 8 WHERE id = 1"},
        Edit{"PeriodChanged", "UPDATE factor SET period_seconds = 300 WHERE id = 1"},
        Edit{"FactorStateChanged", "UPDATE factor SET state = 1 WHERE id = 1"},
        Edit{"FactorGivenToAnother", "UPDATE factor SET subject = 1 WHERE id = 2"},
        Edit{"RowCopied",
             "INSERT INTO factor SELECT 9, 1, kind, state, label, public_id, serial, algorithm, "
             "digits, "
             "period_seconds, secret_bytes, sealed, created_at_ms, mac FROM factor WHERE id = 2; "
             "INSERT INTO motion SELECT 9, version, position, drift, failures, "
             "failures_unfamiliar, request_tag, accepted_at_ms, timestamp, mac FROM motion WHERE "
             "factor = 2"},
        Edit{"PublicIdGiven", "UPDATE factor SET public_id = 'ccccccccccdd' WHERE id = 1"},
        Edit{"PublicIdChanged", "UPDATE factor SET public_id = 'ccccccccccdd' WHERE id = 3", 3},
        Edit{"PublicIdsSwapped",
             "UPDATE factor SET public_id = 'x' WHERE id = 3; "
             "UPDATE factor SET public_id = 'ccccccccccbd' WHERE id = 4; "
             "UPDATE factor SET public_id = 'ccccccccccbb' WHERE id = 3",
             3},
        Edit{"SerialChanged", "UPDATE factor SET serial = '7' WHERE id = 1"},
        Edit{"TokensClockChanged", "UPDATE motion SET timestamp = 1 WHERE factor = 1"},
        Edit{"PositionSetBack", "UPDATE motion SET position = 1 WHERE factor = 1"},
        Edit{"FactorFailuresChanged", "UPDATE motion SET failures = failures + 1 WHERE factor = 1"},
        Edit{"AcceptancePlanted",
             "UPDATE motion SET request_tag = randomblob(16), accepted_at_ms = 1 WHERE factor = 1"},
        Edit{"MotionOfAnother",
             "UPDATE motion SET (version, position, mac) = (SELECT version, position, mac FROM "
             "motion WHERE factor = 2) WHERE factor = 1"},
        Edit{"MotionTakenAway", "DELETE FROM motion WHERE factor = 1"},
        Edit{"MacEmptied", "UPDATE motion SET mac = x'' WHERE factor = 1"},
        Edit{"FailuresChanged", "UPDATE budget SET failures = failures + 7 WHERE subject = 1"},
        Edit{"StrangersFailuresChanged",
             "UPDATE budget SET failures_unfamiliar = failures_unfamiliar + 1 WHERE subject = 1"},
        Edit{"FactorsStrangersFailuresChanged",
             "UPDATE motion SET failures_unfamiliar = failures_unfamiliar + 1 WHERE factor = 1"},
        Edit{"NotBeforeChanged", "UPDATE budget SET not_before_ms = 1 WHERE subject = 1"},
        Edit{"StrangersNotBeforeChanged",
             "UPDATE budget SET not_before_unfamiliar_ms = 1 WHERE subject = 1"},
        Edit{"BudgetTakenAway", "DELETE FROM budget WHERE subject = 1"},
        Edit{"SubjectStateChanged", "UPDATE subject SET state = 4 WHERE id = 1"},
        Edit{"NamesSwapped",
             "UPDATE subject SET username = 'x' WHERE id = 1; "
             "UPDATE subject SET username = 'alice' WHERE id = 2; "
             "UPDATE subject SET username = 'bob' WHERE id = 1",
             2},
        Edit{"LabelTooLongForTheHsm", "UPDATE factor SET label = hex(zeroblob(2000)) WHERE id = 1"},
        Edit{"LabelTooLongToRead", "UPDATE factor SET label = hex(zeroblob(100000)) WHERE id = 1"},
        Edit{"LabelTooLongByJustItsLengthsBytes",
             "UPDATE factor SET label = label || hex(zeroblob(32768)) WHERE id = 1"},
        Edit{"SecretTooLongToRead", "UPDATE factor SET sealed = zeroblob(100000) WHERE id = 1"},
        Edit{"NameTooLongForTheHsm",
             "UPDATE subject SET username = hex(zeroblob(2000)) WHERE id = 1"},
        Edit{"NameTooLongToRead",
             "UPDATE subject SET username = hex(zeroblob(100000)) WHERE id = 1"},
        Edit{"MotionTooLongToRead",
             "UPDATE motion SET request_tag = zeroblob(100000) WHERE factor = 1"},
        Edit{"BudgetTooLongToRead", "UPDATE budget SET mac = zeroblob(100000) WHERE subject = 1"},
        Edit{"RealmChanged", "UPDATE subject SET realm = 'other' WHERE id = 1"},
        Edit{"NameNotCanonical", "UPDATE subject SET username = 'ALICE' WHERE id = 1"}),
    [](const auto& edit) { return std::string{edit.param.name}; });

// One such row used to end the check.
TEST_F(StoreTampering, ACheckGoesOnBehindARowThatIsTooLong) {
  for (const char* length : {"2000", "100000"}) {
    world_.close();
    backend_.edit(
        "UPDATE factor SET digits = 8 WHERE id = 2; UPDATE factor SET label = "
        "hex(zeroblob(" +
        std::string{length} + ")) WHERE id = 1");
    world_.open();
    EXPECT_THAT(world_.problems(),
                testing::UnorderedElementsAre("factor 1: fails its check: it was edited",
                                              "factor 2: fails its check: it was edited"));
  }
}

TEST_F(StoreTampering, APublicIdThatWasGivenToAnotherLeadsNowhere) {
  world_.close();
  backend_.edit(
      "UPDATE factor SET public_id = 'x' WHERE id = 3; "
      "UPDATE factor SET public_id = 'ccccccccccbd' WHERE id = 4");
  world_.open();
  EXPECT_THAT(world_.run(world_.store->owner_of_public_id("ccccccccccbd")),
              FailsWith(ErrorCode::corrupt));
  EXPECT_EQ(backend_.number(kTamperedRecords), 1);
}

// The older row was true once: only the moving row beside it tells that it no longer is.
TEST_F(StoreTampering, ARevokedFactorTakenBackAloneIsRefused) {
  const std::string kept = "ATTACH '" + (backend_.folder() / "kept.db").string() + "' AS k; ";
  backend_.edit(kept + "CREATE TABLE k.factor AS SELECT * FROM factor");
  const SubjectPtr alice = *load(1);
  Factor revoked = alice->factors[0].fixed;
  revoked.state = FactorState::revoked;
  ASSERT_THAT(world_.run(world_.store->change(alice, revoked, world_.entry(Event::factor_revoked))),
              Succeeds());
  world_.close();
  backend_.edit(kept + "INSERT OR REPLACE INTO factor SELECT * FROM k.factor");
  world_.open();
  EXPECT_THAT(load(1), FailsWith(ErrorCode::corrupt));
}

TEST_F(StoreTampering, IsJournalledOnceAMinuteForEachRow) {
  world_.close();
  backend_.edit("UPDATE factor SET digits = 8");
  world_.open();
  for (int i = 0; i < 5; ++i) EXPECT_THAT(load(1), FailsWith(ErrorCode::corrupt));
  EXPECT_EQ(backend_.number(kTamperedRecords), 1);
  EXPECT_THAT(load(2), FailsWith(ErrorCode::corrupt));
  EXPECT_EQ(backend_.number(kTamperedRecords), 2);
  world_.clock.time += std::chrono::minutes{2};
  EXPECT_THAT(load(1), FailsWith(ErrorCode::corrupt));
  EXPECT_EQ(backend_.number(kTamperedRecords), 3);
}

TEST_F(StoreTampering, OfOneRowHarmsNobodyElse) {
  world_.close();
  backend_.edit("UPDATE factor SET digits = 8 WHERE id = 1");
  world_.open();
  EXPECT_THAT(load(1), FailsWith(ErrorCode::corrupt));
  EXPECT_THAT(load(2), Succeeds());
}

TEST_F(StoreTampering, ADecoysFailuresSetBackAreRefused) {
  const SubjectPtr decoy = world_.load("mallory");
  ASSERT_THAT(world_.commit(decoy, world_.rejected(*decoy)), Succeeds());
  world_.close();
  backend_.edit("UPDATE budget SET failures = 0 WHERE subject < 0");
  world_.open();
  EXPECT_THAT(load(number(decoy->fixed.id)), FailsWith(ErrorCode::corrupt));
  EXPECT_THAT(world_.problems(), testing::Not(testing::IsEmpty()));
}

// An HSM out of reach is not a forged row.
TEST_F(StoreTampering, IsNotClaimedWhenTheHsmDoesNotAnswer) {
  world_.open();
  backend_.macs.out_of_reach = true;
  EXPECT_THAT(load(1), FailsWith(ErrorCode::unavailable));
  EXPECT_EQ(backend_.number(kTamperedRecords), 0);
  backend_.macs.out_of_reach = false;
  EXPECT_THAT(load(1), Succeeds());
}

}  // namespace
}  // namespace countersign::test
