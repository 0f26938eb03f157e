// SPDX-License-Identifier: Apache-2.0
// From the letter to an account that is active: the link, a new one for one that is over, and the
// way on to the portal. What is set up in between stands in account_setup_flow_test.cpp.
#include "tests/integration/account_flow.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace countersign::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;

class Activation : public AccountFlow {
 protected:
  static std::string link_sent(const Person& person) {
    return ticket_in(next_mail(person.address, kActivate));
  }
  // A token for an authenticator app, confirmed.
  static void add_app(AccountClient& visit) {
    const Token app = token_of(visit.enrol_totp("phone"), v1::TOTP);
    EXPECT_EQ(visit.confirm_factor(app.factor, code_of(app)).answer(), v1::ACCEPTED);
  }
  static v1::HandOverReport redeem(const std::string& ticket) {
    v1::Request request;
    request.mutable_redeem_hand_over()->set_ticket(ticket);
    auto reply = appliance().verify_client().call(request);
    EXPECT_TRUE(reply);
    return reply ? reply->hand_over_report() : v1::HandOverReport{};
  }
};

TEST_F(Activation, ALetterTellsTheUsernameAndBringsALink) {
  const Person bob = invite();
  const ReceivedMail letter = next_mail(bob.address, kActivate);
  EXPECT_THAT(letter.header("Subject"), HasSubstr("Example Bank"));
  EXPECT_THAT(letter.text, HasSubstr("Hello Robert,"));
  EXPECT_THAT(letter.text, HasSubstr("Your username is:\r\n\r\n    " + bob.username + "\r\n"));
  EXPECT_THAT(letter.html, HasSubstr("<strong>" + bob.username + "</strong>"));
  EXPECT_EQ(ticket_in(letter).size(), 43U);
}

// As scanners do, which open every link.
TEST_F(Activation, LookingAtALinkChangesNothing) {
  Person bob = invite();
  const std::string link = link_sent(bob);
  const v1::TicketReport first = visitor().inspect_ticket(link);
  EXPECT_EQ(first.state(), v1::TICKET_OPEN);
  EXPECT_EQ(first.purpose(), v1::TICKET_ACTIVATION);
  EXPECT_EQ(first.subject().username(), bob.username);
  EXPECT_FALSE(first.password_needed());
  EXPECT_EQ(first.expires_at_ms() / 1000, now_seconds() + kActivationLifetime / 1s);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(visitor().inspect_ticket(link).SerializeAsString(), first.SerializeAsString());
  }
  EXPECT_EQ(portal_.get(bob.username).state(), v1::SUBJECT_PENDING);
  EXPECT_EQ(bob.visit.open_ticket(link).verdict().answer(), v1::ACCEPTED);
}

TEST_F(Activation, ResumesByTheLinkUntilThereIsAPasswordAndThenByBoth) {
  const Person bob = invite();
  const std::string link = link_sent(bob);
  EXPECT_EQ(visitor().open_ticket(link).verdict().answer(), v1::ACCEPTED);
  AccountClient first = visitor();
  ASSERT_EQ(first.open_ticket(link).verdict().answer(), v1::ACCEPTED);
  ASSERT_TRUE(first.set_password(kPassword).set());

  AccountClient again = visitor();
  EXPECT_TRUE(again.inspect_ticket(link).password_needed());
  EXPECT_EQ(again.open_ticket(link).verdict().reason(), v1::WRONG_CODE);
  EXPECT_EQ(again.open_ticket(link, kOther).verdict().reason(), v1::WRONG_CODE);
  ASSERT_EQ(again.open_ticket(link, kPassword).verdict().answer(), v1::ACCEPTED);
  EXPECT_EQ(again.get_session().scope(), v1::SCOPE_ACTIVATION);
}

