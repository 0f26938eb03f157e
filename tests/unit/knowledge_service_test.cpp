// SPDX-License-Identifier: Apache-2.0
// What is given to people to keep: shown once, good at once, and the one before is not.
#include "tests/unit/knowledge_world.hpp"

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::Accepts;
using test::KnowledgeWorld;
using test::RejectsAs;
using test::World;

class GivenToKeep : public KnowledgeWorld {
 protected:
  std::string first_code() {
    const auto made = test::run(world.knowledge.make_recovery_codes(World::kPeer, World::kAlice));
    const auto& codes = std::get<RecoveryCodes>(*made).codes;
    EXPECT_EQ(codes.size(), world.rules.account.recovery_codes);
    return std::string{as_text(codes.front().expose())};
  }
  Result<Answer> issue(std::chrono::seconds lifetime, std::uint16_t uses) {
    const IssueTemporaryCode ask{
        .name = world.alice().fixed.name, .lifetime = lifetime, .uses = uses};
    return test::run(world.knowledge.issue_temporary_code(World::kPeer, ask));
  }
  std::string remember() {
    const auto label = Label::from("laptop");
    const auto made =
        test::run(world.knowledge.remember_device(World::kPeer, World::kAlice, *label));
    return std::string{as_text(std::get<RememberedDevice>(*made).device.expose())};
  }
  int count_open(FactorKind kind) {
    int open = 0;
    for (const FactorRecord& factor : world.alice().factors) {
      open += factor.fixed.kind == kind && factor.fixed.state == FactorState::active ? 1 : 0;
    }
    return open;
  }
};

TEST_F(GivenToKeep, ASecondSetOfCodesTakesThePlaceOfTheFirst) {
  const std::string old = first_code();
  const std::string fresh = first_code();
  EXPECT_EQ(count_open(FactorKind::recovery_codes), 1);
  EXPECT_THAT(world.verify(old), RejectsAs(Reason::wrong_code));
  EXPECT_THAT(world.verify(fresh), Accepts());
}

TEST_F(GivenToKeep, ATemporaryCodeIsGoodAtOnceAndTheOneBeforeIsNot) {
  const auto first = issue(1h, 1);
  const auto second = issue(1h, 1);
  ASSERT_TRUE(first && second);
  const auto text = [](const auto& answer) {
    return std::string{as_text(std::get<TemporaryCode>(*answer).code.expose())};
  };
  EXPECT_EQ(std::get<TemporaryCode>(*second).factor.remaining, 1U);
  EXPECT_EQ(std::get<TemporaryCode>(*second).factor.expires_at, world.clock.time + 1h);
  EXPECT_THAT(world.verify(text(first)), RejectsAs(Reason::wrong_code));
  EXPECT_THAT(world.verify(text(second)), Accepts());
  EXPECT_EQ(world.entries.front().event, Event::temporary_code_issued);
}

TEST_F(GivenToKeep, ATemporaryCodeIsGoodForNoLongerThanPoliciesAllow) {
  for (const auto lifetime :
       {std::chrono::seconds{299}, world.rules.account.temporary_code_max + 1s}) {
    const auto refused = issue(lifetime, 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::limit_exceeded);
  }
  EXPECT_FALSE(issue(1h, 0));
}

TEST_F(GivenToKeep, ADeviceIsAcceptedByWhatItWasGiven) {
  world.rules.factors.rules[static_cast<std::size_t>(policies::FactorRuleOf::device)].offer = true;
  EXPECT_THAT(type(FactorKind::device, remember()), Accepts());
}

TEST_F(GivenToKeep, OfTooManyDevicesTheOldestIsForgotten) {
  world.rules.factors.rules[static_cast<std::size_t>(policies::FactorRuleOf::device)].offer = true;
  const std::string oldest = remember();
  for (int i = 0; i < world.rules.account.devices_max; ++i) {
    world.clock.time += 1s;
    remember();
  }
  EXPECT_EQ(count_open(FactorKind::device), world.rules.account.devices_max);
  EXPECT_THAT(type(FactorKind::device, oldest), RejectsAs(Reason::no_such_factor));
}

TEST_F(GivenToKeep, NothingIsShownThatWasNotKept) {
  world.fail_call = 1;
  EXPECT_FALSE(issue(1h, 1));
  EXPECT_EQ(count_open(FactorKind::temporary_code), 0);
}

}  // namespace
}  // namespace countersign
