// SPDX-License-Identifier: Apache-2.0
// What somebody sets up who activates an account: a password, a question, a phone to reset by, and
// at least one factor.
#include "tests/integration/account_flow.hpp"
#include "tests/support/courier.hpp"
#include "tests/support/yubico_key.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace countersign::test {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;

class Setup : public AccountFlow {
 protected:
  // With the letter open.
  static Person begin(const std::string& name = "bob") {
    Person person = invite(name);
    const std::string ticket = ticket_in(next_mail(person.address, kActivate));
    EXPECT_EQ(person.visit.open_ticket(ticket).verdict().answer(), v1::ACCEPTED);
    return person;
  }
  // And with a password.
  static Person begin_with_password() {
    Person person = begin();
    EXPECT_TRUE(person.visit.set_password(kPassword).set());
    return person;
  }
  static v1::PasswordReport would_set(AccountClient& visit, const std::string& password) {
    v1::Request request;
    request.mutable_set_password()->set_new_password(password);
    request.mutable_set_password()->set_check_only(true);
    return visit.call(request).password_report();
  }
  static v1::Factor enrol_phone(AccountClient& visit, const std::string& typed,
                                const std::string& country) {
    v1::Request request;
    request.mutable_enrol_out_of_band()->set_kind(v1::RESET_PHONE);
    request.mutable_enrol_out_of_band()->set_destination(typed);
    request.mutable_enrol_out_of_band()->set_country(country);
    return visit.call(request).enrolment().factor();
  }
  v1::SubjectState state_of(const Person& person) { return portal_.get(person.username).state(); }
};

struct Faulty {
  std::string password;
  std::vector<v1::PasswordFault> faults;
  std::string username_part;
  std::string neighbour;  // which is good
};

TEST_F(Setup, EachRuleThatAPasswordBreaksIsNamedAndItsNeighbourIsGood) {
  // Its parts are "anna", "maria", "ab", which is too short to count, and a number.
  Person anna = begin("anna_maria.ab");
  const std::string number = anna.username.substr(anna.username.size() - 4);
  const std::string good = "Tuulinen-Meri7laine";
  const std::string more(256 - good.size(), 'x');
  const std::vector<Faulty> table{
      {"Tuulinen-M7", {v1::TOO_SHORT}, "", "Tuulinen-M7l"},
      {good + more + "x", {v1::TOO_LONG}, "", good + more},
      {"TUULINEN-MERI7LAINE", {v1::NO_LOWERCASE}, "", "TUULINEN-MERi7LAINE"},
      {"tuulinen-meri7laine", {v1::NO_UPPERCASE}, "", "tuulinen-Meri7laine"},
      {"Tuulinen-Merilaine", {v1::NO_NUMBER}, "", good},
      {"TuulinenMeri7laine", {v1::NO_SYMBOL}, "", "Tuulinen Meri7laine"},
      {"Tuulinen-7-aNNa", {v1::USERNAME_PART}, "anna", "Tuulinen-7-aN-Na"},
      {"Tuulinen7-MARIAn", {v1::USERNAME_PART}, "maria", "Tuulinen7-MARABn"},
      {"Tuulinen-" + number, {v1::USERNAME_PART}, number, "Tuulinen-" + number.substr(1) + "."},
      {"7391-Sunshine-8264", {v1::COMMON}, "", "7391-Sun-shine-8264"},
      {"Aaaaaaaaaaaaaaa1-", {v1::TOO_WEAK}, "", "Monday-Monday1"},
      {"Tuulinen\tMeri-7", {v1::NOT_TEXT}, "", "Tuulinen Meri-7"},
  };
  for (const Faulty& row : table) {
    SCOPED_TRACE(row.password);
    const v1::PasswordReport report = anna.visit.set_password(row.password);
    EXPECT_FALSE(report.set());
    EXPECT_THAT(report.faults(), ElementsAreArray(row.faults));
    EXPECT_EQ(report.username_part(), row.username_part);
    EXPECT_THAT(would_set(anna.visit, row.neighbour).faults(), IsEmpty()) << row.neighbour;
  }
  EXPECT_FALSE(anna.visit.get_session().has_password());
  EXPECT_TRUE(anna.visit.set_password(good).set());
}

