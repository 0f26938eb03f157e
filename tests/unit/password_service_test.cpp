// SPDX-License-Identifier: Apache-2.0
// The promises of PasswordService and QuestionService, one a test.
#include "tests/unit/active_account.hpp"

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::FailsWith;
using test::kPassword;
using testing::Contains;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kOther = "Staple-Horse-43-Battery";

class BobsPassword : public test::ActiveAccount {};

TEST_F(BobsPassword, NamesAllRulesThatItBreaksAtOnce) {
  const Visit visit = begin(SessionScope::account);
  const auto report = set_password(visit, "bob", kPassword);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->set);
  EXPECT_THAT(report->faults, Contains(PasswordFault::too_short));
  EXPECT_THAT(report->faults, Contains(PasswordFault::no_uppercase));
  EXPECT_THAT(report->faults, Contains(PasswordFault::no_number));
  EXPECT_THAT(report->faults, Contains(PasswordFault::no_symbol));
  EXPECT_THAT(report->faults, Contains(PasswordFault::username_part));
  EXPECT_EQ(report->username_part, "bob");
}

TEST_F(BobsPassword, IsNotSetWhereItIsOnlyChecked) {
  const Visit visit = begin(SessionScope::account);
  const auto report = set_password(visit, kOther, "wrong", true);
  ASSERT_TRUE(report);
  EXPECT_THAT(report->faults, IsEmpty());
  EXPECT_FALSE(report->set);
  EXPECT_EQ(subject()->budget.failures, 0U);
}

TEST_F(BobsPassword, ChangesByThePresentOneAlone) {
  const Visit visit = begin(SessionScope::account);
  const auto refused = set_password(visit, kOther, "Wrong-Horse-42-Battery");
  ASSERT_TRUE(refused);
  EXPECT_TRUE(refused->wrong_current);
  EXPECT_EQ(subject()->budget.failures, 1U);
  world.clock.time += 1h;
  EXPECT_TRUE(set_password(begin(SessionScope::account), kOther, kPassword)->set);
}

TEST_F(BobsPassword, EndsAllOtherSessionsAndGivesThisOneAnotherSecret) {
  begin(SessionScope::account);
  begin(SessionScope::sign_in);
  const Visit visit = begin(SessionScope::account);
  const auto report = set_password(visit, kOther, kPassword);
  ASSERT_TRUE(report && report->set);
  EXPECT_THAT(world.open_sessions, SizeIs(1));
  const auto next = visit_by(report->session);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->session->id, visit.session->id);
  EXPECT_NE(next->session->mac, visit.session->mac);
}

TEST_F(BobsPassword, TellsThatItWasChanged) {
  ASSERT_TRUE(set_password(begin(SessionScope::account), kOther, kPassword)->set);
  const auto told = letters();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].kind, MessageKind::password_changed);
  EXPECT_FALSE(value_of(told[0], "not_me_link").empty());
}

// Whoever resumes it later would bring back what was trusted under another password.
TEST_F(BobsPassword, EndsADeviceThatIsSuspended) {
  add_factor_of_bob(FactorKind::device);
  const FactorId device = subject()->factors.back().fixed.id;
  const Peer provider{.uid = 1000, .gid = 1000, .role = Role::provision};
  ASSERT_TRUE(test::run(world.factors.suspend(provider, SuspendFactor{device})));
  ASSERT_TRUE(set_password(begin(SessionScope::account), kOther, kPassword)->set);
  EXPECT_EQ(subject()->find(device)->fixed.state, FactorState::revoked);
}

TEST_F(BobsPassword, EndsLinksToResetItAndWhatDevicesWereTrustedWith) {
  ASSERT_TRUE(request(TicketPurpose::reset));
  const std::string link = ticket_sent();
  add_factor_of_bob(FactorKind::device);
  ASSERT_TRUE(set_password(begin(SessionScope::account), kOther, kPassword)->set);
  EXPECT_EQ((*find(link))->state, TicketState::superseded);
  const SubjectPtr now = subject();
  for (const FactorRecord& record : now->factors) {
    if (record.fixed.kind != FactorKind::device) continue;
    EXPECT_EQ(record.fixed.state, FactorState::revoked);
  }
}

