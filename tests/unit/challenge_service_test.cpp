// SPDX-License-Identifier: Apache-2.0
// The promises of ChallengeService, one test per promise.
#include "tests/support/matchers.hpp"
#include "tests/support/world.hpp"

#include <gmock/gmock.h>

#include <set>

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::FailsWith;
using test::World;

constexpr Peer kProvision{.uid = 1000, .gid = 1000, .role = Role::provision};
constexpr Peer kAdmin{.uid = 1000, .gid = 1000, .role = Role::admin};

class ChallengeServiceTest : public testing::Test {
 protected:
  ChallengeReport start(std::optional<FactorId> factor = std::nullopt, Peer peer = World::kPeer) {
    auto report = world.start(factor, peer);
    EXPECT_TRUE(report);
    return report ? *std::move(report) : ChallengeReport{};
  }
  // The right answer.
  Verdict answer(const ChallengeReport& to, Peer peer = World::kPeer) {
    return given(world.answer(to.id, World::response_to(to.value), peer));
  }
  Verdict answer_wrongly(const ChallengeReport& to) {
    return given(world.answer(to.id, SecretBytes{hsm::kResponseKeyBytes}));
  }
  static Verdict given(const Result<Verdict>& verdict) {
    EXPECT_TRUE(verdict);
    return verdict ? *verdict : Verdict{};
  }
  Motion& motion() { return world.factor(World::kSlot).motion; }

  World world;
};

class ChallengeAnswers : public ChallengeServiceTest {
 protected:
  ChallengeAnswers() { world.add_slot(); }
};

TEST_F(ChallengeAnswers, AcceptsTheRightOne) {
  const ChallengeReport challenge = start();
  EXPECT_EQ(challenge.factor, World::kSlot);
  EXPECT_EQ(challenge.kind, FactorKind::chalresp);
  EXPECT_EQ(challenge.lifetime, 120s);
  const Verdict verdict = answer(challenge);
  EXPECT_TRUE(verdict.accepted);
  EXPECT_EQ(verdict.factor, World::kSlot);
  EXPECT_EQ(verdict.kind, FactorKind::chalresp);
  EXPECT_EQ(motion().position, Position{0});
  ASSERT_EQ(world.entries.size(), 1U);
  EXPECT_EQ(world.entries[0].event, Event::verify);
  EXPECT_EQ(world.entries[0].factor, World::kSlot);
}

TEST_F(ChallengeAnswers, AcceptsOnce) {
  const ChallengeReport challenge = start();
  ASSERT_TRUE(answer(challenge).accepted);
  EXPECT_EQ(answer(challenge).reason, Reason::replayed);
  EXPECT_EQ(world.alice().budget.failures, 1U);
}

TEST_F(ChallengeAnswers, GivesALostReplyAgainAndMovesNothing) {
  const ChallengeReport challenge = start();
  const RequestId id = World::request_id(500);
  ASSERT_TRUE(given(world.answer(challenge.id, World::response_to(challenge.value), id)).accepted);
  world.clock.time += 59s;
  const Verdict again = given(world.answer(challenge.id, World::response_to(challenge.value), id));
  EXPECT_TRUE(again.accepted);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(motion().position, Position{0});
  world.clock.time += 2s;
  EXPECT_FALSE(given(world.answer(challenge.id, World::response_to(challenge.value), id)).accepted);
}

TEST_F(ChallengeAnswers, ALaterAcceptanceEndsTheRepeating) {
  const ChallengeReport first = start();
  const ChallengeReport second = start();
  const RequestId id = World::request_id(500);
  ASSERT_TRUE(given(world.answer(first.id, World::response_to(first.value), id)).accepted);
  ASSERT_TRUE(answer(second).accepted);
  EXPECT_EQ(motion().position, Position{1});
  EXPECT_EQ(given(world.answer(first.id, World::response_to(first.value), id)).reason,
            Reason::replayed);
}