TEST_F(Setup, ThePasswordIsChosenOnceAndIsReplacedByNobodyWhoHasTheLinkAlone) {
  Person bob = begin_with_password();
  EXPECT_FALSE(bob.visit.set_password(kOther).set());
  EXPECT_EQ(bob.visit.error(), v1::CONFLICT);
}

// An account that had a factor and no password would be nobody's.
TEST_F(Setup, WhatLeadsToAFactorComesAfterThePassword) {
  Person bob = begin();
  EXPECT_EQ(bob.visit.enrol_totp("phone").factor().id(), 0U);
  EXPECT_EQ(bob.visit.error(), v1::CONFLICT);
  EXPECT_THAT(bob.visit.error_message(), HasSubstr("set a password first"));
  EXPECT_EQ(enrol_phone(bob.visit, bob.number, "").id(), 0U);
  EXPECT_EQ(bob.visit.error(), v1::CONFLICT);
  EXPECT_EQ(bob.visit.start_challenge(v1::EMAIL, v1::CONFIRMATION).challenge_id(), 0U);
  EXPECT_EQ(bob.visit.error(), v1::CONFLICT);
  ASSERT_TRUE(bob.visit.set_password(kPassword).set());
  EXPECT_EQ(bob.visit.enrol_totp("phone").factor().state(), v1::PENDING);
}

TEST_F(Setup, OneOfNineteenQuestionsIsChosen) {
  Person bob = begin();
  const v1::RealmDescription rules = bob.visit.describe_realm();
  ASSERT_EQ(rules.questions_size(), 19);
  std::set<std::string> texts;
  for (const v1::StockQuestion& question : rules.questions()) {
    texts.insert(question.text());
    EXPECT_NE(bob.visit.set_question(question.id(), "in Timbuktu").id(), 0U) << question.text();
  }
  EXPECT_EQ(texts.size(), 19U);
  EXPECT_TRUE(bob.visit.get_session().has_reset_question());
}

TEST_F(Setup, OrAQuestionOfOnesOwn) {
  Person bob = begin();
  EXPECT_NE(bob.visit.set_custom_question("Whose cat?", "Schrödinger's").id(), 0U);
  EXPECT_NE(bob.visit.set_custom_question(std::string(149, 'a') + "?", "Schrödinger's").id(), 0U);
  for (const std::string& question : {std::string{"Whose cat"}, std::string(151, 'a')}) {
    EXPECT_EQ(bob.visit.set_custom_question(question, "Schrödinger's").id(), 0U);
    EXPECT_THAT(bob.visit.error_message(), HasSubstr("10 to 150 characters"));
  }
}

TEST_F(Setup, EachRuleThatAnAnswerBreaksIsNamed) {
  constexpr std::uint32_t kToy = 5;  // "Which toy did you love most as a child?"
  Person bob = begin_with_password();
  ASSERT_EQ(bob.visit.describe_realm().question_length_min(), 4U);
  const std::vector<std::pair<std::string, std::string>> table{
      {"abc", "too short"},
      {" a  b ", "too short"},
      {std::string(129, 'a'), "at most 128 characters"},
      {"TOY did", "must not be a part of its question"},
      {bob.username, "must not be the username"},
      {"BOB" + bob.username.substr(3), "must not be the username"},
      {kPassword, "must not be the password"},
  };
  for (const auto& [answer, why] : table) {
    EXPECT_EQ(bob.visit.set_question(kToy, answer).id(), 0U) << answer;
    EXPECT_EQ(bob.visit.error(), v1::MALFORMED);
    EXPECT_THAT(bob.visit.error_message(), HasSubstr(why));
  }
  EXPECT_EQ(bob.visit.set_question(20, "a question that is not there").id(), 0U);
  EXPECT_FALSE(bob.visit.get_session().has_reset_question());
  EXPECT_NE(bob.visit.set_question(kToy, "abcd").id(), 0U);
}