TEST_F(BobsPassword, IsNoneOfThoseBeforeIt) {
  world.rules.password.history = 2;
  ASSERT_TRUE(set_password(begin(SessionScope::account), kOther, kPassword)->set);
  for (const std::string_view before : {kPassword, kOther}) {
    const auto report = set_password(begin(SessionScope::account), before, kOther);
    ASSERT_TRUE(report);
    EXPECT_THAT(report->faults, Contains(PasswordFault::used_before));
  }
}

TEST_F(BobsPassword, IsNoAnswerToAQuestion) {
  ASSERT_TRUE(set_question(begin(SessionScope::account), 3, kOther));
  const auto report = set_password(begin(SessionScope::account), kOther, kPassword);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->set);
}

TEST_F(BobsPassword, IsResetByALinkOnceAndTheSessionIsOver) {
  ASSERT_TRUE(request(TicketPurpose::reset));
  const std::string link = ticket_sent();
  const auto opened = open(link);
  ASSERT_TRUE(opened->outcome.verdict.accepted);
  const auto visit = visit_by(opened->outcome.session);
  ASSERT_TRUE(visit);
  EXPECT_EQ(visit->session->scope, SessionScope::reset);
  ASSERT_TRUE(set_password(*visit, kOther)->set);
  EXPECT_EQ((*find(link))->state, TicketState::spent);
  EXPECT_THAT(world.open_sessions, IsEmpty());
  EXPECT_EQ(open(link)->outcome.verdict.reason, Reason::expired);
}

TEST_F(BobsPassword, IsResetByOneOfTwoThatHaveTheSameLink) {
  ASSERT_TRUE(request(TicketPurpose::reset));
  const std::string link = ticket_sent();
  const auto one = visit_by(open(link)->outcome.session);
  const auto other = visit_by(open(link)->outcome.session);
  ASSERT_TRUE(set_password(*one, kOther)->set);
  EXPECT_FALSE(set_password(*other, "Nail-Horse-44-Battery"));
}

TEST_F(BobsPassword, IsResetOnlyAfterTheQuestionWhereThereIsOne) {
  ASSERT_TRUE(set_question(begin(SessionScope::account), 3, "for swimming"));
  ASSERT_TRUE(request(TicketPurpose::reset));
  const auto visit = visit_by(open(ticket_sent())->outcome.session);
  ASSERT_TRUE(visit);
  EXPECT_THAT(set_password(*visit, kOther), FailsWith(ErrorCode::conflict));

  Resets resets{world.parts()};
  const AnswerQuestion wrong{test::secret("for running"), "192.0.2.7"};
  EXPECT_FALSE(test::run(resets.answer(*visit, wrong))->verdict.accepted);
  const AnswerQuestion right{test::secret(" For  SWIMMING "), "192.0.2.7"};
  const auto answered = test::run(resets.answer(*visit, right));
  ASSERT_TRUE(answered && answered->verdict.accepted);
  EXPECT_TRUE(set_password(*visit_by(answered->session), kOther)->set);
}

TEST_F(BobsPassword, ForgetsTheFailuresOfTheOneBefore) {
  ASSERT_TRUE(set_password(begin(SessionScope::account), kOther, "Wrong-Horse-42-Battery"));
  ASSERT_TRUE(request(TicketPurpose::reset));
  const auto visit = visit_by(open(ticket_sent())->outcome.session);
  ASSERT_TRUE(set_password(*visit, kOther)->set);
  const SubjectPtr now = subject();
  for (const FactorRecord& record : now->factors) EXPECT_EQ(record.motion.failures, 0U);
}

