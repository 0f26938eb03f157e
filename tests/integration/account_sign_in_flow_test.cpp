// SPDX-License-Identifier: Apache-2.0
// Signing in, getting back in after a password was forgotten, and unlocking.
#include "tests/integration/account_flow.hpp"
#include "tests/support/courier.hpp"

#include <gmock/gmock.h>

#include <cctype>
#include <string>
#include <vector>

namespace countersign::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kHome = "192.0.2.1";
constexpr const char* kStranger = "203.0.113.9";
constexpr const char* kElsewhere = "198.51.100.7";

class SignIn : public AccountFlow {
 protected:
  // By a code that is sent there; the session is signed in afterwards.
  static void prove_by(AccountClient& visit, v1::FactorKind channel, const std::string& to) {
    const v1::Challenge sent = visit.start_challenge(channel, v1::SIGN_IN);
    EXPECT_EQ(sent.delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY);
    const std::string text = channel == v1::SMS ? next_text(to, "is your code to sign in")
                                                : next_mail(to, "Your code to sign in").text;
    const v1::Verdict verdict =
        visit.answer_challenge(sent.challenge_id(), code_in(text), v1::SIGN_IN);
    EXPECT_EQ(verdict.answer(), v1::ACCEPTED);
    EXPECT_EQ(visit.get_session().scope(), v1::SCOPE_ACCOUNT);
  }
  // Says who one is by a code, where nobody has signed in.
  static v1::Verdict recover(AccountClient& visit, const Person& person, v1::FactorKind channel,
                             v1::Purpose purpose) {
    const v1::Challenge sent = visit.start_challenge(channel, purpose, 0, person.username);
    EXPECT_EQ(sent.delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY);
    const std::string words =
        purpose == v1::RESET ? "code to set a new password" : "code to unlock";
    const std::string text = channel == v1::SMS ? next_text(person.number, words)
                                                : next_mail(person.address, words).text;
    return visit.answer_challenge(sent.challenge_id(), code_in(text), purpose, person.username);
  }
  // As far as an outsider sees them: without what is different each time.
  static std::string seen(const v1::Reply& reply) {
    v1::Reply same = reply;
    same.clear_request_id();
    if (same.has_challenge()) same.mutable_challenge()->set_challenge_id(1);
    return same.SerializeAsString();
  }
};

TEST_F(SignIn, TakesThePasswordAndThenAFactor) {
  Person bob = settle();
  AccountClient visit = visitor();
  const v1::SignInReport first = visit.sign_in(bob.username, kPassword);
  ASSERT_EQ(first.answer(), v1::ACCEPTED);
  EXPECT_EQ(first.factors_size(), 1);
  EXPECT_EQ(first.factors(0).kind(), v1::HOTP);
  EXPECT_EQ(visit.get_session().scope(), v1::SCOPE_SIGN_IN);
  EXPECT_EQ(visit.get_profile().version(), 0U);
  EXPECT_EQ(visit.error(), v1::DENIED);

  const std::string before = visit.session();
  EXPECT_EQ(visit.prove_factor(wrong_code(bob.token)).answer(), v1::REJECTED);
  EXPECT_EQ(visit.prove_factor(bob.token.press()).answer(), v1::ACCEPTED);
  EXPECT_EQ(visit.get_session().scope(), v1::SCOPE_ACCOUNT);
  EXPECT_NE(visit.get_profile().subject().username(), "");
  AccountClient late = visitor();
  late.use_session(before);
  EXPECT_EQ(late.get_session().id(), 0U);  // the session has another secret now
}

TEST_F(SignIn, TakesTheUsernameInAnySpelling) {
  Person bob = settle();
  std::string loud = bob.username;
  for (char& letter : loud) letter = static_cast<char>(std::toupper(letter));
  EXPECT_EQ(visitor().sign_in(loud, kPassword).answer(), v1::ACCEPTED);
}

