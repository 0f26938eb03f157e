// SPDX-License-Identifier: Apache-2.0
// Recovery codes, temporary codes and remembered devices: how often each is good, and for whom.
#include "tests/unit/knowledge_world.hpp"

#include <cctype>

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::Accepts;
using test::KnowledgeWorld;
using test::RejectsAs;
using test::Repeats;
using test::World;

class RecoveryCode : public KnowledgeWorld {};

TEST_F(RecoveryCode, IsAcceptedOnceAndTheOthersStayGood) {
  const auto codes = add_codes();
  const auto verdict = world.verify(codes[3]);
  ASSERT_THAT(verdict, Accepts());
  EXPECT_EQ(verdict->kind, FactorKind::recovery_codes);
  EXPECT_THAT(world.verify(codes[3]), RejectsAs(Reason::replayed));
  EXPECT_THAT(world.verify(codes[0]), Accepts());
  EXPECT_THAT(world.verify(codes[3]), RejectsAs(Reason::replayed));
  EXPECT_EQ(world.factor(kCodes).motion.position, Position{0b1001});
}

TEST_F(RecoveryCode, IsOneInAnySpelling) {
  const auto codes = add_codes();
  std::string typed;
  for (const char c : codes[0]) {
    const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (c == '-') continue;
    typed += c == '0' ? 'o' : c == '1' ? 'l' : lower;
  }
  ASSERT_THAT(world.verify(typed), Accepts());
  EXPECT_THAT(world.verify(codes[0]), RejectsAs(Reason::replayed));
}

TEST_F(RecoveryCode, LooksLikeFourGroupsOfFour) {
  for (const std::string& code : add_codes()) {
    ASSERT_EQ(code.size(), 19U);
    EXPECT_EQ(code.find_first_of("ILOUilou"), std::string::npos);
    EXPECT_EQ(code[4], '-');
  }
}

TEST_F(RecoveryCode, IsRepeatedForTheSameRequestAlone) {
  const auto codes = add_codes();
  const RequestId id = World::request_id(1);
  ASSERT_THAT(world.verify(codes[0], World::request_id(9)), Accepts());
  ASSERT_THAT(world.verify(codes[1], id), Accepts());
  EXPECT_THAT(world.verify(codes[1], id), Repeats());
  EXPECT_THAT(world.verify(codes[0], id), RejectsAs(Reason::replayed));
  EXPECT_THAT(world.verify(codes[1], World::request_id(2)), RejectsAs(Reason::replayed));
}

TEST_F(RecoveryCode, OfManyAtOnceIsAcceptedOnce) {
  const auto codes = add_codes();
  world.rules.throttle.failures_free = 100;
  std::vector<awaitable<Result<Verdict>>> tasks;
  for (int i = 0; i < 50; ++i) tasks.push_back(world.verify_later(codes[0], "alice"));
  int accepted = 0;
  for (const auto& verdict : test::run_all(std::move(tasks))) {
    accepted += verdict && verdict->accepted ? 1 : 0;
  }
  EXPECT_EQ(accepted, 1);
}

TEST_F(RecoveryCode, CostsTheSameForEverybody) {
  const auto cost_of = [this](std::string_view name) {
    world.macs = 0;
    EXPECT_FALSE(world.verify("ABCD-EFGH-JKMN-PQRS", name)->accepted);
    return world.macs;
  };
  EXPECT_EQ(cost_of("alice"), 1);
  add_codes();
  EXPECT_EQ(cost_of("alice"), 1);
  EXPECT_EQ(cost_of("nobody"), 1);
}

TEST_F(RecoveryCode, ConfirmsNoFactor) {
  const auto codes = add_codes();
  world.add(World::kHotp, FactorKind::hotp, FactorState::pending);
  EXPECT_THAT(world.confirm(World::kHotp, codes[0]), RejectsAs(Reason::no_such_factor));
}

class TemporaryPass : public KnowledgeWorld {};