// The page that shows a QR code is shown again after a wrong code.
TEST_F(Activation, ShowsAPendingSecretAgainUntilItIsConfirmed) {
  Person bob = invite();
  AccountClient& visit = bob.visit;
  ASSERT_EQ(visit.open_ticket(link_sent(bob)).verdict().answer(), v1::ACCEPTED);
  ASSERT_TRUE(visit.set_password(kPassword).set());
  const v1::Enrolment shown = visit.enrol_totp("phone");
  const Token app = token_of(shown, v1::TOTP);
  EXPECT_EQ(visit.confirm_factor(app.factor, wrong_code(app)).answer(), v1::REJECTED);
  EXPECT_EQ(visit.show_pending_secret(app.factor).otpauth_uri(), shown.otpauth_uri());
  ASSERT_EQ(visit.confirm_factor(app.factor, code_of(app)).answer(), v1::ACCEPTED);
  EXPECT_EQ(visit.show_pending_secret(app.factor).factor().id(), 0U);
  EXPECT_EQ(visit.error(), v1::NOT_FOUND);
}

TEST_F(Activation, ALinkIsSpentByTheFirstFactor) {
  Person bob = invite();
  const std::string link = link_sent(bob);
  ASSERT_EQ(bob.visit.open_ticket(link).verdict().answer(), v1::ACCEPTED);
  ASSERT_TRUE(bob.visit.set_password(kPassword).set());
  EXPECT_EQ(visitor().inspect_ticket(link).state(), v1::TICKET_OPEN);
  add_app(bob.visit);

  EXPECT_EQ(portal_.get(bob.username).state(), v1::SUBJECT_ACTIVE);
  EXPECT_EQ(bob.visit.get_session().scope(), v1::SCOPE_ACCOUNT);
  const v1::TicketReport spent = visitor().inspect_ticket(link);
  EXPECT_EQ(spent.state(), v1::TICKET_SPENT);
  EXPECT_TRUE(spent.account_is_active());
  EXPECT_EQ(visitor().open_ticket(link, kPassword).verdict().reason(), v1::EXPIRED);
}

TEST_F(Activation, ALinkIsGoodInTheLastSecondOfSevenDays) {
  Person bob = invite();
  const std::string link = link_sent(bob);
  pass(kActivationLifetime - 1s);
  EXPECT_EQ(visitor().inspect_ticket(link).state(), v1::TICKET_OPEN);
  ASSERT_EQ(bob.visit.open_ticket(link).verdict().answer(), v1::ACCEPTED);
  ASSERT_TRUE(bob.visit.set_password(kPassword).set());
  add_app(bob.visit);
  EXPECT_EQ(portal_.get(bob.username).state(), v1::SUBJECT_ACTIVE);
}

TEST_F(Activation, ALinkIsOverASecondAfterSevenDaysAndIsReplacedByOneOfSevenMore) {
  Person bob = invite();
  const std::string old = link_sent(bob);
  pass(kActivationLifetime);
  EXPECT_EQ(bob.visit.open_ticket(old).verdict().reason(), v1::EXPIRED);
  pass(1s);
  EXPECT_EQ(visitor().inspect_ticket(old).state(), v1::TICKET_EXPIRED);
  EXPECT_EQ(bob.visit.open_ticket(old).verdict().reason(), v1::EXPIRED);
  EXPECT_EQ(visitor().describe_realm().support(), "Service desk, +358 9 123 4567");

  const v1::LinkRequested asked = visitor().request_link(bob.username, v1::CONFIRMATION);
  EXPECT_EQ(asked.lifetime_seconds(), kActivationLifetime / 1s);
  const std::string fresh = link_sent(bob);
  EXPECT_NE(fresh, old);
  pass(kActivationLifetime - 1s);
  EXPECT_EQ(bob.visit.open_ticket(old).verdict().reason(), v1::EXPIRED);
  EXPECT_EQ(bob.visit.open_ticket(fresh).verdict().answer(), v1::ACCEPTED);
  pass(2s);
  EXPECT_EQ(visitor().open_ticket(fresh).verdict().reason(), v1::EXPIRED);
}

TEST_F(Activation, ANewLinkIsTheEndOfTheOneBefore) {
  Person bob = invite();
  const std::string old = link_sent(bob);
  pass(1min);
  visitor().request_link(bob.username, v1::CONFIRMATION);
  const std::string fresh = link_sent(bob);
  EXPECT_EQ(bob.visit.open_ticket(old).verdict().reason(), v1::EXPIRED);
  EXPECT_EQ(bob.visit.open_ticket(fresh).verdict().answer(), v1::ACCEPTED);
}

