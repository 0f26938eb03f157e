// SPDX-License-Identifier: Apache-2.0
// Getting back into an account: what a code does for its owner, and does not for a thief of the
// phone or the mail.
#include "tests/unit/active_account.hpp"

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::Accepts;
using test::kCompanion;
using test::RejectsAs;

constexpr std::string_view kOther = "Staple-Horse-43-Battery";
constexpr std::string_view kPhone = "+358401234567";

class GettingBackIn : public test::ActiveAccount {
 protected:
  GettingBackIn() { confirmed(FactorKind::reset_phone, kPhone); }

  // One to reset or to unlock by, to his phone.
  ChallengeId code_for(Purpose purpose) {
    world.clock.time += 20min;
    world.welcome_courier();
    StartChallenge wish = World::code_wish("bob");
    wish.purpose = purpose;
    const auto started = world.start(wish, kCompanion);
    EXPECT_TRUE(started);
    return started ? started->id : ChallengeId{};
  }
  Result<Verdict> answer(ChallengeId id, Purpose purpose) {
    const std::string address = "192.0.2.7";
    AnswerChallenge ask = World::code_answer(id, world.last_code);
    ask.subject = test::named("bob");
    ask.purpose = purpose;
    Recovered recovered{world.parts(), kCompanion, address};
    const RequestId request = World::request_id(next_++);
    return test::run(challenges_.answer(kCompanion, request, ask, &recovered));
  }
  // Bob's question, asked within a session that resets.
  Verdict guess(std::string_view answer) {
    world.clock.time += 20min;
    const Visit visit = begin(SessionScope::reset);
    const AnswerQuestion ask{test::secret(answer), "192.0.2.7"};
    const auto answered = test::run(Resets{world.parts()}.answer(visit, ask));
    return answered ? answered->verdict : Verdict{};
  }
  std::uint32_t failures_at(FactorKind kind) {
    const SubjectPtr bob = subject();
    for (const FactorRecord& record : bob->factors) {
      if (record.fixed.kind == kind) return record.motion.failures;
    }
    return 0;
  }
  using World = test::World;

 private:
  ChallengeService challenges_{world.parts()};
  int next_ = 5'000;
};

TEST_F(GettingBackIn, ByACodeForgetsFailures) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(set_password(begin(SessionScope::account), kOther, "Wrong-Horse-42-Battery"));
  }
  ASSERT_EQ(failures_at(FactorKind::password), 3U);
  ASSERT_THAT(answer(code_for(Purpose::unlock), Purpose::unlock), Accepts());
  EXPECT_EQ(failures_at(FactorKind::password), 0U);
  EXPECT_EQ(subject()->budget.failures, 0U);
}

// Else whoever has the phone guesses at the question for as long as they like.
TEST_F(GettingBackIn, ByACodeForgetsNoGuessAtTheQuestion) {
  ASSERT_TRUE(set_question(begin(SessionScope::account), 3, "for swimming"));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(guess("for running").accepted);
  ASSERT_THAT(answer(code_for(Purpose::unlock), Purpose::unlock), Accepts());
  EXPECT_EQ(failures_at(FactorKind::reset_question), 3U);
  ASSERT_THAT(answer(code_for(Purpose::reset), Purpose::reset), Accepts());
  EXPECT_EQ(failures_at(FactorKind::reset_question), 3U);
  EXPECT_TRUE(guess("for swimming").accepted);
  EXPECT_EQ(failures_at(FactorKind::reset_question), 0U);
}

TEST_F(GettingBackIn, ByUnlockingGivesNoMoreGuessesAtTheQuestionThanThereAre) {
  ASSERT_TRUE(set_question(begin(SessionScope::account), 3, "for swimming"));
  std::uint32_t evaluated = 0;
  for (int day = 0; day < 12; ++day) {
    for (int i = 0; i < 20; ++i) {
      if (guess("for running").reason == Reason::wrong_code) ++evaluated;
    }
    world.clock.time += 24h;
    ASSERT_THAT(answer(code_for(Purpose::unlock), Purpose::unlock), Accepts());
  }
  EXPECT_LE(evaluated, world.rules.throttle.failures_max);
}

// Somebody else has the code, and its owner has got in meanwhile.
TEST_F(GettingBackIn, ByACodeThatWasSentBeforeThePasswordWasSetIsRefused) {
  const ChallengeId code = code_for(Purpose::reset);
  world.clock.time += 1min;
  ASSERT_TRUE(set_password(begin(SessionScope::account), kOther, test::kPassword)->set);
  EXPECT_THAT(answer(code, Purpose::reset), RejectsAs(Reason::expired));
}

TEST_F(GettingBackIn, ByACodeIsPossibleAfterThePasswordWasSet) {
  ASSERT_TRUE(set_password(begin(SessionScope::account), kOther, test::kPassword)->set);
  EXPECT_THAT(answer(code_for(Purpose::reset), Purpose::reset), Accepts());
}

TEST_F(GettingBackIn, ByALinkInTheOldMailboxIsRefused) {
  world.clock.time += 20min;
  world.welcome_courier();
  letters();
  ASSERT_TRUE(request(TicketPurpose::reset));
  const std::string link = ticket_sent();
  const auto opened = open(link);
  ASSERT_TRUE(visit_by(opened->outcome.session));
  confirmed(FactorKind::primary_email, "bob@example.org");
  EXPECT_EQ(open(link)->outcome.verdict.reason, Reason::expired);
  EXPECT_FALSE(visit_by(opened->outcome.session));
}

TEST_F(GettingBackIn, ByALinkIsRefusedOnceThePolicyOffersNone) {
  world.clock.time += 20min;
  world.welcome_courier();
  letters();
  ASSERT_TRUE(request(TicketPurpose::reset));
  const std::string link = ticket_sent();
  world.rules.account.reset_by_email = false;
  EXPECT_EQ(open(link)->outcome.verdict.reason, Reason::expired);
  world.rules.account.reset_by_email = true;
  EXPECT_TRUE(open(link)->outcome.verdict.accepted);
}

}  // namespace
}  // namespace countersign