TEST_F(ChallengeAnswers, AreCountedWhenWrong) {
  const ChallengeReport challenge = start();
  EXPECT_EQ(answer_wrongly(challenge).reason, Reason::wrong_code);
  EXPECT_EQ(world.alice().budget.failures, 1U);
  EXPECT_EQ(motion().failures, 1U);
  EXPECT_EQ(world.challenges.at(challenge.id).tries, 1U);
  EXPECT_TRUE(answer(challenge).accepted);
  EXPECT_EQ(world.alice().budget.failures, 0U);
}

TEST_F(ChallengeAnswers, OfAnotherLengthAreWrong) {
  const ChallengeReport challenge = start();
  EXPECT_EQ(given(world.answer(challenge.id, SecretBytes{1})).reason, Reason::wrong_code);
}

TEST_F(ChallengeAnswers, AreNotEvaluatedBeyondTheTries) {
  world.rules.throttle.failures_free = 100;
  const ChallengeReport challenge = start();
  for (int i = 0; i < 5; ++i) ASSERT_EQ(answer_wrongly(challenge).reason, Reason::wrong_code);
  EXPECT_EQ(answer(challenge).reason, Reason::expired);
  EXPECT_EQ(world.alice().budget.failures, 5U);
}

TEST_F(ChallengeAnswers, ToManyChallengesShareOneBudget) {
  world.rules.throttle.failures_free = 100;
  for (int i = 0; i < 75; ++i) {  // the 25 others are not for strangers
    ASSERT_EQ(answer_wrongly(start()).reason, Reason::wrong_code) << i;
  }
  const ChallengeReport challenge = start();
  const int matches = world.matches;
  const Verdict verdict = answer(challenge);
  EXPECT_EQ(verdict.reason, Reason::throttled);
  EXPECT_EQ(verdict.retry_after, 0s);
  EXPECT_EQ(world.matches, matches + 1);  // and takes as long as any other
}

TEST_F(ChallengeAnswers, ComeTooLateWhenTheLifetimeIsOver) {
  const ChallengeReport early = start();
  world.clock.time += 120s - 1ms;
  EXPECT_TRUE(answer(early).accepted);
  const ChallengeReport late = start();
  world.clock.time += 120s;
  EXPECT_EQ(answer(late).reason, Reason::expired);
  EXPECT_EQ(world.alice().budget.failures, 0U);
}

TEST_F(ChallengeAnswers, ToNoChallengeExpireAndTakeTheWholeWay) {
  const int before = world.calls;
  const Verdict verdict =
      given(world.answer(ChallengeId{12345}, SecretBytes{hsm::kResponseKeyBytes}));
  EXPECT_EQ(verdict.reason, Reason::expired);
  EXPECT_EQ(world.matches, 1);
  // The challenge twice, its stand-in twice, the HSM, the commit.
  EXPECT_EQ(world.calls - before, 6);
  EXPECT_TRUE(world.entries.empty());
}

TEST_F(ChallengeAnswers, BelongToTheirOwnChallenge) {
  const ChallengeReport first = start();
  const ChallengeReport second = start();
  EXPECT_FALSE(given(world.answer(first.id, World::response_to(second.value))).accepted);
  EXPECT_TRUE(answer(second).accepted);
  EXPECT_TRUE(answer(first).accepted);
}

TEST_F(ChallengeAnswers, OfManyAtOnceExactlyOneIsAccepted) {
  world.rules.throttle.failures_free = 100;
  const ChallengeReport challenge = start();
  std::vector<awaitable<Result<Verdict>>> tasks;
  for (int i = 0; i < 64; ++i) {
    tasks.push_back(world.answer_later(challenge.id, World::response_to(challenge.value)));
  }
  int accepted = 0;
  for (const auto& verdict : test::run_all(std::move(tasks))) accepted += given(verdict).accepted;
  EXPECT_EQ(accepted, 1);
}

