// SPDX-License-Identifier: Apache-2.0
// What somebody who is signed in does with their account, and who is told of it.
#include "tests/integration/account_flow.hpp"
#include "tests/support/courier.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace countersign::test {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Settings : public AccountFlow {
 protected:
  static v1::Contact contact(const v1::Profile& profile, v1::FactorKind kind,
                             v1::FactorState state) {
    for (const v1::Contact& each : profile.contacts()) {
      if (each.kind() == kind && each.state() == state) return each;
    }
    return {};
  }
  static v1::Factor listed(AccountClient& visit, std::uint64_t id) {
    const v1::FactorList all = visit.list_factors();
    for (const v1::Factor& each : all.factors()) {
      if (each.id() == id) return each;
    }
    return {};
  }
  // Of recovery codes: how many are left.
  static std::uint32_t remaining(AccountClient& visit) {
    const v1::FactorList all = visit.list_factors();
    for (const v1::Factor& each : all.factors()) {
      if (each.kind() == v1::RECOVERY_CODES && each.state() == v1::ACTIVE) return each.remaining();
    }
    return 0;
  }
  static v1::ChangeProfile new_name(AccountClient& visit) {
    const v1::Profile before = visit.get_profile();
    v1::ChangeProfile change;
    change.set_version(before.version());
    change.set_first_name("Bob");
    change.set_last_name(before.last_name());
    change.set_language("fi");
    return change;
  }
};

TEST_F(Settings, AChangeNeedsPasswordAndFactorOfTheLastFiveMinutes) {
  Person bob = settle();
  AccountClient& visit = bob.visit;
  EXPECT_EQ(visit.describe_realm().proof_lifetime_seconds(), 300U);
  pass(5min);
  EXPECT_EQ(visit.change_profile(new_name(visit)).first_name(), "Bob");
  pass(1s);
  EXPECT_EQ(visit.change_profile(new_name(visit)).version(), 0U);
  EXPECT_EQ(visit.error(), v1::PROOF_REQUIRED);
  EXPECT_TRUE(visit.proof_needed().password());
  EXPECT_TRUE(visit.proof_needed().factor());

  EXPECT_EQ(visit.reauthenticate(kOther).answer(), v1::REJECTED);
  ASSERT_EQ(visit.reauthenticate(kPassword).answer(), v1::ACCEPTED);
  EXPECT_EQ(visit.make_recovery_codes().codes_size(), 0);
  EXPECT_EQ(visit.error(), v1::PROOF_REQUIRED);
  EXPECT_FALSE(visit.proof_needed().password());
  EXPECT_TRUE(visit.proof_needed().factor());
  ASSERT_EQ(visit.prove_factor(bob.token.press()).answer(), v1::ACCEPTED);
  EXPECT_NE(visit.change_profile(new_name(visit)).version(), 0U);

  pass(4min);
  ASSERT_EQ(visit.prove_factor(bob.token.press()).answer(), v1::ACCEPTED);
  pass(2min);
  EXPECT_EQ(visit.get_profile(true).version(), 0U);  // addresses in full are as good as a change
  EXPECT_EQ(visit.error(), v1::PROOF_REQUIRED);
  EXPECT_TRUE(visit.proof_needed().password());
  EXPECT_FALSE(visit.proof_needed().factor());
  EXPECT_NE(visit.get_profile().version(), 0U);
}

TEST_F(Settings, NamesAreEditedAndTheUsernameStays) {
  Person bob = settle();
  v1::ChangeProfile change = new_name(bob.visit);
  const v1::Profile after = bob.visit.change_profile(change);
  EXPECT_EQ(after.first_name(), "Bob");
  EXPECT_EQ(after.last_name(), "Example");
  EXPECT_EQ(after.subject().username(), bob.username);
  // A page that was made before another change.
  EXPECT_EQ(bob.visit.change_profile(change).version(), 0U);
  EXPECT_EQ(bob.visit.error(), v1::CONFLICT);
  change.set_version(after.version());
  change.mutable_subject()->set_username("robert");
  EXPECT_EQ(bob.visit.change_profile(change).version(), 0U);
  EXPECT_EQ(bob.visit.error(), v1::DENIED);
  EXPECT_EQ(portal_.get(bob.username).name().username(), bob.username);
}

