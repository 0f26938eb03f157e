// SPDX-License-Identifier: Apache-2.0
// The promises of VerifyService, one test per promise.
#include "daemon/verify/window.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/world.hpp"

#include <gtest/gtest.h>

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::Accepts;
using test::FailsWith;
using test::RejectsAs;
using test::Repeats;
using test::World;

constexpr const char* kWrong = "424242";  // no counter of any test

std::uint64_t step_now(const World& world) {
  return static_cast<std::uint64_t>(verify::totp_step(world.clock.time, 30));
}

TEST(VerifyService, AcceptsTheCurrentPasscode) {
  World world;
  EXPECT_THAT(world.verify(world.code_now()), Accepts());
}

TEST(VerifyService, RejectsTheSamePasscodeTwice) {
  World world;
  ASSERT_THAT(world.verify(world.code_now()), Accepts());
  EXPECT_THAT(world.verify(world.code_now()), RejectsAs(Reason::replayed));
}

TEST(VerifyService, RejectsAnUnusedPasscodeBelowTheLastOne) {
  World world;
  ASSERT_THAT(world.verify(World::code_at(step_now(world) + 1)), Accepts());
  EXPECT_THAT(world.verify(world.code_now()), RejectsAs(Reason::replayed));
}

TEST(VerifyService, RejectsAPasscodeOlderThanTheWindow) {
  World world;
  EXPECT_THAT(world.verify(World::code_at(step_now(world) - 2)), RejectsAs(Reason::wrong_code));
}

TEST(VerifyService, FollowsATokenWhoseClockDrifts) {
  World world;
  ASSERT_THAT(world.verify(World::code_at(step_now(world) + 1)), Accepts());
  world.clock.time += 60s;
  EXPECT_THAT(world.verify(World::code_at(step_now(world) + 2)), Accepts());
}

TEST(VerifyService, ACodeTypedLateIsNoDriftYet) {
  World world;
  ASSERT_THAT(world.verify(World::code_at(step_now(world) - 1)), Accepts());
  EXPECT_THAT(world.verify(World::code_at(step_now(world) + 1)), Accepts());
}

TEST(VerifyService, TwoLateCodesInARowAreDrift) {
  World world;
  ASSERT_THAT(world.verify(World::code_at(step_now(world) - 1)), Accepts());
  world.clock.time += 60s;
  ASSERT_THAT(world.verify(World::code_at(step_now(world) - 1)), Accepts());
  world.clock.time += 60s;
  EXPECT_THAT(world.verify(World::code_at(step_now(world) - 2)), Accepts());
}

TEST(VerifyService, FollowsNoDriftBeyondThePolicy) {
  World world;
  world.rules.windows.totp_drift_steps_max = 1;
  ASSERT_THAT(world.verify(World::code_at(step_now(world) + 1)), Accepts());
  world.clock.time += 60s;
  ASSERT_THAT(world.verify(World::code_at(step_now(world) + 2)), Accepts());
  world.clock.time += 60s;
  EXPECT_THAT(world.verify(World::code_at(step_now(world) + 3)), RejectsAs(Reason::wrong_code));
}

TEST(VerifyService, NoReplayOpensWhenTheClockStepsBack) {
  World world;
  const std::string code = world.code_now();
  ASSERT_THAT(world.verify(code), Accepts());
  world.clock.time -= 30s;
  EXPECT_THAT(world.verify(code), RejectsAs(Reason::replayed));
}

TEST(VerifyService, AcceptsHotpAheadAndNeverBack) {
  World world;
  world.add(World::kHotp, FactorKind::hotp);
  world.factor(World::kHotp).motion.position = Position{4};
  const auto at = [](int counter) { return World::code_at(static_cast<std::uint64_t>(counter)); };
  EXPECT_THAT(world.verify(at(15), World::request_id(1), World::kHotp),
              RejectsAs(Reason::wrong_code));
  EXPECT_THAT(world.verify(at(14), World::request_id(2), World::kHotp), Accepts());
  EXPECT_THAT(world.verify(at(14), World::request_id(3), World::kHotp),
              RejectsAs(Reason::replayed));
  EXPECT_THAT(world.verify(at(9), World::request_id(4), World::kHotp),
              RejectsAs(Reason::wrong_code));
}