// Breaks the world at its first call, then at its second, and so on until a run has no call left
// to break. Whatever breaks, nothing is accepted unless it was moved, used up and journalled.
TEST(ChallengeService, NeverAcceptsWhenAnyStepFails) {
  for (int fail_call = 1;; ++fail_call) {
    SCOPED_TRACE(testing::Message() << "call " << fail_call << " fails");
    World world;
    world.add_slot();
    const auto challenge = world.start();
    ASSERT_TRUE(challenge);
    world.calls = 0;
    world.fail_call = fail_call;
    const auto verdict = world.answer(challenge->id, World::response_to(challenge->value));
    if (world.calls < fail_call) {
      ASSERT_TRUE(verdict && verdict->accepted);
      EXPECT_EQ(world.entries.size(), 1U);
      EXPECT_FALSE(world.challenges.at(challenge->id).is_open());
      return;
    }
    EXPECT_THAT(verdict, FailsWith(ErrorCode::unavailable));
    EXPECT_TRUE(world.challenges.at(challenge->id).is_open());
    EXPECT_TRUE(world.entries.empty());
  }
}

TEST_F(ChallengeAnswers, StartAgainWhenAnotherWriterWasFirst) {
  const ChallengeReport challenge = start();
  world.conflicts = 1;
  EXPECT_TRUE(answer(challenge).accepted);
  const ChallengeReport other = start();
  world.conflicts = 100;
  EXPECT_THAT(world.answer(other.id, World::response_to(other.value)),
              FailsWith(ErrorCode::conflict));
}

TEST_F(ChallengeAnswers, OfASuspendedOrRevokedFactorAreRefused) {
  const ChallengeReport challenge = start();
  world.factor(World::kSlot).fixed.state = FactorState::suspended;
  EXPECT_EQ(answer(challenge).reason, Reason::suspended);
  world.factor(World::kSlot).fixed.state = FactorState::revoked;
  EXPECT_EQ(answer(challenge).reason, Reason::no_such_factor);
}

TEST_F(ChallengeAnswers, AreNoPasscodes) {
  EXPECT_EQ(given(world.verify("123456")).reason, Reason::wrong_code);
  EXPECT_EQ(motion().failures, 0U);  // it was not even a candidate
}

// ---- What is asked ----

TEST_F(ChallengeAnswers, AChallengeNeverEndsInWhatAYubikeyDrops) {
  Bytes random(verify::kChallengeRandomBytes);
  for (int last = 0; last < 256; ++last) {
    for (const int before : {0, last, (last + 1) % 256, 255}) {
      random[verify::kChallengeBytes - 1] = std::byte(last);
      random[verify::kChallengeBytes - 2] = std::byte(before);
      const Challenge made = verify::fresh_challenge(random, World::kAlice, {}, Time{}, 1s);
      EXPECT_NE(made.value.back(), std::byte{0});
      EXPECT_NE(made.value.back(), std::byte(before));
      EXPECT_GT(number(made.id), 0);
    }
  }
}

TEST_F(ChallengeAnswers, EveryChallengeIsAnother) {
  std::set<Bytes> values;
  std::set<ChallengeId> ids;
  for (int i = 0; i < 100; ++i) {
    const ChallengeReport challenge = start();
    values.insert(challenge.value);
    ids.insert(challenge.id);
  }
  EXPECT_EQ(values.size(), 100U);
  EXPECT_EQ(ids.size(), 100U);
  EXPECT_EQ(world.challenges.size(), 5U);  // the older ones were given up
}

TEST_F(ChallengeAnswers, TheFactorUsedLastIsAskedUnlessOneIsNamed) {
  constexpr FactorId kOther{15};
  world.add_slot(FactorState::active, kOther);
  EXPECT_EQ(start().factor, kOther);
  ASSERT_TRUE(answer(start(World::kSlot)).accepted);
  EXPECT_EQ(start().factor, World::kSlot);
  EXPECT_EQ(start(kOther).factor, kOther);
  EXPECT_EQ(start(World::kTotp).factor, FactorId{});
}