TEST_F(Settings, AnotherAddressWaitsForItsCodeAndTheOldOneIsTold) {
  Person bob = settle();
  AccountClient& visit = bob.visit;
  const std::string fresh = "new-" + bob.address;
  const v1::Factor pending = visit.enrol_destination(v1::PRIMARY_EMAIL, fresh);
  ASSERT_EQ(pending.state(), v1::PENDING);
  const v1::Challenge sent = visit.start_challenge(v1::EMAIL, v1::CONFIRMATION, pending.id());
  const std::string code = code_in(next_mail(fresh, kConfirm).text);
  const v1::Profile before = visit.get_profile(true);
  EXPECT_EQ(contact(before, v1::PRIMARY_EMAIL, v1::ACTIVE).destination(), bob.address);
  EXPECT_EQ(contact(before, v1::PRIMARY_EMAIL, v1::PENDING).destination(), fresh);
  visitor().request_link(bob.username, v1::RESET);  // goes to the old one still
  next_mail(bob.address, kNewPassword);

  ASSERT_EQ(visit.answer_challenge(sent.challenge_id(), code, v1::CONFIRMATION).answer(),
            v1::ACCEPTED);
  const std::string link = told(bob, kAddressChanged);
  EXPECT_EQ(ticket_in(next_mail(fresh, kAddressChanged)), link);
  const v1::Profile after = visit.get_profile(true);
  EXPECT_EQ(contact(after, v1::PRIMARY_EMAIL, v1::ACTIVE).destination(), fresh);
  EXPECT_EQ(contact(after, v1::PRIMARY_EMAIL, v1::PENDING).factor_id(), 0U);
  pass(1min);
  visitor().request_link(bob.username, v1::RESET);
  next_mail(fresh, kNewPassword);
  EXPECT_EQ(unread(bob.address, kNewPassword), 0U);
}

TEST_F(Settings, AnAddressThatIsNotConfirmedIsGivenUp) {
  Person bob = settle();
  const v1::Factor pending = bob.visit.enrol_destination(v1::SECONDARY_EMAIL, "x@example.net");
  ASSERT_EQ(bob.visit.revoke_factor(pending.id()).state(), v1::REVOKED);
  const v1::Profile after = bob.visit.get_profile(true);
  EXPECT_EQ(contact(after, v1::SECONDARY_EMAIL, v1::ACTIVE).destination(), bob.secondary);
  EXPECT_EQ(contact(after, v1::SECONDARY_EMAIL, v1::PENDING).factor_id(), 0U);
}

TEST_F(Settings, AMobilePhoneAndASecondAddressAreChangedLikewise) {
  Person bob = settle();
  confirm(bob, v1::MOBILE, bob.number);
  told(bob, kAddressChanged);
  confirm(bob, v1::SECONDARY_EMAIL, "new-" + bob.secondary);
  told(bob, kAddressChanged);
  next_mail("new-" + bob.secondary, kAddressChanged);
  const v1::Profile after = bob.visit.get_profile(true);
  EXPECT_EQ(contact(after, v1::MOBILE, v1::ACTIVE).destination(), bob.number);
  EXPECT_EQ(contact(after, v1::SECONDARY_EMAIL, v1::ACTIVE).destination(), "new-" + bob.secondary);
  EXPECT_THAT(bob.visit.get_profile().ShortDebugString(), Not(HasSubstr(bob.number)));
}

TEST_F(Settings, AnotherPasswordEndsTheOtherSessionsAndIsTold) {
  Person bob = settle();
  AccountClient elsewhere = visitor();
  sign_in(bob, elsewhere);
  EXPECT_EQ(bob.visit.list_sessions().sessions_size(), 2);
  const v1::PasswordReport wrong = bob.visit.set_password(kOther, kOther);
  EXPECT_FALSE(wrong.set());
  EXPECT_TRUE(wrong.wrong_current());
  EXPECT_THAT(bob.visit.set_password("Short-1", kPassword).faults(), Contains(v1::TOO_SHORT));
  ASSERT_TRUE(bob.visit.set_password(kOther, kPassword).set());

  EXPECT_EQ(bob.visit.get_session().scope(), v1::SCOPE_ACCOUNT);
  EXPECT_EQ(bob.visit.list_sessions().sessions_size(), 1);
  EXPECT_EQ(elsewhere.get_session().id(), 0U);
  EXPECT_EQ(elsewhere.error(), v1::DENIED);
  told(bob, kPasswordChanged);
  EXPECT_EQ(visitor().sign_in(bob.username, kPassword).answer(), v1::REJECTED);
  EXPECT_EQ(visitor().sign_in(bob.username, kOther).answer(), v1::ACCEPTED);
}

