// SPDX-License-Identifier: Apache-2.0
// The life of an account as its owner goes through it: the real daemon, HSM and store, and a
// courier that reads the letters.
#include "firmware-interface/base32.hpp"
#include "tests/support/account_client.hpp"
#include "tests/support/courier_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <utility>

namespace countersign::test {
namespace {

using testing::Contains;
using testing::IsEmpty;

constexpr const char* kPolicy = "[account]\nurl = \"https://accounts.example.com\"\n";
constexpr const char* kPassword = "Correct-Horse-42-Battery";
constexpr const char* kOther = "Staple-Horse-43-Battery";

// What an authenticator shows that was given this secret.
Token authenticator_of(const v1::Enrolment& enrolment) {
  Token token{.factor = enrolment.factor().id()};
  const auto secret = base32::decode(enrolment.secret_base32());
  EXPECT_TRUE(secret);
  if (secret) token.secret = as_text(secret->expose());
  return token;
}

class AccountFlow : public testing::Test {
 protected:
  // The ticket in the next letter that has a link of this name.
  std::string ticket_sent(const std::string& value = "link") {
    constexpr int kWaits = 5;
    for (int i = 0; i < kWaits; ++i) {
      while (!letters_.empty()) {
        const v1::OutboundMessage letter = letters_.front();
        letters_.pop_front();
        courier_.report(letter.message_id(), v1::SENT);
        for (const auto& each : letter.values()) {
          if (each.name() == value) return ticket_in(letter, value);
        }
      }
      for (v1::OutboundMessage& letter : courier_.take(1)) letters_.push_back(std::move(letter));
    }
    ADD_FAILURE() << "no letter with a " << value;
    return {};
  }
  // From the letter to the first factor: Bob has an account, and is signed in.
  Token activate(AccountClient& bob) {
    EXPECT_EQ(bob.open_ticket(ticket_sent()).verdict().answer(), v1::ACCEPTED);
    EXPECT_TRUE(bob.set_password(kPassword).set());
    EXPECT_NE(bob.set_question(3, "for swimming").id(), 0U);
    const Token token = authenticator_of(bob.enrol_totp("phone"));
    EXPECT_EQ(bob.confirm_factor(token.factor, token.now()).answer(), v1::ACCEPTED);
    return token;
  }