// ---- Who may ----

TEST_F(ChallengeServiceTest, AnUnknownNameIsChallengedLikeAnyOther) {
  const auto challenge = world.start(std::nullopt, World::kPeer, "mallory");
  ASSERT_TRUE(challenge);
  EXPECT_EQ(challenge->value.size(), verify::kChallengeBytes);
  EXPECT_EQ(challenge->kind, FactorKind::chalresp);
  world.match_any = true;
  const Verdict verdict = given(world.answer(challenge->id, World::response_to(challenge->value)));
  EXPECT_EQ(verdict.reason, Reason::no_such_factor);
  // Evaluated and charged, as a person's wrong answer is.
  ASSERT_EQ(world.entries.size(), 1U);
  EXPECT_EQ(world.entries[0].failures, 1U);
}

TEST_F(ChallengeServiceTest, StartingTakesTheSameWayForEverybody) {
  const auto calls_of = [this](std::string_view name) {
    const int before = world.calls;
    EXPECT_TRUE(world.start(std::nullopt, World::kPeer, name));
    return world.calls - before;
  };
  const int without = calls_of("alice");
  world.add_slot();
  EXPECT_EQ(calls_of("alice"), without);
  EXPECT_EQ(calls_of("mallory"), without);
}

TEST_F(ChallengeServiceTest, SomebodyWithoutAFactorIsChallengedInVain) {
  const ChallengeReport challenge = start();
  EXPECT_EQ(challenge.factor, FactorId{});
  world.match_any = true;
  EXPECT_EQ(answer(challenge).reason, Reason::no_such_factor);
  EXPECT_EQ(world.alice().budget.failures, 0U);
}

TEST_F(ChallengeServiceTest, APendingFactorBecomesActiveByItsFirstAnswer) {
  world.add_slot(FactorState::pending);
  const ChallengeReport challenge = start(World::kSlot, kProvision);
  ASSERT_EQ(challenge.factor, World::kSlot);
  EXPECT_TRUE(answer(challenge, kProvision).accepted);
  EXPECT_EQ(world.factor(World::kSlot).fixed.state, FactorState::active);
  ASSERT_EQ(world.entries.size(), 1U);
  EXPECT_EQ(world.entries[0].event, Event::confirm);
  EXPECT_EQ(answer(challenge, kProvision).reason, Reason::replayed);
}

TEST_F(ChallengeServiceTest, APendingFactorSignsNobodyIn) {
  world.add_slot(FactorState::pending);
  EXPECT_EQ(start(World::kSlot).factor, FactorId{});
  EXPECT_EQ(start(std::nullopt, kAdmin).factor, FactorId{});
  const ChallengeReport challenge = start(World::kSlot, kAdmin);
  EXPECT_THAT(world.answer(challenge.id, World::response_to(challenge.value)),
              FailsWith(ErrorCode::denied));
  EXPECT_TRUE(answer(challenge, kAdmin).accepted);
}

TEST_F(ChallengeAnswers, WhoeverEnrolsFactorsSignsNobodyIn) {
  EXPECT_EQ(start(std::nullopt, kProvision).factor, FactorId{});
  const ChallengeReport challenge = start();
  EXPECT_THAT(world.answer(challenge.id, World::response_to(challenge.value), kProvision),
              FailsWith(ErrorCode::denied));
  EXPECT_TRUE(answer(challenge).accepted);
}

TEST_F(ChallengeAnswers, OfAnotherRealmAreDenied) {
  const ChallengeReport challenge = start();
  world.rules.peers[0].realms = {"elsewhere"};
  const auto started = world.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::denied);
  EXPECT_THAT(world.answer(challenge.id, World::response_to(challenge.value)),
              FailsWith(ErrorCode::denied));
}

}  // namespace
}  // namespace countersign