TEST_F(Settings, SessionsElsewhereAreListedAndEnded) {
  Person bob = settle();
  AccountClient tablet = visitor();
  AccountClient desk = visitor();
  sign_in(bob, tablet);
  sign_in(bob, desk);
  ASSERT_EQ(bob.visit.list_sessions().sessions_size(), 3);
  AccountClient half = visitor();
  ASSERT_EQ(half.sign_in(bob.username, kPassword).answer(), v1::ACCEPTED);
  EXPECT_FALSE(half.end_session(tablet.get_session().id()));  // before a factor was proven
  EXPECT_EQ(half.error(), v1::DENIED);
  EXPECT_FALSE(half.end_session(0, true));

  ASSERT_TRUE(bob.visit.end_session(tablet.get_session().id()));
  EXPECT_EQ(tablet.get_session().id(), 0U);
  EXPECT_NE(desk.get_session().id(), 0U);
  ASSERT_TRUE(bob.visit.end_session(0, true));
  EXPECT_EQ(desk.get_session().id(), 0U);
  ASSERT_TRUE(bob.visit.end_session());
  EXPECT_EQ(bob.visit.get_session().id(), 0U);
}

TEST_F(Settings, AnotherQuestionIsAskedFromThenOnAndIsTold) {
  Person bob = settle();
  ASSERT_NE(bob.visit.set_custom_question("Whose cat was it?", "Schrödinger's").id(), 0U);
  told(bob, kQuestionChanged);
  visitor().request_link(bob.username, v1::RESET);
  AccountClient forgetful = visitor();
  const std::string link = ticket_in(next_mail(bob.address, kNewPassword));
  ASSERT_EQ(forgetful.open_ticket(link).verdict().answer(), v1::ACCEPTED);
  EXPECT_EQ(forgetful.get_question().text(), "Whose cat was it?");
  EXPECT_EQ(forgetful.answer_question(kAnswer).answer(), v1::REJECTED);
  EXPECT_EQ(forgetful.answer_question("SCHRÖDINGER'S").answer(), v1::ACCEPTED);
}

TEST_F(Settings, APhoneToResetByIsAddedReplacedAndTold) {
  Person bob = settle();
  confirm(bob, v1::RESET_PHONE, bob.number);
  told(bob, kAddressChanged);
  const std::string other = bob.number.substr(0, 4) + "50123" + bob.number.substr(9);
  confirm(bob, v1::RESET_PHONE, other);
  told(bob, kAddressChanged);
  const v1::Profile after = bob.visit.get_profile(true);
  EXPECT_EQ(contact(after, v1::RESET_PHONE, v1::ACTIVE).destination(), other);
  visitor().start_challenge(v1::SMS, v1::RESET, 0, bob.username);
  next_text(other, "set a new password");
}

TEST_F(Settings, FactorsAreListedAddedRenamedAndRemovedAndEachChangeIsTold) {
  Person bob = settle();
  AccountClient& visit = bob.visit;
  const Token app = token_of(visit.enrol_totp("old phone"), v1::TOTP);
  EXPECT_EQ(listed(visit, app.factor).state(), v1::PENDING);
  ASSERT_EQ(visit.confirm_factor(app.factor, code_of(app)).answer(), v1::ACCEPTED);
  EXPECT_EQ(listed(visit, app.factor).state(), v1::ACTIVE);
  told(bob, kFactorAdded);
  EXPECT_EQ(visit.rename_factor(app.factor, "phone").label(), "phone");
  EXPECT_EQ(listed(visit, app.factor).label(), "phone");
  told(bob, kFactorChanged);
  ASSERT_EQ(visit.revoke_factor(app.factor).state(), v1::REVOKED);
  told(bob, kFactorRemoved);
  pass(30s);
  AccountClient without = visitor();
  ASSERT_EQ(without.sign_in(bob.username, kPassword).answer(), v1::ACCEPTED);
  EXPECT_EQ(without.prove_factor(code_of(app), app.factor).answer(), v1::REJECTED);
}

TEST_F(Settings, TheLastFactorThatCountsStays) {
  Person bob = settle();
  AccountClient& visit = bob.visit;
  ASSERT_EQ(visit.make_recovery_codes().codes_size(), 10);  // never the only one
  EXPECT_EQ(visit.revoke_factor(bob.token.factor).id(), 0U);
  EXPECT_EQ(visit.error(), v1::CONFLICT);
  EXPECT_THAT(visit.error_message(), HasSubstr("set up another first"));
  const v1::Factor sms = confirm(bob, v1::SMS, bob.number);
  EXPECT_EQ(visit.revoke_factor(bob.token.factor).state(), v1::REVOKED);
  EXPECT_EQ(visit.revoke_factor(sms.id()).id(), 0U);
  EXPECT_EQ(visit.error(), v1::CONFLICT);
}

