// SPDX-License-Identifier: Apache-2.0
// "This was not me": what was changed is out of use, all of it, and nobody gets in by saying so.
#include "tests/unit/active_account.hpp"

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::FailsWith;
using test::kPassword;

constexpr std::string_view kThiefs = "thief@example.net";
constexpr std::string_view kOther = "Staple-Horse-43-Battery";

class NotMe : public test::ActiveAccount {
 protected:
  void wait() {
    world.clock.time += 2min;
    world.welcome_courier();
  }
  // Somebody has the account and gives it another address; of that this is the link.
  std::string address_taken(std::string_view thiefs = kThiefs) {
    wait();
    letters();
    confirmed(FactorKind::primary_email, thiefs);
    return not_me_sent();
  }
};

TEST_F(NotMe, TakesTheCodesFromTheAddressThatTookThemAlong) {
  const FactorId codes = confirmed(FactorKind::email);
  const std::string link = address_taken();
  ASSERT_TRUE(open(link)->outcome.verdict.accepted);
  EXPECT_EQ(state(codes), FactorState::suspended);
  const SubjectPtr bob = subject();
  for (const FactorRecord& record : bob->factors) {
    if (record.fixed.kind != FactorKind::primary_email) continue;
    EXPECT_NE(record.fixed.state, FactorState::active);
  }
  EXPECT_EQ(state(FactorKind::password), FactorState::suspended);
}

TEST_F(NotMe, LeavesCodesThatGoElsewhere) {
  const FactorId elsewhere = confirmed(FactorKind::sms, "+358401234567");
  ASSERT_TRUE(open(address_taken())->outcome.verdict.accepted);
  EXPECT_EQ(state(elsewhere), FactorState::active);
}

// Whoever has the account for a while makes sure that the first link finds nothing to take back.
TEST_F(NotMe, TakesBackAnAddressThatWasChangedAgainMeanwhile) {
  const FactorId codes = confirmed(FactorKind::email);
  const std::string link = address_taken();
  wait();
  const FactorId second = confirmed(FactorKind::primary_email, "thief@example.org");
  ASSERT_TRUE(open(link)->outcome.verdict.accepted);
  EXPECT_EQ(state(second), FactorState::suspended);
  EXPECT_EQ(state(codes), FactorState::suspended);
}

TEST_F(NotMe, TakesTheLinkThatLiesInTheTakenMailbox) {
  const std::string link = address_taken();
  wait();
  ASSERT_TRUE(request(TicketPurpose::reset));
  const std::string reset = ticket_sent();
  ASSERT_TRUE(open(link)->outcome.verdict.accepted);
  EXPECT_EQ(open(reset)->outcome.verdict.reason, Reason::expired);
}

// Who reads the mail says that a change was not theirs, so that no question is asked any more.
TEST_F(NotMe, OfTheQuestionLeavesNobodyToResetWithoutIt) {
  ASSERT_TRUE(set_question(begin(SessionScope::account), 3, "for swimming"));
  ASSERT_TRUE(open(not_me_sent())->outcome.verdict.accepted);
  ASSERT_EQ(state(FactorKind::reset_question), FactorState::suspended);
  wait();
  ASSERT_TRUE(request(TicketPurpose::reset));
  const auto visit = visit_by(open(ticket_sent())->outcome.session);
  ASSERT_TRUE(visit);
  EXPECT_THAT(set_password(*visit, kOther), FailsWith(ErrorCode::conflict));
  Resets resets{world.parts()};
  const AnswerQuestion right{test::secret("for swimming"), "192.0.2.7"};
  EXPECT_FALSE(test::run(resets.answer(*visit, right))->verdict.accepted);

  const SubjectPtr bob = subject();
  for (const FactorRecord& record : bob->factors) {  // the security team says so
    if (record.fixed.kind != FactorKind::reset_question) continue;
    ASSERT_TRUE(test::run(world.factors.resume(test::kProvider, {record.fixed.id})));
  }
  const auto answered = test::run(resets.answer(*visit, right));
  ASSERT_TRUE(answered && answered->verdict.accepted);
  EXPECT_TRUE(set_password(*visit_by(answered->session), kOther)->set);
}

TEST_F(NotMe, IsDoneWholeOrNotAtAllWhenAnyStepFails) {
  const FactorId codes = confirmed(FactorKind::email);
  const std::string link = address_taken();
  for (int fail_call = 1;; ++fail_call) {
    SCOPED_TRACE(testing::Message() << "call " << fail_call << " fails");
    world.calls = 0;
    world.fail_call = fail_call;
    const auto opened = open(link);
    world.fail_call = 0;
    if (opened) {
      EXPECT_EQ(state(codes), FactorState::suspended);
      EXPECT_EQ(state(FactorKind::password), FactorState::suspended);
      return;
    }
    EXPECT_EQ(state(codes), FactorState::active);
    EXPECT_EQ(state(FactorKind::password), FactorState::active);
  }
}

// Carol's account awaits its activation; she has a password, and somebody reads her mail.
class NotMeYet : public NotMe {
 protected:
  NotMeYet() {
    CreateSubject ask = wish("carol");
    ask.primary_email = Destination{FactorKind::email, "carol@example.com"};
    EXPECT_TRUE(create(ask));
    link = ticket_sent();
    set_first_password(link);
    confirmed(FactorKind::secondary_email, "carol@example.org", "carol");
    const std::string not_me = not_me_sent();
    EXPECT_TRUE(open(not_me)->outcome.verdict.accepted);
  }
  std::string link;
};

TEST_F(NotMeYet, EndsTheLinkThatActivates) {
  EXPECT_EQ(open(link)->outcome.verdict.reason, Reason::expired);
  EXPECT_EQ(open(link, kPassword)->outcome.verdict.reason, Reason::expired);
}

TEST_F(NotMeYet, LetsNobodyGoOnByAnotherLinkAlone) {
  wait();
  ASSERT_TRUE(request(TicketPurpose::activation, "carol"));
  const std::string another = ticket_sent();
  ASSERT_FALSE(another.empty());
  EXPECT_FALSE(open(another)->outcome.verdict.accepted);
  EXPECT_FALSE(open(another, kPassword)->outcome.verdict.accepted);
}

TEST_F(NotMeYet, LetsNobodySetAnotherPassword) {
  const Visit visit = begin(SessionScope::activation, "carol");
  EXPECT_THAT(set_password(visit, kOther), FailsWith(ErrorCode::conflict));
}

// By whoever made the account, and knows whose it is.
TEST_F(NotMeYet, BeginsAnewOnceThePasswordIsRevoked) {
  const SubjectPtr carol = subject("carol");
  for (const FactorRecord& record : carol->factors) {
    if (record.fixed.kind != FactorKind::password) continue;
    ASSERT_TRUE(test::run(world.factors.revoke(test::kProvider, {record.fixed.id})));
  }
  wait();
  letters();
  ASSERT_TRUE(test::run(links.send_activation(test::kProvider, {test::named("carol"), "en"})));
  const auto visit = visit_by(open(ticket_sent())->outcome.session);
  ASSERT_TRUE(visit);
  EXPECT_TRUE(set_password(*visit, kOther)->set);
}

}  // namespace
}  // namespace countersign