TEST_F(Setup, APhoneIsConfirmedByACodeThatItGets) {
  Person bob = begin_with_password();
  const std::string at_home = "0" + bob.number.substr(4);  // as one dials it there
  const v1::Factor phone = enrol_phone(bob.visit, at_home, "FI");
  EXPECT_EQ(phone.state(), v1::PENDING);
  const v1::Challenge sent = bob.visit.start_challenge(v1::SMS, v1::CONFIRMATION, phone.id());
  ASSERT_EQ(sent.delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY);
  const std::string text = next_text(bob.number, "is your code");
  EXPECT_THAT(text, HasSubstr("is your code to confirm this phone number for Example Bank"));
  const std::string code = code_in(text);
  const std::string wrong = code == "000000" ? "000001" : "000000";
  const auto answer = [&](const std::string& typed) {
    return bob.visit.answer_challenge(sent.challenge_id(), typed, v1::CONFIRMATION).answer();
  };
  EXPECT_EQ(answer(wrong), v1::REJECTED);
  EXPECT_EQ(answer(code), v1::ACCEPTED);
  const v1::Profile profile = bob.visit.get_profile();
  ASSERT_EQ(profile.contacts_size(), 3);  // and two addresses
  EXPECT_EQ(profile.contacts(2).kind(), v1::RESET_PHONE);
  EXPECT_EQ(profile.contacts(2).state(), v1::ACTIVE);
  EXPECT_THAT(profile.contacts(2).destination(), HasSubstr("••"));
  EXPECT_EQ(state_of(bob), v1::SUBJECT_PENDING);  // it is no factor
}

struct Refused {
  std::string typed;
  std::string country;
  std::string why;
};

TEST_F(Setup, AnotherNumberIsRefusedAndTheReasonIsGiven) {
  Person bob = begin_with_password();
  const std::vector<Refused> table{{"09 1234 5678", "FI", "is a fixed line"},
                                   {"+49 30 123456", "", "is a fixed line"},
                                   {"0600 12345", "FI", "is a premium-rate"},
                                   {"0900 123 4567", "DE", "is a premium-rate"},
                                   {"+1 800 555 1234", "", "is a toll-free"},
                                   {"040 123", "FI", "no such number"},
                                   {"040 1234567", "", "say which country"},
                                   {"none of yours", "FI", "is no phone number"},
                                   {"+358 40 123 4567 89 01", "", "too many digits"}};
  for (const Refused& row : table) {
    EXPECT_EQ(enrol_phone(bob.visit, row.typed, row.country).id(), 0U) << row.typed;
    EXPECT_EQ(bob.visit.error(), v1::MALFORMED);
    EXPECT_THAT(bob.visit.error_message(), HasSubstr(row.why)) << row.typed;
  }
  // In North America nobody can tell a fixed line from a mobile phone.
  EXPECT_NE(enrol_phone(bob.visit, "(201) 555-0123", "US").id(), 0U);
}

TEST_F(Setup, NoAccountIsActiveWithoutAFactor) {
  Person bob = begin_with_password();
  ASSERT_NE(bob.visit.set_question(kQuestion, kAnswer).id(), 0U);
  confirm(bob, v1::RESET_PHONE, bob.number);
  // A question to sign in by is on offer here, and never the only factor.
  ASSERT_NE(bob.visit.set_question(kQuestion + 1, "another one", true).id(), 0U);
  EXPECT_EQ(state_of(bob), v1::SUBJECT_PENDING);
  EXPECT_EQ(bob.visit.get_session().scope(), v1::SCOPE_ACTIVATION);
  EXPECT_EQ(bob.visit.make_recovery_codes().codes_size(), 0);
  EXPECT_EQ(bob.visit.error(), v1::DENIED);
  EXPECT_EQ(visitor().sign_in(bob.username, kPassword).answer(), v1::REJECTED);
}