  Appliance appliance_{Appliance::Options{.policy = kPolicy}};
  ProvisionClient portal_{appliance_};
  CourierClient courier_{appliance_};
  std::deque<v1::OutboundMessage> letters_;
};

TEST_F(AccountFlow, GoesFromTheLetterToAnAccountThatIsActive) {
  courier_.take();
  const v1::Subject made = portal_.create("bob", "bob@example.com");
  EXPECT_EQ(made.state(), v1::SUBJECT_PENDING);
  EXPECT_EQ(made.activation().outcome(), v1::ACCEPTED_FOR_DELIVERY);

  AccountClient bob{appliance_};
  activate(bob);
  EXPECT_EQ(portal_.get("bob").state(), v1::SUBJECT_ACTIVE);
  EXPECT_EQ(bob.get_session().scope(), v1::SCOPE_ACCOUNT);
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

TEST_F(AccountFlow, ResumesByLinkAndPassword) {
  courier_.take();
  portal_.create("bob", "bob@example.com");
  const std::string link = ticket_sent();
  AccountClient first{appliance_};
  ASSERT_EQ(first.open_ticket(link).verdict().answer(), v1::ACCEPTED);
  ASSERT_TRUE(first.set_password(kPassword).set());

  AccountClient again{appliance_};
  EXPECT_EQ(again.open_ticket(link).verdict().reason(), v1::WRONG_CODE);
  EXPECT_EQ(again.open_ticket(link, kOther).verdict().reason(), v1::WRONG_CODE);
  ASSERT_EQ(again.open_ticket(link, kPassword).verdict().answer(), v1::ACCEPTED);
  const v1::Enrolment enrolment = again.enrol_totp();
  EXPECT_EQ(again.show_pending_secret(enrolment.factor().id()).otpauth_uri(),
            enrolment.otpauth_uri());
  const Token token = authenticator_of(enrolment);
  ASSERT_EQ(again.confirm_factor(token.factor, token.now()).answer(), v1::ACCEPTED);
  EXPECT_EQ(again.show_pending_secret(token.factor).factor().id(), 0U);
  EXPECT_EQ(again.open_ticket(link, kPassword).verdict().reason(), v1::EXPIRED);
}

TEST_F(AccountFlow, ResetsAPasswordByLinkAndQuestion) {
  courier_.take();
  portal_.create("bob", "bob@example.com");
  AccountClient bob{appliance_};
  activate(bob);

  AccountClient forgetful{appliance_};
  forgetful.request_link("bob", v1::RESET);
  const std::string link = ticket_sent();
  ASSERT_EQ(forgetful.open_ticket(link).verdict().answer(), v1::ACCEPTED);
  EXPECT_FALSE(forgetful.set_password(kOther).set());
  EXPECT_EQ(forgetful.error(), v1::CONFLICT);
  EXPECT_EQ(forgetful.answer_question("for running").answer(), v1::REJECTED);
  ASSERT_EQ(forgetful.answer_question(" For  Swimming").answer(), v1::ACCEPTED);
  ASSERT_TRUE(forgetful.set_password(kOther).set());

  EXPECT_EQ(bob.get_session().id(), 0U);
  EXPECT_EQ(bob.error(), v1::DENIED);
  EXPECT_EQ(bob.sign_in("bob", kPassword).answer(), v1::REJECTED);
  EXPECT_EQ(bob.sign_in("bob", kOther).answer(), v1::ACCEPTED);
  EXPECT_EQ(forgetful.open_ticket(link).verdict().reason(), v1::EXPIRED);
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

TEST_F(AccountFlow, ChangesAPasswordWhichItsOwnerRepudiates) {
  courier_.take();
  portal_.create("bob", "bob@example.com");
  AccountClient bob{appliance_};
  activate(bob);
  ASSERT_TRUE(bob.set_password(kOther, kPassword).set());
  EXPECT_EQ(bob.get_session().scope(), v1::SCOPE_ACCOUNT);  // by its new secret

  // The notice of the first factor came before.
  ticket_sent("not_me_link");
  const std::string link = ticket_sent("not_me_link");
  AccountClient owner{appliance_};
  EXPECT_EQ(owner.inspect_ticket(link).about(), "password_changed");
  ASSERT_EQ(owner.open_ticket(link).verdict().answer(), v1::ACCEPTED);
  EXPECT_EQ(bob.get_session().id(), 0U);
  EXPECT_EQ(owner.sign_in("bob", kOther).answer(), v1::REJECTED);
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

TEST_F(AccountFlow, TellsEverythingAndForgetsEverything) {
  courier_.take();
  portal_.create("bob", "bob@example.com");
  AccountClient bob{appliance_};
  activate(bob);
  const v1::SubjectExport all = portal_.export_subject("bob");
  EXPECT_EQ(all.profile().contacts(0).destination(), "bob@example.com");
  EXPECT_EQ(all.reset_question().stock_id(), 3U);
  EXPECT_GT(all.records_size(), 0);
  ASSERT_TRUE(portal_.erase_subject("bob"));
  EXPECT_EQ(portal_.get("bob").id(), 0U);
  EXPECT_EQ(portal_.error(), v1::NOT_FOUND);
  EXPECT_EQ(bob.get_session().id(), 0U);
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
  EXPECT_EQ(portal_.create("bob", "bob@example.com").state(), v1::SUBJECT_PENDING);
}

TEST_F(AccountFlow, NamesTheRulesThatAPasswordBreaks) {
  courier_.take();
  portal_.create("bob", "bob@example.com");
  AccountClient bob{appliance_};
  ASSERT_EQ(bob.open_ticket(ticket_sent()).verdict().answer(), v1::ACCEPTED);
  const v1::PasswordReport report = bob.set_password("Bob1");
  EXPECT_FALSE(report.set());
  EXPECT_THAT(report.faults(), Contains(v1::TOO_SHORT));
  EXPECT_THAT(report.faults(), Contains(v1::NO_SYMBOL));
  EXPECT_THAT(report.faults(), Contains(v1::USERNAME_PART));
  EXPECT_EQ(report.username_part(), "bob");
}

}  // namespace
}  // namespace countersign::test
