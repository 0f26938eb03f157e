// SPDX-License-Identifier: Apache-2.0
// Who is told of what is done to an account, and what the link "this was not me" does about it.
#include "tests/integration/account_flow.hpp"
#include "tests/support/courier.hpp"

#include <gmock/gmock.h>

#include <string>

namespace countersign::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Notice : public AccountFlow {
 protected:
  // What the link of the next such notice, the same at each address, says it is about.
  static std::string about(const Person& person, const char* words) {
    return visitor().inspect_ticket(told(person, words)).about();
  }
  // Says so by a link that was received.
  static void was_not_me(const std::string& link) {
    const v1::TicketOpened opened = visitor().open_ticket(link);
    EXPECT_EQ(opened.verdict().answer(), v1::ACCEPTED);
    EXPECT_EQ(opened.verdict().session(), "");  // nobody is let in by it
    EXPECT_EQ(visitor().open_ticket(link).verdict().reason(), v1::EXPIRED);
  }
  static std::string remember(AccountClient& visit) {
    const v1::RememberedDevice device = visit.remember_device("laptop");
    EXPECT_EQ(device.factor().kind(), v1::DEVICE) << visit.error_message();
    return device.device();
  }
  // Whoever knows the password, and has the token in hand.
  static AccountClient thief_of(Person& person) {
    AccountClient thief = visitor();
    sign_in(person, thief);
    return thief;
  }
};

TEST_F(Notice, OfEachChangeOfAFactorReachesEveryAddress) {
  Person bob = settle();
  const Token app = token_of(bob.visit.enrol_totp("phone"), v1::TOTP);
  ASSERT_EQ(bob.visit.confirm_factor(app.factor, code_of(app)).answer(), v1::ACCEPTED);
  EXPECT_EQ(about(bob, kFactorAdded), "factor_added");
  ASSERT_EQ(bob.visit.rename_factor(app.factor, "tablet").label(), "tablet");
  EXPECT_EQ(about(bob, kFactorChanged), "factor_changed");
  ASSERT_EQ(bob.visit.revoke_factor(app.factor).state(), v1::REVOKED);
  EXPECT_EQ(about(bob, kFactorRemoved), "factor_removed");
}

TEST_F(Notice, OfEachChangeOfWhatSomebodyKnowsReachesEveryAddress) {
  Person bob = settle();
  ASSERT_TRUE(bob.visit.set_password(kOther, kPassword).set());
  EXPECT_EQ(about(bob, kPasswordChanged), "password_changed");
  ASSERT_NE(bob.visit.set_question(kQuestion + 1, "another one").id(), 0U);
  EXPECT_EQ(about(bob, kQuestionChanged), "question_changed");
  confirm(bob, v1::RESET_PHONE, bob.number);
  EXPECT_EQ(about(bob, kAddressChanged), "address_changed");
  const v1::RecoveryCodes codes = bob.visit.make_recovery_codes();
  EXPECT_EQ(about(bob, kCodesMade), "recovery_codes_made");
  AccountClient visit = visitor();
  ASSERT_EQ(visit.sign_in(bob.username, kOther).answer(), v1::ACCEPTED);
  ASSERT_EQ(visit.prove_factor(codes.codes(0)).answer(), v1::ACCEPTED);
  EXPECT_EQ(about(bob, kCodeUsed), "recovery_code_used");
}

TEST_F(Notice, TellsWhatWasDoneAndIsInThePersonsLanguage) {
  Person bob = settle();
  ASSERT_EQ(bob.visit.rename_factor(bob.token.factor, "key ring").label(), "key ring");
  next_mail(bob.address, kFactorChanged);
  ASSERT_EQ(bob.visit.rename_factor(bob.token.factor, "").label(), "");  // told by its old name
  EXPECT_THAT(next_mail(bob.address, kFactorChanged).text, HasSubstr("code token (key ring)"));
  v1::ChangeProfile change;
  change.set_version(bob.visit.get_profile().version());
  change.set_first_name("Robert");
  change.set_last_name("Example");
  change.set_language("de");
  ASSERT_EQ(bob.visit.change_profile(change).language(), "de");
  ASSERT_TRUE(bob.visit.set_password(kOther, kPassword).set());
  EXPECT_THAT(next_mail(bob.address, "Ihr Passwort").text, HasSubstr("Example Bank"));
}

TEST_F(Notice, OfADeviceThatIsRememberedAndOfOneThatWasCopiedReachesEveryAddress) {
  Person bob = settle();
  const std::string copied = remember(bob.visit);
  EXPECT_EQ(about(bob, kDeviceRemembered), "device_remembered");
  AccountClient visit = visitor();
  const v1::SignInReport by_device = visit.sign_in(bob.username, kPassword, copied);
  ASSERT_EQ(by_device.scope(), v1::SCOPE_ACCOUNT);
  EXPECT_NE(by_device.device(), copied);
  pass(2min);  // by then nobody asks again because an answer was lost

  // Its old secret comes again: one of the two has stolen it, and neither is trusted.
  const v1::SignInReport late = visitor().sign_in(bob.username, kPassword, copied);
  EXPECT_EQ(late.scope(), v1::SCOPE_SIGN_IN);
  EXPECT_EQ(about(bob, kDeviceStolen), "device_stolen");
  EXPECT_EQ(visit.get_session().id(), 0U);
  const v1::SignInReport after = visitor().sign_in(bob.username, kPassword, by_device.device());
  EXPECT_EQ(after.scope(), v1::SCOPE_SIGN_IN);
}