TEST_F(Setup, ASecondQuestionIsAnotherOne) {
  Person bob = begin();
  ASSERT_NE(bob.visit.set_question(kQuestion, kAnswer).id(), 0U);
  EXPECT_EQ(bob.visit.set_question(kQuestion, kAnswer, true).id(), 0U);
  EXPECT_EQ(bob.visit.error(), v1::ALREADY_EXISTS);
}

// Each with a person of its own.
class EachFactor : public Setup {
 protected:
  void makes_active(const std::function<void(Person&)>& set_up, v1::FactorKind kind) {
    Person bob = begin_with_password();
    set_up(bob);
    EXPECT_EQ(state_of(bob), v1::SUBJECT_ACTIVE);
    EXPECT_EQ(bob.visit.get_session().scope(), v1::SCOPE_ACCOUNT);
    bool is_listed = false;
    const v1::FactorList all = bob.visit.list_factors();
    for (const v1::Factor& factor : all.factors()) {
      is_listed = is_listed || (factor.kind() == kind && factor.state() == v1::ACTIVE);
    }
    EXPECT_TRUE(is_listed);
    told(bob, kFactorAdded);
  }
};

TEST_F(EachFactor, AnAuthenticatorAppMakesTheAccountActive) {
  const auto set_up = [](Person& bob) {
    const v1::Enrolment shown = bob.visit.enrol_totp("phone");
    EXPECT_THAT(shown.otpauth_uri(), HasSubstr("otpauth://totp/"));
    const Token app = token_of(shown, v1::TOTP);
    EXPECT_EQ(bob.visit.confirm_factor(app.factor, code_of(app)).answer(), v1::ACCEPTED);
  };
  makes_active(set_up, v1::TOTP);
}

TEST_F(EachFactor, ATapOfAYubiKeyInStockMakesTheAccountActive) {
  YubicoKey key = random_yubico_key("", public_id_of(1));
  v1::Request import;
  v1::TokenSecret& token = *import.mutable_import_tokens()->add_tokens();
  token.set_kind(v1::YUBICO_OTP);
  token.set_public_id(key.public_id);
  token.set_secret(key.aes_key);
  token.set_private_id(key.private_id);
  const auto imported = appliance().admin_client().call(import);
  ASSERT_TRUE(imported);
  ASSERT_THAT(imported->import_report().outcomes(), ElementsAre(v1::IMPORTED));
  const auto set_up = [&key](Person& bob) {
    v1::Request tap;
    tap.mutable_claim_token()->set_passcode(key.tap());
    EXPECT_EQ(bob.visit.call(tap).verdict().answer(), v1::ACCEPTED) << bob.visit.error_message();
  };
  makes_active(set_up, v1::YUBICO_OTP);
}

TEST_F(EachFactor, CodesBySmsMakeTheAccountActive) {
  makes_active([](Person& bob) { confirm(bob, v1::SMS, bob.number); }, v1::SMS);
}

TEST_F(EachFactor, CodesToTheRegisteredAddressMakeTheAccountActive) {
  const auto set_up = [](Person& bob) {
    v1::Request request;
    request.mutable_enrol_out_of_band()->set_kind(v1::EMAIL);  // where the letter went
    const std::uint64_t factor = bob.visit.call(request).enrolment().factor().id();
    const v1::Challenge sent = bob.visit.start_challenge(v1::EMAIL, v1::CONFIRMATION, factor);
    const std::string code = code_in(next_mail(bob.address, kConfirm).text);
    const v1::Verdict verdict =
        bob.visit.answer_challenge(sent.challenge_id(), code, v1::CONFIRMATION);
    EXPECT_EQ(verdict.answer(), v1::ACCEPTED);
  };
  makes_active(set_up, v1::EMAIL);
}

}  // namespace
}  // namespace countersign::test
