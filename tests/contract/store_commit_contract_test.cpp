// SPDX-License-Identifier: Apache-2.0
// What every Store promises about attempts: all of it durable, from the state it was computed
// from, or nothing.
#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace countersign::test {
namespace {

class StoreCommitContract : public testing::TestWithParam<MakeBackend> {
 protected:
  std::unique_ptr<StoreBackend> backend_ = GetParam()();
  StoreWorld world_{*backend_};
};

TEST_P(StoreCommitContract, AnAcceptanceOutlivesARestart) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  Attempt attempt = world_.accepted(*alice, 57);
  attempt.moves[0].motion.drift = -1;
  attempt.moves[0].motion.last_request.fill(std::byte{9});
  ASSERT_THAT(world_.commit(alice, attempt), Succeeds());
  world_.open();
  const Motion motion = world_.load("alice")->factors[0].motion;
  EXPECT_EQ(motion.position, Position{57});
  EXPECT_EQ(motion.drift, -1);
  EXPECT_EQ(motion.last_request, attempt.moves[0].motion.last_request);
  EXPECT_EQ(motion.accepted_at, world_.clock.time);
  EXPECT_EQ(motion.version, Version{2});
}

TEST_P(StoreCommitContract, ARejectionOutlivesARestart) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  Attempt attempt = world_.rejected(*alice);
  attempt.budget->not_before = world_.clock.time + std::chrono::seconds{5};
  ASSERT_THAT(world_.commit(alice, attempt), Succeeds());
  world_.open();
  const SubjectPtr after = world_.load("alice");
  EXPECT_EQ(after->budget.failures, 1u);
  EXPECT_EQ(after->budget.not_before, attempt.budget->not_before);
  EXPECT_EQ(after->factors[0].motion.failures, 1u);
}

TEST_P(StoreCommitContract, FailuresFromFamiliarPlacesAreCountedApart) {
  world_.person_with_factor("alice");
  for (const bool familiar : {false, true, true}) {
    const SubjectPtr alice = world_.load("alice");
    Attempt attempt = world_.rejected(*alice, familiar);
    attempt.budget->not_before = world_.clock.time + std::chrono::seconds{5};
    attempt.budget->not_before_unfamiliar = world_.clock.time + std::chrono::seconds{7};
    ASSERT_THAT(world_.commit(alice, attempt), Succeeds());
  }
  world_.open();
  const SubjectPtr after = world_.load("alice");
  EXPECT_EQ(after->budget.failures, 3u);
  EXPECT_EQ(after->budget.failures_unfamiliar, 1u);
  EXPECT_EQ(after->budget.not_before, world_.clock.time + std::chrono::seconds{5});
  EXPECT_EQ(after->budget.not_before_unfamiliar, world_.clock.time + std::chrono::seconds{7});
  EXPECT_EQ(after->factors[0].motion.failures, 3u);
  EXPECT_EQ(after->factors[0].motion.failures_unfamiliar, 1u);
  EXPECT_THAT(world_.problems(), testing::IsEmpty());
}

TEST_P(StoreCommitContract, WhatIsHeldDoesNotChange) {
  const SubjectPtr before = world_.person_with_factor("alice");
  ASSERT_THAT(world_.commit(before, world_.accepted(*before, 57)), Succeeds());
  EXPECT_EQ(before->factors[0].motion.position, Position::none);
  EXPECT_EQ(world_.load("alice")->factors[0].motion.position, Position{57});
}

TEST_P(StoreCommitContract, ASecondAcceptanceFromTheSameStateConflicts) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  ASSERT_THAT(world_.commit(alice, world_.accepted(*alice, 57)), Succeeds());
  const std::uint64_t records = world_.journal_records();
  EXPECT_THAT(world_.commit(alice, world_.accepted(*alice, 57)), FailsWith(ErrorCode::conflict));
  EXPECT_EQ(world_.journal_records(), records);
}

TEST_P(StoreCommitContract, ASecondAcceptanceConflictsAfterARestartToo) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  ASSERT_THAT(world_.commit(alice, world_.accepted(*alice, 57)), Succeeds());
  world_.open();
  EXPECT_THAT(world_.commit(alice, world_.accepted(*alice, 57)), FailsWith(ErrorCode::conflict));
}

TEST_P(StoreCommitContract, NothingOfAConflictingRejectionStays) {
  const SubjectPtr before = world_.person_with_factor("alice");
  ASSERT_THAT(world_.commit(before, world_.accepted(*before, 57)), Succeeds());
  EXPECT_THAT(world_.commit(before, world_.rejected(*before)), FailsWith(ErrorCode::conflict));
  EXPECT_EQ(world_.load("alice")->budget.failures, 0u);
}

// The acceptance alone would write the factor's row only, which nobody else has touched.
TEST_P(StoreCommitContract, AnAcceptanceConflictsWithASuspensionInBetween) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  ASSERT_THAT(world_.run(world_.store->change(alice, SubjectState::suspended,
                                              world_.entry(Event::subject_suspended))),
              Succeeds());
  EXPECT_THAT(world_.commit(alice, world_.accepted(*alice, 57)), FailsWith(ErrorCode::conflict));
}

