// SPDX-License-Identifier: Apache-2.0
// The promises of an activation, from the link to the first factor, one a test.
#include "tests/unit/account_visit.hpp"

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::AccountVisit;
using test::FailsWith;
using test::kPassword;
using testing::IsEmpty;
using testing::SizeIs;

class AnActivation : public AccountVisit {
 protected:
  AnActivation() {
    EXPECT_TRUE(create());
    link = ticket_sent();
  }
  std::string link;
};

TEST_F(AnActivation, BeginsByTheLinkAloneWhileThereIsNoPassword) {
  const auto opened = open(link);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->outcome.verdict.accepted);
  EXPECT_EQ(opened->purpose, TicketPurpose::activation);
  const auto visit = visit_by(opened->outcome.session);
  ASSERT_TRUE(visit);
  EXPECT_EQ(visit->session->scope, SessionScope::activation);
}

TEST_F(AnActivation, LeavesItsLinkAsItIs) {
  ASSERT_TRUE(open(link)->outcome.verdict.accepted);
  EXPECT_EQ((*find(link))->state, TicketState::open);
  EXPECT_TRUE(open(link)->outcome.verdict.accepted);
}

TEST_F(AnActivation, IsOverAfterSevenDaysToTheMillisecond) {
  world.clock.time += 7 * 24h - 1ms;
  EXPECT_TRUE(open(link)->outcome.verdict.accepted);
  world.clock.time += 1ms;
  EXPECT_EQ(open(link)->outcome.verdict.reason, Reason::expired);
}

TEST_F(AnActivation, IsRefusedToWhoeverHasNoLink) {
  const auto opened = open(std::string(43, 'A'));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->outcome.verdict.reason, Reason::expired);
  EXPECT_FALSE(opened->subject);
}

TEST_F(AnActivation, NeedsThePasswordTooFromThenOn) {
  set_first_password(link);
  EXPECT_EQ(open(link)->outcome.verdict.reason, Reason::wrong_code);
  EXPECT_EQ(open(link, "Wrong-Horse-42-Battery")->outcome.verdict.reason, Reason::wrong_code);
  const auto opened = open(link, kPassword);
  EXPECT_TRUE(opened->outcome.verdict.accepted);
  EXPECT_EQ(visit_by(opened->outcome.session)->session->proof.password_at, world.clock.time);
}

TEST_F(AnActivation, CountsAWrongPassword) {
  set_first_password(link);
  ASSERT_TRUE(open(link, "Wrong-Horse-42-Battery"));
  EXPECT_EQ(subject()->budget.failures, 1U);
}

TEST_F(AnActivation, SetsOneFirstPasswordAlone) {
  const auto visit = visit_by(open(link)->outcome.session);
  ASSERT_TRUE(set_password(*visit, kPassword)->set);
  EXPECT_THAT(set_password(*visit, "Another-Horse-42-Battery"), FailsWith(ErrorCode::conflict));
}

TEST_F(AnActivation, EndsByTheFirstFactorThatMayBeTheOnlyOne) {
  set_first_password(link);
  add_factor_of_bob(FactorKind::totp);
  Aftermath also;
  ASSERT_TRUE(complete(FactorKind::totp, also));
  EXPECT_EQ(also.state, SubjectState::active);
  ASSERT_THAT(also.account.tickets, SizeIs(1));
  EXPECT_EQ(also.account.tickets[0].to, TicketState::spent);
}

TEST_F(AnActivation, EndsForItsOwnerByNoFactorBeforeThereIsAPassword) {
  add_factor_of_bob(FactorKind::totp);
  Aftermath also;
  EXPECT_THAT(complete(FactorKind::totp, also), FailsWith(ErrorCode::denied));
  EXPECT_FALSE(also.state);
  EXPECT_THAT(also.account.tickets, IsEmpty());
  // A portal that keeps the passwords itself makes accounts that have none here.
  EXPECT_TRUE(complete(FactorKind::totp, also, Role::provision));
  EXPECT_EQ(also.state, SubjectState::active);
}

TEST_F(AnActivation, GoesOnAfterAFactorThatMayNotBeTheOnlyOne) {
  add_factor_of_bob(FactorKind::reset_phone);
  Aftermath also;
  ASSERT_TRUE(complete(FactorKind::reset_phone, also));
  EXPECT_FALSE(also.state);
  EXPECT_THAT(also.account.tickets, IsEmpty());
}

// Alice has an account that awaits its activation, and a factor that awaits its first code.
class APendingAccount : public testing::Test {
 protected:
  APendingAccount() {
    world.alice().fixed.state = SubjectState::pending;
    world.factor(test::World::kTotp).fixed.state = FactorState::pending;
  }
  test::World world;
};

TEST_F(APendingAccount, IsActiveFromItsFirstCodeOn) {
  ASSERT_THAT(world.confirm(test::World::kTotp, world.code_now()), test::Accepts());
  EXPECT_EQ(world.alice().fixed.state, SubjectState::active);
  EXPECT_EQ(std::ranges::count(world.entries, Event::activated, &JournalEntry::event), 1);
}

TEST_F(APendingAccount, IsNotActiveByAWrongCode) {
  ASSERT_THAT(world.confirm(test::World::kTotp, "123456"), test::RejectsAs(Reason::wrong_code));
  EXPECT_EQ(world.alice().fixed.state, SubjectState::pending);
}

TEST_F(APendingAccount, SignsNobodyIn) {
  world.factor(test::World::kTotp).fixed.state = FactorState::active;
  EXPECT_THAT(world.verify(world.code_now()), test::RejectsAs(Reason::suspended));
}

TEST_F(APendingAccount, IsActiveFromATokenOnThatItsOwnerClaims) {
  world.add_to_stock();
  ASSERT_TRUE(world.claim(test::World::otp({.session_counter = 1, .session_use = 1})));
  EXPECT_EQ(world.alice().fixed.state, SubjectState::active);
}

TEST_F(APendingAccount, IsActiveFromAnAnswerOnThatConfirmsASlot) {
  world.add_slot(FactorState::pending);
  const Peer admin{.uid = 1000, .gid = 1000, .role = Role::admin};
  const auto started = world.start(test::World::kSlot, admin);
  ASSERT_TRUE(started);
  ASSERT_THAT(world.answer(started->id, test::World::response_to(started->value), admin),
              test::Accepts());
  EXPECT_EQ(world.alice().fixed.state, SubjectState::active);
}

// Whatever breaks, nobody has a session that is not durable, and none is durable that nobody has.
TEST_F(AnActivation, NeverBeginsByHalvesWhenAnyStepFails) {
  for (int fail_call = 1;; ++fail_call) {
    SCOPED_TRACE(testing::Message() << "call " << fail_call << " fails");
    world.calls = 0;
    world.fail_call = fail_call;
    const auto opened = open(link);
    world.fail_call = 0;
    if (opened) {
      EXPECT_TRUE(opened->outcome.verdict.accepted);
      EXPECT_THAT(world.open_sessions, SizeIs(1));
      return;
    }
    EXPECT_THAT(world.open_sessions, IsEmpty());
  }
}

}  // namespace
}  // namespace countersign
