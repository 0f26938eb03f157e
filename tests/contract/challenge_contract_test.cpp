// SPDX-License-Identifier: Apache-2.0
// What every Store promises about challenges.
#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>

namespace countersign::test {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

constexpr std::size_t kOpenMax = 5;

class ChallengeContract : public testing::TestWithParam<MakeBackend> {
 protected:
  Challenge challenge(std::int64_t id, SubjectId subject = SubjectId{1},
                      FactorId factor = FactorId{1}) const {
    return {.id = ChallengeId{id},
            .subject = subject,
            .factor = factor,
            .purpose = Purpose::confirmation,
            .value = Bytes(32, std::byte{7}),
            .created_at = world_.clock.time,
            .expires_at = world_.clock.time + 2min};
  }
  Status keep(Challenge challenge, std::size_t open_max = kOpenMax) {
    return world_.run(world_.store->keep(std::move(challenge), open_max, nullptr, {}));
  }
  ChallengePtr load(std::int64_t id) {
    return *world_.run(world_.store->challenge(ChallengeId{id}));
  }
  // An attempt that uses the challenge up, or counts a wrong answer to it.
  Attempt answered(Attempt attempt, const Challenge& to) const {
    attempt.challenge = std::make_unique<ChallengeMove>(ChallengeMove{to, to.tries});
    if (attempt.entry.outcome == Reason::none) {
      attempt.challenge->row.position = attempt.moves[0].motion.position;
    } else {
      attempt.challenge->row.tries += 1;
    }
    return attempt;
  }

  std::unique_ptr<StoreBackend> backend_ = GetParam()();
  StoreWorld world_{*backend_};
};

TEST_P(ChallengeContract, KeepsWhatItWasTold) {
  const Challenge kept = challenge(number(ChallengeId{INT64_MAX}), SubjectId{-7}, FactorId{-7});
  ASSERT_THAT(keep(kept), Succeeds());
  world_.close();
  world_.open();
  const auto loaded = load(INT64_MAX);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->id, kept.id);
  EXPECT_EQ(loaded->subject, kept.subject);
  EXPECT_EQ(loaded->factor, kept.factor);
  EXPECT_EQ(loaded->purpose, kept.purpose);
  EXPECT_EQ(loaded->value, kept.value);
  EXPECT_EQ(loaded->tries, 0U);
  EXPECT_TRUE(loaded->is_open());
  EXPECT_EQ(loaded->created_at, kept.created_at);
  EXPECT_EQ(loaded->expires_at, kept.expires_at);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(ChallengeContract, KnowsNoneThatWasNotStarted) {
  EXPECT_FALSE(load(1));
  ASSERT_THAT(keep(challenge(2)), Succeeds());
  EXPECT_FALSE(load(1));
  EXPECT_THAT(keep(challenge(2)), FailsWith(ErrorCode::already_exists));
}

TEST_P(ChallengeContract, LeavesNoRecordInTheJournal) {
  const std::uint64_t before = world_.journal_records();
  ASSERT_THAT(keep(challenge(1)), Succeeds());
  EXPECT_EQ(world_.journal_records(), before);
}

TEST_P(ChallengeContract, IsUsedUpWithTheAcceptanceOrNotAtAll) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  ASSERT_THAT(keep(challenge(1)), Succeeds());
  const Attempt first = answered(world_.accepted(*alice, 0), *load(1));
  ASSERT_THAT(world_.commit(alice, first), Succeeds());
  EXPECT_EQ(load(1)->position, Position{0});
  // From the same state of the challenge, with a factor that has moved: nothing of it happens.
  const SubjectPtr now = world_.load("alice");
  Attempt second = answered(world_.accepted(*now, 1), challenge(1));
  EXPECT_THAT(world_.commit(now, second), FailsWith(ErrorCode::conflict));
  EXPECT_EQ(world_.load("alice")->factors[0].motion.position, Position{0});
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(ChallengeContract, CountsWrongAnswersOneAfterAnother) {
  SubjectPtr alice = world_.person_with_factor("alice");
  ASSERT_THAT(keep(challenge(1)), Succeeds());
  for (std::uint32_t tries = 1; tries <= 3; ++tries) {
    const Attempt wrong = answered(world_.rejected(*alice), *load(1));
    ASSERT_THAT(world_.commit(alice, wrong), Succeeds());
    EXPECT_EQ(load(1)->tries, tries);
    alice = world_.load("alice");
  }
  const Attempt stale = answered(world_.rejected(*alice), challenge(1));
  EXPECT_THAT(world_.commit(alice, stale), FailsWith(ErrorCode::conflict));
  EXPECT_EQ(world_.load("alice")->budget.failures, 3U);
}

TEST_P(ChallengeContract, OfManyAtOnceExactlyOneUsesItUp) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  ASSERT_THAT(keep(challenge(1)), Succeeds());
  std::vector<Attempt> attempts;
  for (int i = 0; i < 64; ++i) attempts.push_back(answered(world_.accepted(*alice, 0), *load(1)));
  std::vector<awaitable<Status>> tasks;
  for (const Attempt& attempt : attempts) tasks.push_back(world_.store->commit(alice, attempt));
  int committed = 0;
  for (const Status& status : world_.run_all(std::move(tasks))) committed += status ? 1 : 0;
  EXPECT_EQ(committed, 1);
}

TEST_P(ChallengeContract, TheOldestOfOneSubjectAreGivenUp) {
  for (std::int64_t id = 1; id <= 8; ++id) {
    ASSERT_THAT(keep(challenge(id)), Succeeds());
    ASSERT_THAT(keep(challenge(100 + id, SubjectId{2})), Succeeds());
    world_.clock.time += 1s;
  }
  for (std::int64_t id = 1; id <= 8; ++id) {
    EXPECT_EQ(load(id) != nullptr, id > 3) << id;
    EXPECT_EQ(load(100 + id) != nullptr, id > 3) << id;
  }
}

TEST_P(ChallengeContract, ExpiredOnesAreSweptAFewAtATime) {
  for (std::int64_t id = 1; id <= 6; ++id) {
    ASSERT_THAT(keep(challenge(id, SubjectId{id})), Succeeds());
  }
  world_.clock.time += 2min + Store::kChallengeGrace;
  ASSERT_THAT(keep(challenge(7, SubjectId{7})), Succeeds());
  EXPECT_TRUE(load(1));  // not before the grace is over
  world_.clock.time += 1ms;
  ASSERT_THAT(keep(challenge(8, SubjectId{8})), Succeeds());
  int left = 0;
  for (std::int64_t id = 1; id <= 6; ++id) left += load(id) ? 1 : 0;
  EXPECT_EQ(left, 2);
  ASSERT_THAT(keep(challenge(9, SubjectId{9})), Succeeds());
  for (std::int64_t id = 1; id <= 6; ++id) EXPECT_FALSE(load(id)) << id;
  EXPECT_TRUE(load(7));
}

INSTANTIATE_TEST_SUITE_P(Sqlite, ChallengeContract, testing::Values(MakeBackend{[] {
                           return std::make_unique<SqliteBackend>();
                         }}));

}  // namespace
}  // namespace countersign::test