TEST_F(SignIn, TakesAnyOfTheFactorsThatSomebodyHas) {
  Person bob = settle();
  confirm(bob, v1::SMS, bob.number);
  confirm(bob, v1::EMAIL, bob.address);
  ASSERT_NE(bob.visit.set_question(kQuestion + 1, "another one", true).id(), 0U);
  const v1::RecoveryCodes codes = bob.visit.make_recovery_codes();
  const Token app = token_of(bob.visit.enrol_totp("phone"), v1::TOTP);
  ASSERT_EQ(bob.visit.confirm_factor(app.factor, code_of(app)).answer(), v1::ACCEPTED);
  pass(1min);  // until the next code may be sent, and the app shows another one

  AccountClient by_sms = visitor();
  ASSERT_EQ(by_sms.sign_in(bob.username, kPassword).factors_size(), 6);
  prove_by(by_sms, v1::SMS, bob.number);
  AccountClient by_mail = visitor();
  ASSERT_EQ(by_mail.sign_in(bob.username, kPassword).answer(), v1::ACCEPTED);
  prove_by(by_mail, v1::EMAIL, bob.address);
  AccountClient by_app = visitor();
  ASSERT_EQ(by_app.sign_in(bob.username, kPassword).answer(), v1::ACCEPTED);
  EXPECT_EQ(by_app.prove_factor(code_of(app)).answer(), v1::ACCEPTED);
  AccountClient by_question = visitor();
  ASSERT_EQ(by_question.sign_in(bob.username, kPassword).answer(), v1::ACCEPTED);
  EXPECT_EQ(by_question.get_question().stock_id(), kQuestion + 1);
  EXPECT_EQ(by_question.answer_question("Another  ONE").answer(), v1::ACCEPTED);
  AccountClient by_paper = visitor();
  ASSERT_EQ(by_paper.sign_in(bob.username, kPassword).answer(), v1::ACCEPTED);
  EXPECT_EQ(by_paper.prove_factor(codes.codes(0)).answer(), v1::ACCEPTED);
}

// How long each takes is measured elsewhere.
TEST_F(SignIn, AnswersAWrongNameAndAWrongPasswordAlike) {
  const Person bob = settle();
  const Person pending = invite();
  const auto answer = [](const std::string& username, const char* password) {
    v1::Request request;
    request.mutable_sign_in()->mutable_subject()->set_username(username);
    request.mutable_sign_in()->set_password(password);
    return seen(visitor().call(request));
  };
  const std::vector<std::string> answers{answer(bob.username, kOther),
                                         answer("nobody-at-all", kPassword),
                                         answer(pending.username, kPassword)};
  EXPECT_THAT(answers, Each(answers[0]));
}

TEST_F(SignIn, AForgottenPasswordIsReplacedByLinkQuestionAndANewOne) {
  Person bob = settle();
  AccountClient forgetful = visitor();
  forgetful.request_link(bob.username, v1::RESET);
  const ReceivedMail mail = next_mail(bob.address, kNewPassword);
  EXPECT_THAT(mail.text, HasSubstr(bob.username));
  const std::string link = ticket_in(mail);
  EXPECT_EQ(forgetful.inspect_ticket(link).purpose(), v1::TICKET_RESET);
  ASSERT_EQ(forgetful.open_ticket(link).verdict().answer(), v1::ACCEPTED);
  EXPECT_FALSE(forgetful.set_password(kOther).set());
  EXPECT_EQ(forgetful.error(), v1::CONFLICT);
  EXPECT_EQ(forgetful.get_question().stock_id(), kQuestion);
  EXPECT_EQ(forgetful.answer_question("for running").answer(), v1::REJECTED);
  EXPECT_FALSE(forgetful.set_password(kOther).set());
  ASSERT_EQ(forgetful.answer_question(" For  Swimming").answer(), v1::ACCEPTED);
  ASSERT_TRUE(forgetful.set_password(kOther).set());

  told(bob, kPasswordChanged);
  EXPECT_EQ(bob.visit.get_session().id(), 0U);  // all sessions are over
  EXPECT_FALSE(may_sign_in(bob, kPassword));
  EXPECT_TRUE(may_sign_in(bob, kOther));
  EXPECT_EQ(visitor().open_ticket(link).verdict().reason(), v1::EXPIRED);
}

TEST_F(SignIn, AForgottenPasswordIsReplacedBySmsQuestionAndANewOne) {
  Person bob = settle();
  confirm(bob, v1::RESET_PHONE, bob.number);
  told(bob, kAddressChanged);
  AccountClient forgetful = visitor();
  ASSERT_EQ(recover(forgetful, bob, v1::SMS, v1::RESET).answer(), v1::ACCEPTED);
  EXPECT_EQ(forgetful.get_session().scope(), v1::SCOPE_RESET);
  EXPECT_FALSE(forgetful.set_password(kOther).set());
  ASSERT_EQ(forgetful.answer_question(kAnswer).answer(), v1::ACCEPTED);
  EXPECT_THAT(forgetful.set_password("Tuulinen-7-BOB").faults(),
              testing::ElementsAre(v1::USERNAME_PART));
  ASSERT_TRUE(forgetful.set_password(kOther).set());

  told(bob, kPasswordChanged);
  EXPECT_EQ(forgetful.get_session().id(), 0U);  // it was for this alone
  EXPECT_FALSE(may_sign_in(bob, kPassword));
  EXPECT_TRUE(may_sign_in(bob, kOther));
}

TEST_F(SignIn, AResetLinkIsGoodForAQuarterOfAnHour) {
  Person bob = settle();
  visitor().request_link(bob.username, v1::RESET);
  const std::string link = ticket_in(next_mail(bob.address, kNewPassword));
  pass(15min - 1s);
  EXPECT_EQ(visitor().open_ticket(link).verdict().answer(), v1::ACCEPTED);
  pass(1s);
  EXPECT_EQ(visitor().open_ticket(link).verdict().reason(), v1::EXPIRED);
}