TEST_F(Settings, ThePrimaryAddressIsReplacedAndNeverRemoved) {
  Person bob = settle();
  const v1::Profile profile = bob.visit.get_profile();
  const auto primary = contact(profile, v1::PRIMARY_EMAIL, v1::ACTIVE).factor_id();
  EXPECT_EQ(bob.visit.revoke_factor(primary).id(), 0U);
  EXPECT_EQ(bob.visit.error(), v1::CONFLICT);
  const auto secondary = contact(profile, v1::SECONDARY_EMAIL, v1::ACTIVE).factor_id();
  EXPECT_EQ(bob.visit.revoke_factor(secondary).state(), v1::REVOKED);
  told(bob, kAddressChanged);  // the one that is gone too
}

TEST_F(Settings, RecoveryCodesAreTenAreGoodOnceAndANewSetEndsTheOld) {
  Person bob = settle();
  const v1::RecoveryCodes first = bob.visit.make_recovery_codes();
  ASSERT_EQ(first.codes_size(), 10);
  EXPECT_EQ(std::set<std::string>(first.codes().begin(), first.codes().end()).size(), 10U);
  told(bob, kCodesMade);
  AccountClient visit = visitor();
  ASSERT_EQ(visit.sign_in(bob.username, kPassword).answer(), v1::ACCEPTED);
  EXPECT_EQ(visit.prove_factor(first.codes(4)).answer(), v1::ACCEPTED);
  told(bob, kCodeUsed);
  EXPECT_EQ(remaining(visit), 9U);
  AccountClient again = visitor();
  ASSERT_EQ(again.sign_in(bob.username, kPassword).answer(), v1::ACCEPTED);
  EXPECT_EQ(again.prove_factor(first.codes(4)).answer(), v1::REJECTED);

  const v1::RecoveryCodes second = bob.visit.make_recovery_codes();
  told(bob, kCodesMade);
  EXPECT_EQ(remaining(bob.visit), 10U);
  EXPECT_EQ(again.prove_factor(first.codes(5)).answer(), v1::REJECTED);
  EXPECT_EQ(again.prove_factor(second.codes(5)).answer(), v1::ACCEPTED);
}

TEST_F(Settings, TheActivityShowsWhenAndByWhichFactorTheAccountWasUsed) {
  Person bob = settle();
  pass(1min);
  AccountClient visit = visitor();
  visit.come_from("192.0.2.77");
  EXPECT_EQ(visit.sign_in(bob.username, kOther).answer(), v1::REJECTED);
  sign_in(bob, visit);
  const v1::ActivityList activity = visit.list_activity();
  ASSERT_GE(activity.records_size(), 3);
  const v1::JournalRecord& factor = activity.records(0);
  const v1::JournalRecord& password = activity.records(1);
  const v1::JournalRecord& wrong = activity.records(2);
  for (const v1::JournalRecord* record : {&factor, &password, &wrong}) {
    EXPECT_EQ(record->event(), "sign_in");
    EXPECT_EQ(record->client_address(), "192.0.2.77");
    EXPECT_EQ(record->at_ms() / 1000, now_seconds());
  }
  EXPECT_EQ(factor.kind(), v1::HOTP);
  EXPECT_EQ(factor.factor_id(), bob.token.factor);
  EXPECT_EQ(password.kind(), v1::PASSWORD);
  EXPECT_EQ(wrong.outcome(), v1::WRONG_CODE);
  const v1::ActivityList before = visit.list_activity(factor.number());
  ASSERT_GE(before.records_size(), 2);
  for (const v1::JournalRecord& older : before.records()) {
    EXPECT_LT(older.number(), factor.number());
  }
}

TEST_F(Settings, EverythingIsGivenOutAndForgottenOnRequest) {
  Person bob = settle();
  const v1::SubjectExport all = portal_.export_subject(bob.username);
  EXPECT_EQ(all.profile().contacts(0).destination(), bob.address);
  EXPECT_EQ(all.reset_question().stock_id(), kQuestion);
  EXPECT_GT(all.records_size(), 0);
  ASSERT_TRUE(portal_.erase_subject(bob.username));
  EXPECT_EQ(portal_.get(bob.username).id(), 0U);
  EXPECT_EQ(portal_.error(), v1::NOT_FOUND);
  EXPECT_EQ(bob.visit.get_session().id(), 0U);
  EXPECT_THAT(appliance().check_store(), IsEmpty());
  EXPECT_EQ(portal_.create(bob.username, bob.address).state(), v1::SUBJECT_PENDING);
}

}  // namespace
}  // namespace countersign::test