TEST_F(Activation, ARequestForALinkIsAnsweredAlikeForEveryName) {
  const Person pending = invite();
  const Person active = settle();
  pass(1min);
  std::vector<std::string> answers;
  for (const std::string& name :
       {pending.username, active.username, std::string{"nobody-at-all"}}) {
    v1::Request request;
    request.set_request_id(std::string(16, 'r'));
    request.mutable_request_link()->mutable_subject()->set_username(name);
    request.mutable_request_link()->set_purpose(v1::CONFIRMATION);
    answers.push_back(visitor().call(request).SerializeAsString());
    // And again, too soon.
    answers.push_back(visitor().call(request).SerializeAsString());
  }
  EXPECT_THAT(answers,
              ElementsAre(answers[0], answers[1], answers[0], answers[1], answers[0], answers[1]));
}

TEST_F(Activation, LinksAreSentOnceAMinuteAndToStrangersFourTimesADay) {
  constexpr int kOfStrangers = 4;
  const Person bob = invite();
  link_sent(bob);
  const v1::LinkRequested too_soon = visitor().request_link(bob.username, v1::CONFIRMATION);
  for (int sent = 1; sent < kOfStrangers; ++sent) {
    pass(1min);
    visitor().request_link(bob.username, v1::CONFIRMATION);
    link_sent(bob);
  }
  pass(1min);
  const v1::LinkRequested too_many = visitor().request_link(bob.username, v1::CONFIRMATION);
  EXPECT_EQ(too_many.SerializeAsString(), too_soon.SerializeAsString());
  EXPECT_EQ(too_many.retry_after_seconds(), 60U);  // as everybody is told

  const Person later = invite();  // whose letter comes after any to Bob
  link_sent(later);
  EXPECT_EQ(unread(bob.address, kActivate), 0U);
  pass(24h);
  visitor().request_link(bob.username, v1::CONFIRMATION);
  link_sent(bob);
}

TEST_F(Activation, EndsAtThePortalWhichRedeemsOnceWhoHasComeAndByWhat) {
  Person bob = invite();
  ASSERT_EQ(bob.visit.open_ticket(link_sent(bob)).verdict().answer(), v1::ACCEPTED);
  ASSERT_TRUE(bob.visit.set_password(kPassword).set());
  EXPECT_EQ(bob.visit.issue_hand_over().ticket(), "");
  EXPECT_EQ(bob.visit.error(), v1::DENIED);  // there is no factor yet
  add_app(bob.visit);

  const v1::HandOver way = bob.visit.issue_hand_over();
  EXPECT_EQ(way.url(), "https://portal.example.com/signed-in");
  const v1::HandOverReport who = redeem(way.ticket());
  EXPECT_EQ(who.answer(), v1::ACCEPTED);
  EXPECT_EQ(who.subject().username(), bob.username);
  EXPECT_EQ(who.password_at_ms() / 1000, now_seconds());
  EXPECT_EQ(who.factor_at_ms() / 1000, now_seconds());
  EXPECT_THAT(who.kinds(), IsSupersetOf({v1::PASSWORD, v1::TOTP}));
  EXPECT_THAT(who.amr(), IsSupersetOf({"pwd", "otp", "mfa"}));
  EXPECT_EQ(who.level(), 2U);
  EXPECT_EQ(redeem(way.ticket()).answer(), v1::REJECTED);
}

TEST_F(Activation, AHandOverIsOverAfterAMinute) {
  Person bob = settle();
  const v1::HandOver in_time = bob.visit.issue_hand_over();
  pass(59s);
  EXPECT_EQ(redeem(in_time.ticket()).answer(), v1::ACCEPTED);
  const v1::HandOver too_late = bob.visit.issue_hand_over();
  pass(60s);
  EXPECT_EQ(redeem(too_late.ticket()).answer(), v1::REJECTED);
}

}  // namespace
}  // namespace countersign::test
