// SPDX-License-Identifier: Apache-2.0
// Who writes to the table of challenges gains nothing: an edited row is refused before it is used.
#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>

namespace countersign::test {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

struct Edit {
  const char* name;
  const char* sql;
};

// Challenges 1 and 2, of two people.
class ChallengeEdits : public testing::TestWithParam<Edit> {
 protected:
  ChallengeEdits() {
    for (const std::int64_t id : {1, 2}) {
      Challenge challenge{.id = ChallengeId{id},
                          .subject = SubjectId{id},
                          .factor = FactorId{id},
                          .value = Bytes(32, std::byte(id)),
                          .created_at = world_.clock.time,
                          .expires_at = world_.clock.time + 2min};
      EXPECT_THAT(world_.run(world_.store->keep(std::move(challenge), 5, nullptr, {})), Succeeds());
    }
  }
  Result<ChallengePtr> load(std::int64_t id) {
    return world_.run(world_.store->challenge(ChallengeId{id}));
  }

  SqliteBackend backend_;
  StoreWorld world_{backend_};
};

TEST_P(ChallengeEdits, AreRefusedJournalledAndFound) {
  ASSERT_THAT(world_.problems(), IsEmpty());
  backend_.edit(GetParam().sql);
  EXPECT_THAT(load(1), FailsWith(ErrorCode::corrupt));
  EXPECT_THAT(load(2), Succeeds());
  EXPECT_GE(backend_.number("SELECT count(*) FROM journal WHERE event = 6"), 1);
  EXPECT_THAT(world_.problems(), Contains(HasSubstr("challenge 1: fails its check")));
}

// A true row that is put back fits its MAC. The journal knows better.
class ChallengePutBack : public testing::Test {
 protected:
  ChallengePutBack() {
    world_.person_with_factor("alice");
    EXPECT_THAT(world_.run(world_.store->keep(challenge(), 5, nullptr, {})), Succeeds());
    edit("CREATE TABLE kept AS SELECT * FROM challenge");
  }
  [[nodiscard]] Challenge challenge() const {
    return {.id = ChallengeId{1},
            .subject = SubjectId{1},
            .factor = FactorId{1},
            .value = Bytes(32, std::byte{1}),
            .created_at = StillClock{}.time,
            .expires_at = StillClock{}.time + 2min};
  }
  // Answers the challenge as it was before any answer.
  Status answer(Attempt attempt) {
    attempt.challenge = std::make_unique<ChallengeMove>(ChallengeMove{challenge(), 0});
    Challenge& row = attempt.challenge->row;
    if (attempt.verdict.accepted) row.position = attempt.moves[0].motion.position;
    if (!attempt.verdict.accepted) row.tries = 1;
    return world_.commit(world_.load("alice"), attempt);
  }
  Attempt right() {
    Attempt attempt = world_.accepted(*world_.load("alice"), 1);
    attempt.verdict.accepted = true;
    return attempt;
  }
  Attempt wrong() { return world_.rejected(*world_.load("alice")); }
  // Whoever computes from a cached row is told once to look again: here nobody.
  void edit(const std::string& sql) {
    backend_.edit(sql);
    EXPECT_THAT(world_.run(world_.store->journal(world_.entry(Event::policy_loaded))), Succeeds());
  }
  void put_back() { edit("DELETE FROM challenge; INSERT INTO challenge SELECT * FROM kept"); }

  SqliteBackend backend_;
  StoreWorld world_{backend_};
};

TEST_F(ChallengePutBack, AfterItsAcceptanceIsRefused) {
  ASSERT_THAT(answer(right()), Succeeds());
  put_back();
  EXPECT_THAT(world_.run(world_.store->challenge(ChallengeId{1})), FailsWith(ErrorCode::corrupt));
  EXPECT_GE(backend_.number("SELECT count(*) FROM journal WHERE event = 6"), 1);
  // Nor by anybody who had read it before.
  EXPECT_THAT(answer(right()), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(answer(wrong()), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(world_.problems(), Contains("challenge 1: was put back after it had been answered"));
}

TEST_F(ChallengePutBack, AfterAWrongAnswerIsRefused) {
  ASSERT_THAT(answer(wrong()), Succeeds());
  put_back();
  EXPECT_THAT(world_.run(world_.store->challenge(ChallengeId{1})), FailsWith(ErrorCode::corrupt));
  EXPECT_THAT(answer(right()), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(answer(wrong()), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(world_.problems(), Contains("challenge 1: was put back after it had been answered"));
}

TEST_F(ChallengePutBack, AfterItWasSweptIsRefused) {
  ASSERT_THAT(answer(right()), Succeeds());
  edit("DELETE FROM challenge");
  EXPECT_FALSE(*world_.run(world_.store->challenge(ChallengeId{1})));
  put_back();
  EXPECT_THAT(world_.run(world_.store->challenge(ChallengeId{1})), FailsWith(ErrorCode::corrupt));
}

TEST_F(ChallengePutBack, BeforeAnyAnswerItIsAsItWas) {
  put_back();
  EXPECT_THAT(world_.run(world_.store->challenge(ChallengeId{1})), Succeeds());
  ASSERT_THAT(answer(right()), Succeeds());
  EXPECT_EQ((*world_.run(world_.store->challenge(ChallengeId{1})))->position, Position{1});
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ChallengeEdits,
    testing::Values(Edit{"Value", "UPDATE challenge SET value = zeroblob(32) WHERE id = 1"},
                    Edit{"Expiry",
                         "UPDATE challenge SET expires_at_ms = expires_at_ms + 1 WHERE id = 1"},
                    Edit{"Tries", "UPDATE challenge SET tries = 1 WHERE id = 1"},
                    Edit{"Used", "UPDATE challenge SET position = 0 WHERE id = 1"},
                    Edit{"Subject", "UPDATE challenge SET subject = 2 WHERE id = 1"},
                    Edit{"Factor", "UPDATE challenge SET factor = 2 WHERE id = 1"},
                    Edit{"Kind", "UPDATE challenge SET kind = 5 WHERE id = 1"},
                    Edit{"Purpose", "UPDATE challenge SET purpose = 2 WHERE id = 1"},
                    Edit{"Somebodys",
                         "DELETE FROM challenge WHERE id = 1; INSERT INTO challenge SELECT 1, "
                         "subject, factor, kind, purpose, value, tries, position, created_at_ms, "
                         "expires_at_ms, mac FROM challenge WHERE id = 2"},
                    Edit{"TooLong", "UPDATE challenge SET value = zeroblob(1000000) WHERE id = 1"}),
    [](const auto& edit) { return edit.param.name; });

}  // namespace
}  // namespace countersign::test