// --- the same request again -----------------------------------------------------------------

TEST(VerifyService, AnswersTheSameRequestAgain) {
  World world;
  const RequestId id = World::request_id(1);
  ASSERT_THAT(world.verify(world.code_now(), id), Accepts());
  EXPECT_THAT(world.verify(world.code_now(), id), Repeats());
}

TEST(VerifyService, ARepeatedAnswerMovesNothing) {
  World world;
  const RequestId id = World::request_id(1);
  ASSERT_THAT(world.verify(world.code_now(), id), Accepts());
  const Motion before = world.factor(World::kTotp).motion;
  ASSERT_THAT(world.verify(world.code_now(), id), Repeats());
  EXPECT_EQ(world.factor(World::kTotp).motion.version, before.version);
}

TEST(VerifyService, CountsAnotherPasscodeUnderTheSameRequest) {
  World world;
  const RequestId id = World::request_id(1);
  ASSERT_THAT(world.verify(world.code_now(), id), Accepts());
  EXPECT_THAT(world.verify(kWrong, id), RejectsAs(Reason::wrong_code));
  EXPECT_EQ(world.alice().budget.failures, 1u);
}

TEST(VerifyService, TheNextCodeUnderTheSameRequestIsAnAttemptOfItsOwn) {
  World world;
  const RequestId id = World::request_id(1);
  ASSERT_THAT(world.verify(world.code_now(), id), Accepts());
  EXPECT_THAT(world.verify(World::code_at(step_now(world) + 1), id), Accepts());
}

TEST(VerifyService, TheCodeOfAConfirmationAnswersNoVerifyUnderItsId) {
  World world;
  world.factor(World::kTotp).fixed.state = FactorState::pending;
  ASSERT_THAT(world.confirm(World::kTotp, world.code_now(), World::request_id(1)), Accepts());
  EXPECT_THAT(world.verify(world.code_now(), World::request_id(1)), RejectsAs(Reason::replayed));
}

TEST(VerifyService, ForgetsARequestAfterAMinute) {
  World world;
  const RequestId id = World::request_id(1);
  const std::string code = world.code_now();
  ASSERT_THAT(world.verify(code, id), Accepts());
  world.clock.time += 60s;
  EXPECT_THAT(world.verify(code, id), Repeats());
  world.clock.time += 1ms;
  EXPECT_THAT(world.verify(code, id), RejectsAs(Reason::replayed));
}

// --- guesses --------------------------------------------------------------------------------

TEST(VerifyService, ChargesTheSubjectAndEveryCandidate) {
  World world;
  world.add(World::kHotp, FactorKind::hotp);
  ASSERT_THAT(world.verify(kWrong), RejectsAs(Reason::wrong_code));
  EXPECT_EQ(world.alice().budget.failures, 1u);
  EXPECT_EQ(world.factor(World::kTotp).motion.failures, 1u);
  EXPECT_EQ(world.factor(World::kHotp).motion.failures, 1u);
}

TEST(VerifyService, AnAcceptanceForgetsTheFailuresOfTheWinnerAlone) {
  World world;
  world.add(World::kHotp, FactorKind::hotp);
  ASSERT_THAT(world.verify(kWrong), RejectsAs(Reason::wrong_code));
  ASSERT_THAT(world.verify(world.code_now()), Accepts());
  EXPECT_EQ(world.alice().budget.failures, 0u);
  EXPECT_EQ(world.factor(World::kTotp).motion.failures, 0u);
  EXPECT_EQ(world.factor(World::kHotp).motion.failures, 1u);
}

TEST(VerifyService, AFactorGuessedAtTooOftenIsNoCandidateAndTheOthersGoOn) {
  World world;
  world.add(World::kHotp, FactorKind::hotp);
  world.factor(World::kHotp).motion.failures = world.rules.throttle.failures_max;
  EXPECT_THAT(world.verify(World::code_at(0), World::request_id(1), World::kHotp),
              RejectsAs(Reason::throttled));
  EXPECT_THAT(world.verify(world.code_now()), Accepts());
}