TEST_F(SignIn, TheLastLinkOfADayIsKeptForWhereSomebodySignedIn) {
  constexpr int kOfStrangers = 4;
  Person bob = settle();
  AccountClient home = visitor();
  home.come_from(kHome);
  sign_in(bob, home);
  AccountClient stranger = visitor();
  stranger.come_from(kStranger);
  for (int sent = 0; sent < kOfStrangers; ++sent) {
    stranger.request_link(bob.username, v1::RESET);
    next_mail(bob.address, kNewPassword);
    pass(1min);
  }
  stranger.request_link(bob.username, v1::RESET);  // of which nothing comes
  home.request_link(bob.username, v1::RESET);
  const std::string link = ticket_in(next_mail(bob.address, kNewPassword));
  EXPECT_EQ(unread(bob.address, kNewPassword), 0U);
  EXPECT_EQ(home.open_ticket(link).verdict().answer(), v1::ACCEPTED);
}

// Somebody, somebody who has neither phone nor activated account, and nobody.
TEST_F(SignIn, NothingTellsWhetherThereIsSomebodyWhoForgotAPassword) {
  Person bob = settle();
  confirm(bob, v1::RESET_PHONE, bob.number);
  const Person pending = invite();
  pass(1min);
  std::vector<std::string> links;
  std::vector<std::string> texts;
  std::vector<std::string> mails;
  std::vector<std::string> wrong;
  for (const std::string& name : {bob.username, pending.username, std::string{"no-such-name"}}) {
    v1::Request link;
    link.mutable_request_link()->mutable_subject()->set_username(name);
    link.mutable_request_link()->set_purpose(v1::RESET);
    links.push_back(seen(visitor().call(link)));
    v1::Request start;
    start.mutable_start_challenge()->mutable_subject()->set_username(name);
    start.mutable_start_challenge()->set_purpose(v1::RESET);
    start.mutable_start_challenge()->set_kind(v1::SMS);
    const v1::Reply started = visitor().call(start);
    texts.push_back(seen(started));
    start.mutable_start_challenge()->set_kind(v1::EMAIL);
    mails.push_back(seen(visitor().call(start)));
    v1::Request answer;
    answer.mutable_answer_challenge()->mutable_subject()->set_username(name);
    answer.mutable_answer_challenge()->set_purpose(v1::RESET);
    answer.mutable_answer_challenge()->set_challenge_id(started.challenge().challenge_id());
    answer.mutable_answer_challenge()->set_passcode("12345678");
    v1::Reply answered = visitor().call(answer);
    // The reason is for the companion, which shows one sentence for all.
    answered.mutable_verdict()->clear_reason();
    wrong.push_back(seen(answered));
  }
  EXPECT_THAT(links, Each(links[0]));
  EXPECT_THAT(texts, Each(texts[0]));
  EXPECT_THAT(mails, Each(mails[0]));
  EXPECT_THAT(wrong, Each(wrong[0]));
}

TEST_F(SignIn, AnAccountThatStrangersHaveShutIsUnlockedBySms) {
  Person bob = settle();
  confirm(bob, v1::RESET_PHONE, bob.number);
  told(bob, kAddressChanged);
  AccountClient stranger = visitor();
  stranger.come_from(kStranger);
  constexpr int kTries = 20;
  for (int i = 0; i < kTries; ++i) {
    EXPECT_EQ(stranger.sign_in(bob.username, kOther).answer(), v1::REJECTED);
  }
  AccountClient visit = visitor();
  visit.come_from(kElsewhere);
  EXPECT_EQ(visit.sign_in(bob.username, kPassword).answer(), v1::REJECTED);

  ASSERT_EQ(recover(visit, bob, v1::SMS, v1::UNLOCK).answer(), v1::ACCEPTED);
  EXPECT_EQ(visit.get_session().id(), 0U);  // nobody is signed in by it
  told(bob, kUnlocked);
  sign_in(bob, visit);
}

TEST_F(SignIn, AnAccountThatStrangersHaveShutIsUnlockedByEMail) {
  Person bob = settle();
  AccountClient stranger = visitor();
  stranger.come_from(kStranger);
  while (portal_.get(bob.username).failures() < 15) stranger.sign_in(bob.username, kOther);
  AccountClient visit = visitor();
  visit.come_from(kElsewhere);
  EXPECT_EQ(visit.sign_in(bob.username, kPassword).answer(), v1::REJECTED);
  ASSERT_EQ(recover(visit, bob, v1::EMAIL, v1::UNLOCK).answer(), v1::ACCEPTED);
  told(bob, kUnlocked);
  sign_in(bob, visit);
  EXPECT_EQ(portal_.get(bob.username).failures(), 0U);
}

}  // namespace
}  // namespace countersign::test
