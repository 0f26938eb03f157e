// SPDX-License-Identifier: Apache-2.0
// Strangers' guesses slow strangers down, and the owner still gets in.
#include "tests/support/matchers.hpp"
#include "tests/unit/code_support.hpp"

#include <gmock/gmock.h>

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::Accepts;
using test::RejectsAs;

constexpr const char* kWrong = "424242";
constexpr const char* kHome = "192.0.2.1";
constexpr const char* kElsewhere = "198.51.100.7";

class Lanes : public testing::Test {
 protected:
  Result<Verdict> verify(std::string_view passcode, const char* address = kElsewhere) {
    const Verify ask{.subject = SubjectName{*Realm::from(""), *Username::from("alice")},
                     .factor = {},
                     .passcode = *Passcode::from(passcode),
                     .client_address = address};
    return world.verify_as(World::kPeer, ask);
  }
  void be_known_at_home() {
    world.alice().sources = {
        {world.memory.prints.print(kHome, World::kPeer.uid), world.clock.time}};
  }
  // As many guesses as are evaluated from there, each as soon as it may be.
  int guess(const char* address, int times = 1000) {
    int evaluated = 0;
    for (int i = 0; i < times; ++i) {
      const auto verdict = verify(kWrong, address);
      EXPECT_TRUE(verdict && !verdict->accepted);
      evaluated += verdict && verdict->reason == Reason::wrong_code ? 1 : 0;
      world.clock.time += world.rules.throttle.delay_max;
    }
    return evaluated;
  }
  [[nodiscard]] std::size_t places() { return world.alice().sources.size(); }

  World world;
  ClaimService claims{world.parts()};
  VerifyService verifies{world.parts()};
};

TEST_F(Lanes, TheOwnerConfirmsAndClaimsFromHome) {
  be_known_at_home();
  EXPECT_EQ(guess(kElsewhere), 75);
  world.add(World::kHotp, FactorKind::hotp, FactorState::pending);
  world.add_to_stock();
  const auto claim = [this](const char* address) {
    const ClaimToken ask{world.alice().fixed.name,
                         *Passcode::from(World::otp({.session_counter = 1, .session_use = 1})),
                         *Label::from("key"), address};
    return test::run(claims.claim(World::kPeer, ask));
  };
  const auto confirm = [this](const char* address) {
    const ConfirmFactor ask{World::kHotp, *Passcode::from(World::code_at(0)), address};
    return test::run(verifies.confirm(World::kPeer, World::request_id(7), ask, nullptr));
  };
  const auto refused = claim(kElsewhere);
  ASSERT_TRUE(refused && std::holds_alternative<Verdict>(*refused));
  EXPECT_EQ(std::get<Verdict>(*refused).reason, Reason::throttled);
  EXPECT_THAT(confirm(kElsewhere), RejectsAs(Reason::throttled));
  const auto claimed = claim(kHome);
  EXPECT_TRUE(claimed && std::holds_alternative<FactorReport>(*claimed));
  EXPECT_EQ(world.entries.back().client_address, kHome);
  EXPECT_THAT(confirm(kHome), Accepts());
  EXPECT_EQ(world.entries.back().client_address, kHome);
}

TEST_F(Lanes, StrangersAreShutOutAtTheirShareAndTheOwnerGetsIn) {
  be_known_at_home();
  EXPECT_EQ(guess(kElsewhere), 75);
  EXPECT_THAT(verify(world.code_now()), RejectsAs(Reason::throttled));
  EXPECT_THAT(verify(world.code_now(), kHome), Accepts());
  // That forgets them all.
  EXPECT_EQ(world.alice().budget.failures, 0U);
  EXPECT_EQ(world.alice().budget.failures_unfamiliar, 0U);
  world.clock.time += 30s;
  EXPECT_THAT(verify(world.code_now()), Accepts());
}

TEST_F(Lanes, AllTogetherHaveAHundredGuessesHoweverManyPlacesThereAre) {
  be_known_at_home();
  EXPECT_EQ(guess(kElsewhere, 50), 50);
  EXPECT_EQ(guess("203.0.113.9"), 25);  // strangers share theirs
  EXPECT_EQ(guess(kHome), 25);
  EXPECT_EQ(world.alice().budget.failures, 100U);
  EXPECT_EQ(world.alice().budget.failures_unfamiliar, 75U);
  EXPECT_THAT(verify(world.code_now(), kHome), RejectsAs(Reason::throttled));
}

TEST_F(Lanes, StrangersDoNotMakeTheOwnerWait) {
  be_known_at_home();
  for (int i = 0; i < 20; ++i) (void)verify(kWrong);
  EXPECT_THAT(verify(world.code_now()), RejectsAs(Reason::throttled));
  EXPECT_THAT(verify(kWrong, kHome), RejectsAs(Reason::wrong_code));  // a slip is free
  EXPECT_THAT(verify(world.code_now(), kHome), Accepts());
}

TEST_F(Lanes, AFactorsOwnFailuresLeaveTheOwnerTheSameShare) {
  be_known_at_home();
  Motion& motion = world.factor(World::kTotp).motion;
  motion.failures = motion.failures_unfamiliar = 75;
  EXPECT_THAT(verify(world.code_now()), RejectsAs(Reason::throttled));
  EXPECT_THAT(verify(world.code_now(), kHome), Accepts());
}

TEST_F(Lanes, WithoutAnAddressEverybodyIsAStranger) {
  world.alice().sources = {{world.memory.prints.print("", World::kPeer.uid), world.clock.time}};
  EXPECT_EQ(guess(""), 75);
  EXPECT_EQ(places(), 1U);
}