TEST_P(StoreCommitContract, ARepetitionConflictsWithARevocationInBetween) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  Factor revoked = alice->factors[0].fixed;
  revoked.state = FactorState::revoked;
  ASSERT_THAT(world_.run(world_.store->change(alice, revoked, world_.entry(Event::factor_revoked))),
              Succeeds());
  Attempt repeated;
  repeated.subject = alice->fixed.id;
  repeated.entry = world_.entry(Event::repeat);
  EXPECT_THAT(world_.commit(alice, repeated), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(world_.commit(world_.load("alice"), repeated), Succeeds());
}

TEST_P(StoreCommitContract, OfManyAtOnceExactlyOneWins) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  const Attempt attempt = world_.accepted(*alice, 57);
  std::vector<awaitable<Status>> tasks;
  for (int i = 0; i < 64; ++i) tasks.push_back(world_.store->commit(alice, attempt));
  const auto outcomes = world_.run_all(std::move(tasks));
  EXPECT_EQ(std::ranges::count_if(outcomes, [](const Status& s) { return bool(s); }), 1);
}

TEST_P(StoreCommitContract, ManyPeopleAtOnceAllSucceed) {
  std::vector<SubjectPtr> people;
  for (int i = 0; i < 300; ++i) {
    people.push_back(world_.person_with_factor("person" + std::to_string(i)));
  }
  std::vector<Attempt> attempts;
  for (const SubjectPtr& one : people) attempts.push_back(world_.accepted(*one, 57));
  std::vector<awaitable<Status>> tasks;
  for (std::size_t i = 0; i < people.size(); ++i) {
    tasks.push_back(world_.store->commit(people[i], attempts[i]));
  }
  const auto outcomes = world_.run_all(std::move(tasks));
  EXPECT_TRUE(std::ranges::all_of(outcomes, [](const Status& s) { return bool(s); }));
  EXPECT_THAT(world_.problems(), testing::IsEmpty());
}

TEST_P(StoreCommitContract, ThrottledAttemptsCountAndLeaveNoRecord) {
  world_.person_with_factor("alice");
  const std::uint64_t records = world_.journal_records();
  for (int i = 0; i < 5; ++i) {
    const SubjectPtr alice = world_.load("alice");
    ASSERT_THAT(world_.commit(alice, world_.throttled(*alice)), Succeeds());
  }
  EXPECT_EQ(world_.journal_records(), records);
  world_.open();
  EXPECT_EQ(world_.load("alice")->budget.throttled, 5u);
  EXPECT_THAT(world_.problems(), testing::IsEmpty());
}

TEST_P(StoreCommitContract, ConfirmingMakesTheFactorActiveInTheSameCommit) {
  const SubjectId id = world_.add_subject("alice");
  world_.add_factor(id);
  SubjectPtr alice = world_.load(id);
  Factor pending = alice->factors[0].fixed;
  pending.state = FactorState::pending;
  ASSERT_THAT(world_.run(world_.store->change(alice, pending, world_.entry(Event::factor_renamed))),
              Succeeds());
  alice = world_.load(id);
  Attempt confirmed = world_.accepted(*alice, 57);
  confirmed.state = FactorState::active;
  ASSERT_THAT(world_.commit(alice, confirmed), Succeeds());
  world_.open();
  EXPECT_EQ(world_.load(id)->factors[0].fixed.state, FactorState::active);
  EXPECT_EQ(world_.load(id)->factors[0].motion.position, Position{57});
  EXPECT_THAT(world_.problems(), testing::IsEmpty());
}

TEST_P(StoreCommitContract, ADecoysFailuresCountAsAPersonsDo) {
  for (std::uint32_t failures = 0; failures < 4; ++failures) {
    const SubjectPtr decoy = world_.load("mallory");
    ASSERT_EQ(decoy->budget.failures, failures);
    ASSERT_THAT(world_.commit(decoy, world_.rejected(*decoy)), Succeeds());
    if (failures == 1) world_.open();
  }
  EXPECT_THAT(world_.problems(), testing::IsEmpty());
}

TEST_P(StoreCommitContract, ADecoyConflictsAsAPersonDoes) {
  const SubjectPtr decoy = world_.load("mallory");
  ASSERT_THAT(world_.commit(decoy, world_.rejected(*decoy)), Succeeds());
  EXPECT_THAT(world_.commit(decoy, world_.rejected(*decoy)), FailsWith(ErrorCode::conflict));
}

TEST_P(StoreCommitContract, EveryCandidateOfARejectionMoves) {
  const SubjectId id = world_.add_subject("alice");
  for (int i = 0; i < 3; ++i) world_.add_factor(id);
  const SubjectPtr alice = world_.load(id);
  Attempt attempt = world_.rejected(*alice);
  for (std::size_t i = 1; i < 3; ++i) {
    attempt.moves.push_back({alice->factors[i].fixed.id, attempt.moves[0].motion});
  }
  ASSERT_THAT(world_.commit(alice, attempt), Succeeds());
  world_.open();
  const SubjectPtr now = world_.load(id);
  for (const FactorRecord& factor : now->factors) {
    EXPECT_EQ(factor.motion.failures, 1u);
  }
  EXPECT_THAT(world_.problems(), testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreCommitContract, testing::Values(MakeBackend{[] {
                           return std::make_unique<SqliteBackend>();
                         }}));

}  // namespace
}  // namespace countersign::test