TEST(VerifyService, DelaysGuessesAfterTheFreeOnes) {
  World world;
  for (int i = 0; i <= world.rules.throttle.failures_free; ++i) {
    ASSERT_THAT(world.verify(kWrong), RejectsAs(Reason::wrong_code));
  }
  const auto throttled = world.verify(world.code_now());
  ASSERT_THAT(throttled, RejectsAs(Reason::throttled));
  EXPECT_EQ(throttled->retry_after, world.rules.throttle.delay_first);
  world.clock.time += throttled->retry_after;
  EXPECT_THAT(world.verify(world.code_now()), Accepts());
}

// A stranger who waits out every delay gets 75 guesses, and then none, however long they wait.
TEST(VerifyService, NeverEvaluatesMoreThanTheBudget) {
  World world;
  int evaluated = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto verdict = world.verify(kWrong);
    ASSERT_TRUE(verdict && !verdict->accepted);
    evaluated += verdict->reason == Reason::wrong_code ? 1 : 0;
    world.clock.time += world.rules.throttle.delay_max;
  }
  EXPECT_EQ(evaluated, 75);
  EXPECT_THAT(world.verify(world.code_now()), RejectsAs(Reason::throttled));
}

TEST(VerifyService, ParallelGuessesCannotOutrunTheCount) {
  World world;
  std::vector<awaitable<Result<Verdict>>> guesses;
  for (int i = 0; i < 1000; ++i) guesses.push_back(world.verify_later(kWrong, "alice"));
  int evaluated = 0;
  for (const auto& verdict : test::run_all(std::move(guesses))) {
    ASSERT_TRUE(verdict && !verdict->accepted);
    evaluated += verdict->reason == Reason::wrong_code ? 1 : 0;
  }
  EXPECT_EQ(evaluated, world.rules.throttle.failures_free + 1);
}

TEST(VerifyService, SpellingsOfOneNameShareOneBudget) {
  World world;
  for (const char* spelling : {"alice", "ALICE", " Alice ", "ａｌｉｃｅ", "Aｌice"}) {
    ASSERT_THAT(world.verify(kWrong, spelling), RejectsAs(Reason::wrong_code));
  }
  EXPECT_EQ(world.alice().budget.failures, 5u);
}

TEST(VerifyService, ParallelRequestsWithOneCodeAreAcceptedOnce) {
  World world;
  world.rules.throttle.failures_free = 100;
  std::vector<awaitable<Result<Verdict>>> same;
  for (int i = 0; i < 64; ++i) same.push_back(world.verify_later(world.code_now(), "alice"));
  int accepted = 0;
  for (const auto& verdict : test::run_all(std::move(same))) {
    accepted += verdict && verdict->accepted ? 1 : 0;
  }
  EXPECT_EQ(accepted, 1);
}

// --- what an outsider can see ---------------------------------------------------------------

TEST(VerifyService, UnknownNamesTakeTheWholeWay) {
  World world;
  ASSERT_THAT(world.verify(kWrong), RejectsAs(Reason::wrong_code));
  const int calls = std::exchange(world.calls, 0);
  const int matches = std::exchange(world.matches, 0);
  ASSERT_THAT(world.verify(kWrong, "mallory"), RejectsAs(Reason::no_such_factor));
  EXPECT_EQ(world.calls, calls);
  EXPECT_EQ(world.matches, matches);
}

TEST(VerifyService, ThrottledAttemptsAskTheHsmAndCommitToo) {
  World world;
  world.alice().budget.failures = world.rules.throttle.failures_max;
  ASSERT_THAT(world.verify(world.code_now()), RejectsAs(Reason::throttled));
  EXPECT_EQ(world.matches, 1);
  EXPECT_EQ(world.alice().budget.throttled, 1u);
}