TEST_F(Lanes, AnAcceptanceMakesItsPlaceFamiliarForAMonth) {
  ASSERT_THAT(verify(world.code_now(), kHome), Accepts());
  ASSERT_EQ(places(), 1U);
  world.clock.time += kSourcesKept;
  ASSERT_THAT(verify(kWrong, kHome), RejectsAs(Reason::wrong_code));
  EXPECT_TRUE(world.entries.back().familiar);
  world.clock.time += 1ms;
  ASSERT_THAT(verify(kWrong, kHome), RejectsAs(Reason::wrong_code));
  EXPECT_FALSE(world.entries.back().familiar);
}

TEST_F(Lanes, NothingElseMakesAPlaceFamiliar) {
  ASSERT_THAT(verify(kWrong, kHome), RejectsAs(Reason::wrong_code));
  ASSERT_THAT(verify(world.code_now(), ""), Accepts());
  ASSERT_THAT(verify(world.code_now(), kHome), RejectsAs(Reason::replayed));
  EXPECT_EQ(places(), 0U);
}

TEST_F(Lanes, APlaceIsNotedOnceADay) {
  ASSERT_THAT(verify(world.code_now(), kHome), Accepts());
  const Time first = world.clock.time;
  world.clock.time += kSourceNoted;
  ASSERT_THAT(verify(world.code_now(), kHome), Accepts());
  EXPECT_EQ(world.alice().sources[0].accepted_at, first);
  world.clock.time += 30s;
  ASSERT_THAT(verify(world.code_now(), kHome), Accepts());
  EXPECT_EQ(world.alice().sources[0].accepted_at, world.clock.time);
  EXPECT_EQ(places(), 1U);
}

TEST_F(Lanes, TheJournalSaysWhereFromAndHowFarOff) {
  be_known_at_home();
  ASSERT_THAT(verify(kWrong), RejectsAs(Reason::wrong_code));
  EXPECT_FALSE(world.entries.back().familiar);
  EXPECT_EQ(world.entries.back().failures_unfamiliar, 1U);
  ASSERT_THAT(verify(kWrong, kHome), RejectsAs(Reason::wrong_code));
  EXPECT_TRUE(world.entries.back().familiar);
  EXPECT_EQ(world.entries.back().failures, 2U);
  EXPECT_EQ(world.entries.back().failures_unfamiliar, 1U);
  EXPECT_EQ(world.entries.back().offset, 0);
  const std::string late = world.code_now();
  world.clock.time += 30s;
  ASSERT_THAT(verify(late, kHome), Accepts());
  EXPECT_EQ(world.entries.back().kind, FactorKind::totp);
  EXPECT_EQ(world.entries.back().offset, -1);
  EXPECT_EQ(world.entries.back().failures_unfamiliar, 0U);
}

TEST_F(Lanes, TheJournalSaysHowFarAheadATokensCounterWas) {
  world.alice().factors.clear();
  world.add(World::kHotp, FactorKind::hotp);
  ASSERT_THAT(verify(World::code_at(0)), Accepts());
  EXPECT_EQ(world.entries.back().offset, 0);
  ASSERT_THAT(verify(World::code_at(4)), Accepts());
  EXPECT_EQ(world.entries.back().offset, 3);
  EXPECT_EQ(world.entries.back().kind, FactorKind::hotp);
}

// Codes that unlock, of which each has five tries.
class UnlockCodes : public Codes {
 protected:
  static constexpr Peer kProvision{.uid = 1000, .gid = 1000, .role = Role::provision};

  UnlockCodes() { world.rules.challenge.tries_max = 20; }
  ChallengeId start_unlock() {
    StartChallenge wish = World::code_wish();
    wish.purpose = Purpose::unlock;
    world.clock.time += 24h;
    return start(wish, kProvision).id;
  }
  Result<Verdict> answer_from(const char* address, ChallengeId id, std::string_view code) {
    AnswerChallenge ask = World::code_answer(id, code);
    ask.purpose = Purpose::unlock;
    ask.client_address = address;
    return world.answer(std::move(ask), kProvision);
  }
};

TEST_F(UnlockCodes, AreEvaluatedWhenStrangersHaveUsedUpTheirShare) {
  Budget& budget = world.alice().budget;
  budget.failures = budget.failures_unfamiliar = 75;
  const ChallengeId id = start_unlock();
  budget.not_before_unfamiliar = world.clock.time + 1h;
  const std::string right = world.last_code;
  for (int i = 0; i < 4; ++i) {
    ASSERT_THAT(answer_from(kElsewhere, id, wrong_code()), RejectsAs(Reason::wrong_code)) << i;
  }
  EXPECT_EQ(world.alice().budget.failures_unfamiliar, 79U);
  EXPECT_THAT(answer_from(kElsewhere, id, right), Accepts());
}

TEST_F(UnlockCodes, HaveABoundOfTheirOwn) {
  Budget& budget = world.alice().budget;
  budget.failures = budget.failures_unfamiliar = 75;
  const ChallengeId id = start_unlock();
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(answer_from(kElsewhere, id, wrong_code()), RejectsAs(Reason::wrong_code)) << i;
  }
  EXPECT_THAT(answer_from(kElsewhere, id, world.last_code), RejectsAs(Reason::throttled));
  world.alice().sources = {{world.memory.prints.print(kHome, kProvision.uid), world.clock.time}};
  EXPECT_THAT(answer_from(kHome, id, world.last_code), Accepts());
}

}  // namespace
}  // namespace countersign
