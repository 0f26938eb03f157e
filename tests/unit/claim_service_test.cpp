// SPDX-License-Identifier: Apache-2.0
// The promises of ClaimService, one test per promise.
#include "tests/support/matchers.hpp"
#include "tests/support/world.hpp"

#include <gtest/gtest.h>

namespace countersign {
namespace {

using namespace std::chrono_literals;
using hsm::YubicoFields;
using test::Accepts;
using test::RejectsAs;
using test::World;

constexpr YubicoFields kFirst{.session_counter = 19, .session_use = 17, .timestamp = 0x00c230};
constexpr YubicoFields kNext{.session_counter = 19, .session_use = 18, .timestamp = 0x00c240};
constexpr std::byte kAnotherKey{2};

bool claims(const Result<Answer>& answer) {
  return answer && std::holds_alternative<FactorReport>(*answer);
}
Reason reason(const Result<Answer>& answer) {
  const Verdict* verdict = answer ? std::get_if<Verdict>(&*answer) : nullptr;
  return verdict != nullptr ? verdict->reason : Reason::none;
}

std::optional<ErrorCode> failure(const Result<Answer>& answer) {
  return answer ? std::nullopt : std::optional{answer.error().code};
}

class Claims : public testing::Test {
 protected:
  Claims() { world_.add_to_stock(); }

  World world_;
};

TEST_F(Claims, MakeAnActiveFactorThatStandsWhereItsOtpStood) {
  const auto answer = world_.claim(World::otp(kFirst));
  ASSERT_TRUE(claims(answer));
  EXPECT_EQ(std::get<FactorReport>(*answer).factor.state, FactorState::active);
  const FactorRecord& made = world_.factor(World::kYubikey);
  EXPECT_EQ(made.fixed.public_id, World::kPublicId);
  EXPECT_EQ(made.fixed.serial, "4711");
  EXPECT_EQ(made.fixed.label, "key");
  EXPECT_EQ(made.motion.position, Position{19 << 8 | 17});
  EXPECT_EQ(made.motion.timestamp, 0x00c230u);
  EXPECT_TRUE(world_.stock.empty());
  EXPECT_EQ(world_.entries.back().event, Event::token_claimed);
}

TEST_F(Claims, UseTheirOtpUp) {
  ASSERT_TRUE(claims(world_.claim(World::otp(kFirst))));
  EXPECT_THAT(world_.verify(World::otp(kFirst)), RejectsAs(Reason::replayed));
  EXPECT_THAT(world_.verify(World::otp(kNext)), Accepts());
}

TEST_F(Claims, SayWhyNotAndCostAFailureEach) {
  EXPECT_EQ(reason(world_.claim(World::otp(kFirst, World::kPublicId, kAnotherKey))),
            Reason::wrong_code);
  EXPECT_EQ(reason(world_.claim(World::otp(kFirst, "cccccccccccc"))), Reason::no_such_factor);
  EXPECT_EQ(reason(world_.claim("123456")), Reason::wrong_code);
  world_.stock.front().fixed.position = Position{19 << 8 | 17};
  EXPECT_EQ(reason(world_.claim(World::otp(kFirst))), Reason::replayed);
  EXPECT_EQ(world_.alice().budget.failures, 4u);
  EXPECT_EQ(world_.entries.size(), 4u);
  EXPECT_EQ(world_.stock.size(), 1u);
  EXPECT_TRUE(claims(world_.claim(World::otp(kNext))));
  EXPECT_EQ(world_.alice().budget.failures, 4u);
}

TEST_F(Claims, RefuseWhatTheKeyTypedAsAFactorThatWasRevoked) {
  FactorRecord& former = world_.add_yubikey(FactorState::revoked);
  former.fixed.public_id = "cccccccccccc";
  former.motion.position = Position{19 << 8 | 17};
  EXPECT_EQ(reason(world_.claim(World::otp(kFirst))), Reason::replayed);
  EXPECT_EQ(world_.alice().budget.failures, 1u);
  EXPECT_TRUE(claims(world_.claim(World::otp(kNext))));
}

TEST_F(Claims, RefuseAKeyThatAFactorHas) {
  world_.add_yubikey().fixed.public_id = "cccccccccccc";
  EXPECT_EQ(failure(world_.claim(World::otp(kFirst))), ErrorCode::already_exists);
  EXPECT_EQ(world_.stock.size(), 1u);
}

TEST_F(Claims, AskTheHsmOnceWhateverTheyAre) {
  EXPECT_FALSE(claims(world_.claim(World::otp(kFirst, "cccccccccccc"))));
  EXPECT_EQ(world_.matches, 1);
  EXPECT_FALSE(claims(world_.claim("123456")));
  EXPECT_EQ(world_.matches, 2);
  world_.alice().fixed.state = SubjectState::suspended;
  EXPECT_EQ(reason(world_.claim(World::otp(kFirst))), Reason::suspended);
  EXPECT_EQ(world_.matches, 3);
}

TEST_F(Claims, AreThrottledLikeEveryGuess) {
  world_.alice().budget.failures = 100;
  EXPECT_EQ(reason(world_.claim(World::otp(kFirst))), Reason::throttled);
  EXPECT_EQ(world_.alice().budget.throttled, 1u);
  EXPECT_EQ(world_.stock.size(), 1u);
}

// The HSM says yes to a decoy's key as well: it is nobody's all the same.
TEST_F(Claims, NeverMakeAFactorOfADecoy) {
  world_.match_any = true;
  EXPECT_EQ(reason(world_.claim(World::otp(kFirst, "cccccccccccc"))), Reason::no_such_factor);
  EXPECT_EQ(reason(world_.claim("123456")), Reason::wrong_code);
}

TEST_F(Claims, BeginAgainWhenAnotherWriterWasFirst) {
  world_.conflicts = kConflictsMax - 1;
  EXPECT_TRUE(claims(world_.claim(World::otp(kFirst))));
}

TEST_F(Claims, GiveUpWhenAnotherWriterIsAlwaysFirst) {
  world_.conflicts = kConflictsMax;
  EXPECT_EQ(failure(world_.claim(World::otp(kFirst))), ErrorCode::conflict);
  EXPECT_EQ(world_.stock.size(), 1u);
}

TEST_F(Claims, StopAtTheMostFactorsThatAPersonMayHave) {
  while (world_.alice().factors.size() < FactorService::kFactorsMax) {
    world_.add(FactorId{100 + static_cast<int>(world_.alice().factors.size())}, FactorKind::hotp);
  }
  EXPECT_EQ(failure(world_.claim(World::otp(kFirst))), ErrorCode::limit_exceeded);
}

// Whatever call fails: nobody has the key, and nothing was told that is not true.
TEST_F(Claims, NothingIsClaimedWithoutACommit) {
  for (int fail_call = 1;; ++fail_call) {
    SCOPED_TRACE(testing::Message() << "call " << fail_call << " fails");
    World world;
    world.add_to_stock();
    world.fail_call = fail_call;
    const auto answer = world.claim(World::otp(kFirst));
    if (world.calls < fail_call) {
      EXPECT_TRUE(claims(answer));
      EXPECT_GT(fail_call, 6);  // identify, subject, token, match, key, assign
      return;
    }
    EXPECT_EQ(failure(answer), ErrorCode::unavailable);
    EXPECT_EQ(world.stock.size(), 1u);
    EXPECT_TRUE(world.entries.empty());
  }
}

}  // namespace
}  // namespace countersign