TEST_F(TemporaryPass, IsGoodForSoManyUses) {
  const std::string code = add_temporary(2);
  const auto verdict = world.verify(code);
  ASSERT_THAT(verdict, Accepts());
  EXPECT_EQ(verdict->kind, FactorKind::temporary_code);
  EXPECT_THAT(world.verify(code), Accepts());
  EXPECT_THAT(world.verify(code), RejectsAs(Reason::replayed));
}

TEST_F(TemporaryPass, IsExpiredAtItsEndAndBeforeItsBeginning) {
  const std::string code = add_temporary(2);
  world.clock.time += 1h;
  EXPECT_THAT(world.verify(code), RejectsAs(Reason::expired));
  world.clock.time -= 1ms;
  EXPECT_THAT(world.verify(code), Accepts());
  world.clock.time -= 1h;
  EXPECT_THAT(world.verify(code), RejectsAs(Reason::expired));
}

TEST_F(TemporaryPass, OfALostReplyIsNotUsedTwice) {
  const std::string code = add_temporary(2);
  const RequestId id = World::request_id(1);
  ASSERT_THAT(world.verify(code, id), Accepts());
  EXPECT_THAT(world.verify(code, id), Repeats());
  EXPECT_EQ(world.factor(kTemporary).motion.position, Position{0});
}

TEST_F(TemporaryPass, IsChargedWhenItIsWrong) {
  add_temporary(1);
  EXPECT_THAT(world.verify("ABCD-EFGH-JKMN"), RejectsAs(Reason::wrong_code));
  EXPECT_EQ(world.alice().budget.failures, 1U);
  EXPECT_EQ(world.factor(kTemporary).motion.failures, 1U);
}

class Device : public KnowledgeWorld {};

TEST_F(Device, ShowsAnotherTextEveryTime) {
  add_device();
  const std::string first = device_text();
  ASSERT_THAT(type(FactorKind::device, first), Accepts());
  const std::string second = device_text();
  EXPECT_NE(first, second);
  EXPECT_THAT(type(FactorKind::device, second), Accepts());
}

TEST_F(Device, IsAnsweredAgainWhenAReplyWasLost) {
  add_device();
  const std::string first = device_text();
  ASSERT_THAT(type(FactorKind::device, first), Accepts());
  world.clock.time += 60s;
  EXPECT_THAT(type(FactorKind::device, first), Repeats());
  EXPECT_EQ(world.factor(kDevice).fixed.state, FactorState::active);
}

TEST_F(Device, IsForgottenWhenAnOldTextOfItIsShown) {
  add_device();
  const std::string first = device_text();
  ASSERT_THAT(type(FactorKind::device, first), Accepts());
  world.clock.time += 61s;
  EXPECT_THAT(type(FactorKind::device, first), RejectsAs(Reason::replayed));
  EXPECT_EQ(world.factor(kDevice).fixed.state, FactorState::revoked);
  EXPECT_EQ(world.entries.back().event, Event::device_stolen);
  EXPECT_THAT(type(FactorKind::device, device_text()), RejectsAs(Reason::no_such_factor));
}

TEST_F(Device, IsForgottenAtItsEndAndNobodyIsChargedForThat) {
  add_device();
  const std::string text = device_text();
  world.clock.time += 720h;
  EXPECT_THAT(type(FactorKind::device, text), RejectsAs(Reason::expired));
  EXPECT_EQ(world.alice().budget.failures, 0U);
}

TEST_F(Device, OfSomebodyElseIsNone) {
  add_device();
  std::string text = device_text();
  text[0] = text[0] == 'A' ? 'B' : 'A';
  EXPECT_THAT(type(FactorKind::device, text), RejectsAs(Reason::no_such_factor));
  std::string forged = device_text();
  forged[60] = forged[60] == 'A' ? 'B' : 'A';
  EXPECT_THAT(type(FactorKind::device, forged), RejectsAs(Reason::wrong_code));
}

}  // namespace
}  // namespace countersign