// Whatever breaks, the password is set with everything that belongs to it, or not at all.
TEST_F(BobsPassword, IsNeverSetByHalvesWhenAnyStepFails) {
  for (int fail_call = 1;; ++fail_call) {
    SCOPED_TRACE(testing::Message() << "call " << fail_call << " fails");
    world.clock.time += 1h;
    world.welcome_courier();
    const Visit visit = begin(SessionScope::account);
    const std::size_t before = count(Event::password_set);
    world.calls = 0;
    world.fail_call = fail_call;
    const auto report = set_password(visit, kOther, kPassword);
    world.fail_call = 0;
    if (report) {
      EXPECT_TRUE(report->set);
      EXPECT_THAT(letters(), SizeIs(1));
      EXPECT_EQ(count(Event::password_set), before + 1);
      return;
    }
    EXPECT_THAT(letters(), IsEmpty());
    EXPECT_EQ(count(Event::password_set), before);
  }
}

TEST_F(BobsPassword, IsSuspendedByWhoeverSaysThatTheyDidNotChangeIt) {
  ASSERT_TRUE(set_password(begin(SessionScope::account), kOther, kPassword)->set);
  std::string link;
  for (const auto& letter : letters()) link = value_of(letter, "not_me_link");
  const auto opened = open(link.substr(test::kLinkStart.size()));
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->outcome.verdict.accepted);
  EXPECT_EQ(opened->purpose, TicketPurpose::repudiation);
  EXPECT_THAT(world.open_sessions, IsEmpty());
  const SubjectPtr now = subject();
  for (const FactorRecord& record : now->factors) {
    if (record.fixed.kind != FactorKind::password) continue;
    EXPECT_EQ(record.fixed.state, FactorState::suspended);
  }
  const auto told = letters();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].kind, MessageKind::suspended);
}

class BobsQuestion : public BobsPassword {};

TEST_F(BobsQuestion, HasAnAnswerThatIsNotPartOfIt) {
  const auto refused = set_question(begin(SessionScope::account), 3, "Medal");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().operation.view(), "answer.in_question");
}

TEST_F(BobsQuestion, HasAnAnswerThatIsLongEnough) {
  EXPECT_EQ(set_question(begin(SessionScope::account), 3, "abc").error().operation.view(),
            "answer.length");
}

TEST_F(BobsQuestion, HasAnAnswerThatIsNotThePassword) {
  EXPECT_EQ(set_question(begin(SessionScope::account), 3, kPassword).error().operation.view(),
            "answer.password");
}

TEST_F(BobsQuestion, IsOneThatExists) {
  EXPECT_THAT(set_question(begin(SessionScope::account), 20, "anything"),
              FailsWith(ErrorCode::malformed));
}

TEST_F(BobsQuestion, ToSignInByIsNotTheOneBeforeAReset) {
  auto& rule =
      world.rules.factors.rules[static_cast<std::size_t>(policies::FactorRuleOf::question)];
  rule.offer = true;
  ASSERT_TRUE(set_question(begin(SessionScope::account), 3, "for swimming"));
  EXPECT_THAT(set_question(begin(SessionScope::account), 3, "for running", true),
              FailsWith(ErrorCode::already_exists));
  EXPECT_TRUE(set_question(begin(SessionScope::account), 4, "for running", true));
}

TEST_F(BobsQuestion, IsGivenOutWithTheRestWhicheverItIs) {
  auto& rule =
      world.rules.factors.rules[static_cast<std::size_t>(policies::FactorRuleOf::question)];
  rule.offer = true;
  ASSERT_TRUE(set_question(begin(SessionScope::account), 3, "for swimming"));
  ASSERT_TRUE(set_question(begin(SessionScope::account), 4, "for running", true));
  const auto all = test::run_for(accounts.give_out(test::kProvider, {test::named("bob")}));
  ASSERT_TRUE(all);
  EXPECT_EQ(all->reset_question.stock_id, 3);
  EXPECT_EQ(all->question.stock_id, 4);
}

}  // namespace
}  // namespace countersign