TEST_F(Notice, OfAPasswordThatSomebodyElseHasSetPutsItOutOfUse) {
  Person bob = settle();
  AccountClient thief = thief_of(bob);
  ASSERT_TRUE(thief.set_password(kOther, kPassword).set());
  const std::string link = told(bob, kPasswordChanged);
  EXPECT_EQ(visitor().inspect_ticket(link).about(), "password_changed");
  EXPECT_EQ(thief.get_session().scope(), v1::SCOPE_ACCOUNT);  // so far
  was_not_me(link);
  EXPECT_EQ(told(bob, kSuspended), "");  // there is nothing to take back of this
  EXPECT_EQ(thief.get_session().id(), 0U);
  EXPECT_FALSE(may_sign_in(bob, kOther));

  AccountClient owner = visitor();
  owner.request_link(bob.username, v1::RESET);
  const std::string reset = ticket_in(next_mail(bob.address, kNewPassword));
  ASSERT_EQ(owner.open_ticket(reset).verdict().answer(), v1::ACCEPTED);
  ASSERT_EQ(owner.answer_question(kAnswer).answer(), v1::ACCEPTED);
  ASSERT_TRUE(owner.set_password(kPassword).set());
  EXPECT_TRUE(may_sign_in(bob, kPassword));
}

// Whose password is another's secret still.
TEST_F(Notice, OfAFactorThatSomebodyElseHasAddedPutsItOutOfUse) {
  Person bob = settle();
  AccountClient thief = thief_of(bob);
  const Token app = token_of(thief.enrol_totp("thief's"), v1::TOTP);
  ASSERT_EQ(thief.confirm_factor(app.factor, code_of(app)).answer(), v1::ACCEPTED);
  was_not_me(told(bob, kFactorAdded));
  told(bob, kSuspended);
  EXPECT_EQ(thief.get_session().id(), 0U);
  pass(30s);
  AccountClient again = visitor();
  ASSERT_EQ(again.sign_in(bob.username, kPassword).answer(), v1::ACCEPTED);
  EXPECT_EQ(again.prove_factor(code_of(app), app.factor).answer(), v1::REJECTED);
  EXPECT_EQ(again.prove_factor(bob.token.press()).answer(), v1::ACCEPTED);
}

// Changed twice, so that the one that the notice was about is gone already.
TEST_F(Notice, OfAnAddressThatSomebodyElseHasGivenPutsWhereItLedOutOfUse) {
  Person bob = settle();
  bob.visit = thief_of(bob);
  confirm(bob, v1::PRIMARY_EMAIL, "first-" + bob.address);
  const std::string link = told(bob, kAddressChanged);
  const std::string second = "second-" + bob.address;
  confirm(bob, v1::PRIMARY_EMAIL, second);
  next_mail(second, kAddressChanged);
  visitor().request_link(bob.username, v1::RESET);
  const std::string way_in = ticket_in(next_mail(second, kNewPassword));

  was_not_me(link);
  next_mail(bob.secondary, kSuspended);
  EXPECT_EQ(bob.visit.get_session().id(), 0U);
  EXPECT_EQ(visitor().open_ticket(way_in).verdict().reason(), v1::EXPIRED);
  EXPECT_FALSE(may_sign_in(bob, kPassword));
  pass(1min);
  visitor().request_link(bob.username, v1::RESET);
  const Person later = invite();  // whose letter comes after any to the thief
  next_mail(later.address, kActivate);
  EXPECT_EQ(unread(second, kNewPassword), 0U);
}

// Whoever reads the mail and says so gets nowhere by it.
TEST_F(Notice, OfAQuestionThatSomebodyElseHasSetLeavesNoWayAroundIt) {
  Person bob = settle();
  AccountClient thief = thief_of(bob);
  ASSERT_NE(thief.set_question(kQuestion + 1, "my own answer").id(), 0U);
  was_not_me(told(bob, kQuestionChanged));
  told(bob, kSuspended);
  AccountClient visit = visitor();
  visit.request_link(bob.username, v1::RESET);
  ASSERT_EQ(visit.open_ticket(ticket_in(next_mail(bob.address, kNewPassword))).verdict().answer(),
            v1::ACCEPTED);
  EXPECT_FALSE(visit.set_password(kOther).set());
  EXPECT_NE(visit.answer_question("my own answer").answer(), v1::ACCEPTED);
  EXPECT_NE(visit.answer_question(kAnswer).answer(), v1::ACCEPTED);
  EXPECT_FALSE(visit.set_password(kOther).set());
  EXPECT_FALSE(may_sign_in(bob, kPassword));
}

TEST_F(Notice, IsGoodForSevenDays) {
  Person bob = settle();
  ASSERT_EQ(bob.visit.make_recovery_codes().codes_size(), 10);
  const std::string link = told(bob, kCodesMade);
  pass(7 * 24h - 1s);
  EXPECT_EQ(visitor().inspect_ticket(link).state(), v1::TICKET_OPEN);
  pass(1s);
  EXPECT_EQ(visitor().inspect_ticket(link).state(), v1::TICKET_EXPIRED);
  EXPECT_EQ(visitor().open_ticket(link).verdict().reason(), v1::EXPIRED);
}

}  // namespace
}  // namespace countersign::test