TEST(VerifyService, ThrottledAttemptsAreJournalledInAggregate) {
  World world;
  world.alice().budget.not_before_unfamiliar = world.clock.time + 10s;
  world.alice().budget.failures = 1;
  for (int i = 0; i < 7; ++i) {
    ASSERT_THAT(world.verify(world.code_now()), RejectsAs(Reason::throttled));
  }
  EXPECT_TRUE(world.entries.empty());
  world.clock.time += 10s;
  ASSERT_THAT(world.verify(world.code_now()), Accepts());
  EXPECT_EQ(world.entries.back().count, 8u);
}

TEST(VerifyService, ADecoyNeverAccepts) {
  World world;
  world.match_any = true;
  EXPECT_THAT(world.verify("123456", "mallory"), RejectsAs(Reason::no_such_factor));
}

// --- states ---------------------------------------------------------------------------------

TEST(VerifyService, OnlyActiveFactorsAccept) {
  for (const FactorState state :
       {FactorState::pending, FactorState::suspended, FactorState::lost, FactorState::revoked}) {
    World world;
    world.factor(World::kTotp).fixed.state = state;
    const auto verdict = world.verify(world.code_now());
    EXPECT_TRUE(verdict && !verdict->accepted) << static_cast<int>(state);
  }
}

TEST(VerifyService, ASuspendedSubjectIsRefused) {
  World world;
  world.alice().fixed.state = SubjectState::suspended;
  EXPECT_THAT(world.verify(world.code_now()), RejectsAs(Reason::suspended));
}

TEST(VerifyService, ConfirmingMakesAPendingFactorActiveAndUsesTheCodeUp) {
  World world;
  world.factor(World::kTotp).fixed.state = FactorState::pending;
  ASSERT_THAT(world.confirm(World::kTotp, world.code_now()), Accepts());
  EXPECT_EQ(world.factor(World::kTotp).fixed.state, FactorState::active);
  EXPECT_THAT(world.verify(world.code_now()), RejectsAs(Reason::replayed));
}

TEST(VerifyService, ConfirmingAnActiveFactorIsRefused) {
  World world;
  EXPECT_THAT(world.confirm(World::kTotp, world.code_now()), RejectsAs(Reason::no_such_factor));
}

TEST(VerifyService, APeerOfAnotherRealmIsDenied) {
  World world;
  world.rules.peers.front().realms = {"elsewhere"};
  EXPECT_THAT(world.verify(world.code_now()), FailsWith(ErrorCode::denied));
}

// --- when something fails -------------------------------------------------------------------

TEST(VerifyService, StartsAgainWhenAnotherWriterWasFirst) {
  World world;
  world.conflicts = 3;
  EXPECT_THAT(world.verify(world.code_now()), Accepts());
}

TEST(VerifyService, GivesUpWhenAnotherWriterIsAlwaysFirst) {
  World world;
  world.conflicts = 1000;
  EXPECT_THAT(world.verify(world.code_now()), FailsWith(ErrorCode::conflict));
}

// Else an error would say for nothing that the first candidate's code was another one.
TEST(VerifyService, AGuessIsChargedWhenASecondCandidateCannotBeTried) {
  World world;
  world.add(World::kHotp, FactorKind::hotp);
  world.fail_match = 2;
  EXPECT_THAT(world.verify(kWrong), FailsWith(ErrorCode::unavailable));
  EXPECT_EQ(world.alice().budget.failures, 1u);
}

// Breaks the world at its first call, then at its second, and so on until a run has no call left
// to break. Whatever breaks, nothing is ever accepted unless it moved forward and was journalled.
TEST(VerifyService, NeverAcceptsWhenAnyStepFails) {
  for (int fail_call = 1;; ++fail_call) {
    SCOPED_TRACE(testing::Message() << "call " << fail_call << " fails");
    World world;
    world.fail_call = fail_call;

    const auto outcome = world.verify(world.code_now());

    if (world.calls < fail_call) {
      EXPECT_THAT(outcome, Accepts());
      EXPECT_EQ(world.entries.size(), 1u);
      EXPECT_GT(fail_call, 4);  // identify, subject, match, commit: the loop did break things
      return;
    }
    EXPECT_THAT(outcome, FailsWith(ErrorCode::unavailable));
    EXPECT_TRUE(world.entries.empty());
  }
}

}  // namespace
}  // namespace countersign
