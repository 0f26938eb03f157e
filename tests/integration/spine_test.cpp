// SPDX-License-Identifier: Apache-2.0
// The main job, end to end on the real parts: enrol, confirm, verify, refuse.
#include "tests/support/appliance.hpp"

#include <gtest/gtest.h>

namespace countersign::test {
namespace {

v1::Reply ask(client::Client& client, const v1::Request& request) {
  auto reply = client.call(request);
  if (!reply) ADD_FAILURE() << "no answer: " << reply.error().operation.view();
  return reply ? *reply : v1::Reply{};
}

TEST(Spine, ACodeIsAcceptedOnceAndThenReplayed) {
  Appliance appliance;
  const Token alice = appliance.enrol("alice");
  client::Client portal = appliance.verify_client();
  const std::string code = alice.now();
  EXPECT_TRUE(accepted(verify(portal, "alice", code)));
  const v1::Reply again = verify(portal, "alice", code);
  EXPECT_EQ(again.verdict().reason(), v1::REPLAYED) << again.ShortDebugString();
}

TEST(Spine, TheSameRequestIsAnsweredAgainAndItsIdOpensNothingElse) {
  Appliance appliance;
  const Token alice = appliance.enrol("alice");
  client::Client portal = appliance.verify_client();
  const std::string id = *client::new_request_id();
  const std::string code = alice.now();
  ASSERT_TRUE(accepted(verify(portal, "alice", code, id)));
  const v1::Reply again = verify(portal, "alice", code, id);
  EXPECT_TRUE(accepted(again) && again.verdict().repeated()) << again.ShortDebugString();
  EXPECT_FALSE(accepted(verify(portal, "alice", "000000", id)));
}

TEST(Spine, ANameInAnySpellingIsTheSamePerson) {
  Appliance appliance;
  const Token alice = appliance.enrol("Alice.Müller");
  client::Client portal = appliance.verify_client();
  EXPECT_TRUE(accepted(verify(portal, "  ALICE.MÜLLER ", alice.now())));
}

TEST(Spine, AnUnconfirmedFactorAcceptsNothing) {
  Appliance appliance;
  const Token alice = appliance.enrol("alice", v1::TOTP, false);
  client::Client portal = appliance.verify_client();
  EXPECT_FALSE(accepted(verify(portal, "alice", alice.now())));
}

TEST(Spine, AFactorIsFoundAmongSeveral) {
  Appliance appliance;
  const Token phone = appliance.enrol("alice");
  Token key = appliance.enrol_another("alice", v1::HOTP);
  client::Client portal = appliance.verify_client();
  const v1::Reply by_key = verify(portal, "alice", key.press());
  EXPECT_EQ(by_key.verdict().factor_id(), key.factor) << by_key.ShortDebugString();
  const v1::Reply by_phone = verify(portal, "alice", phone.now());
  EXPECT_EQ(by_phone.verdict().factor_id(), phone.factor) << by_phone.ShortDebugString();
}

TEST(Spine, EverythingSurvivesARestart) {
  Appliance appliance;
  const Token alice = appliance.enrol("alice");
  const std::string code = alice.now();
  {
    client::Client portal = appliance.verify_client();
    ASSERT_TRUE(accepted(verify(portal, "alice", code)));
  }
  appliance.stop_daemon();
  appliance.start_daemon();
  client::Client portal = appliance.verify_client();
  EXPECT_EQ(verify(portal, "alice", code).verdict().reason(), v1::REPLAYED);
  EXPECT_TRUE(accepted(verify(portal, "alice", alice.now(+1))));
  EXPECT_EQ(appliance.check_store(), std::vector<std::string>{});
}

TEST(Spine, SuspendedResumedRevoked) {
  Appliance appliance;
  Token key = appliance.enrol("alice", v1::HOTP);
  client::Client portal = appliance.verify_client();
  client::Client provision = appliance.provision_client();

  v1::Request suspend;
  suspend.mutable_suspend_factor()->set_factor_id(key.factor);
  ASSERT_EQ(ask(provision, suspend).factor().state(), v1::FACTOR_SUSPENDED);
  EXPECT_EQ(verify(portal, "alice", key.code(1)).verdict().reason(), v1::SUSPENDED);

  v1::Request resume;
  resume.mutable_resume_factor()->set_factor_id(key.factor);
  ASSERT_EQ(ask(provision, resume).factor().state(), v1::ACTIVE);
  EXPECT_TRUE(accepted(verify(portal, "alice", key.code(1))));

  v1::Request revoke;
  revoke.mutable_revoke_factor()->set_factor_id(key.factor);
  ASSERT_EQ(ask(provision, revoke).factor().state(), v1::REVOKED);
  EXPECT_FALSE(accepted(verify(portal, "alice", key.code(2))));
  EXPECT_EQ(ask(provision, resume).error().code(), v1::CONFLICT);
}

TEST(Spine, OneSecretMakesOneFactorOfAPerson) {
  Appliance appliance;
  const Token alice = appliance.enrol("alice");
  client::Client provision = appliance.provision_client();
  v1::Request again;
  again.mutable_enrol_oath()->mutable_subject()->set_username("alice");
  again.mutable_enrol_oath()->set_kind(v1::TOTP);
  again.mutable_enrol_oath()->set_secret(alice.secret);
  EXPECT_EQ(ask(provision, again).error().code(), v1::ALREADY_EXISTS);
}

TEST(Spine, ATotpTokenFoundByTwoCodesIsAcceptedFromThenOn) {
  Appliance appliance;
  const Token slow = appliance.enrol("alice", v1::TOTP, false);
  client::Client provision = appliance.provision_client();
  client::Client admin = appliance.admin_client();
  client::Client portal = appliance.verify_client();
  v1::Request confirm;
  confirm.mutable_confirm_factor()->set_factor_id(slow.factor);
  confirm.mutable_confirm_factor()->set_passcode(slow.now(-1));
  ASSERT_TRUE(accepted(ask(provision, confirm)));

  v1::Request resynchronise;
  auto& two = *resynchronise.mutable_resynchronise_factor();
  two.set_factor_id(slow.factor);
  two.set_first_passcode(slow.now(+8));
  two.set_second_passcode(slow.now(+9));
  ASSERT_TRUE(accepted(ask(admin, resynchronise)));
  EXPECT_TRUE(accepted(verify(portal, "alice", slow.now(+10))));
}

TEST(Spine, AHotpTokenThatRanAwayIsFoundByTwoCodesAndNoneOfThemOpens) {
  Appliance appliance;
  Token key = appliance.enrol("alice", v1::HOTP);
  client::Client portal = appliance.verify_client();
  client::Client admin = appliance.admin_client();
  ASSERT_FALSE(accepted(verify(portal, "alice", key.code(700))));

  v1::Request resynchronise;
  auto& two = *resynchronise.mutable_resynchronise_factor();
  two.set_factor_id(key.factor);
  two.set_first_passcode(key.code(700));
  two.set_second_passcode(key.code(701));
  ASSERT_TRUE(accepted(ask(admin, resynchronise)));
  EXPECT_EQ(verify(portal, "alice", key.code(701)).verdict().reason(), v1::REPLAYED);
  EXPECT_TRUE(accepted(verify(portal, "alice", key.code(702))));
}

TEST(Spine, TwoCodesThatDoNotFollowEachOtherResynchroniseNothing) {
  Appliance appliance;
  Token key = appliance.enrol("alice", v1::HOTP);
  client::Client admin = appliance.admin_client();
  v1::Request resynchronise;
  auto& two = *resynchronise.mutable_resynchronise_factor();
  two.set_factor_id(key.factor);
  two.set_first_passcode(key.code(700));
  two.set_second_passcode(key.code(702));
  EXPECT_FALSE(accepted(ask(admin, resynchronise)));
}

TEST(Spine, ASecretMadeInTheHsmIsShownOnce) {
  Appliance appliance;
  client::Client provision = appliance.provision_client();
  v1::Request create;
  create.mutable_create_subject()->mutable_subject()->set_username("alice");
  ASSERT_TRUE(ask(provision, create).has_subject());
  v1::Request enrol;
  enrol.mutable_enrol_oath()->mutable_subject()->set_username("alice");
  enrol.mutable_enrol_oath()->set_kind(v1::TOTP);
  const v1::Reply enrolled = ask(provision, enrol);
  EXPECT_EQ(enrolled.enrolment().secret_base32().size(), 32u);
  EXPECT_NE(enrolled.enrolment().otpauth_uri().find(enrolled.enrolment().secret_base32()),
            std::string::npos);
  v1::Request list;
  list.mutable_list_factors()->mutable_subject()->set_username("alice");
  const v1::Reply listed = ask(provision, list);
  EXPECT_EQ(listed.SerializeAsString().find(enrolled.enrolment().secret_base32()),
            std::string::npos);
}

TEST(Spine, EachSocketAnswersOnlyWhatItsRoleMayAsk) {
  Appliance appliance;
  client::Client portal = appliance.verify_client();
  v1::Request create;
  create.mutable_create_subject()->mutable_subject()->set_username("mallory");
  EXPECT_EQ(ask(portal, create).error().code(), v1::DENIED);
  client::Client provision = appliance.provision_client();
  v1::Request unlock;
  unlock.mutable_unlock_subject()->mutable_subject()->set_username("alice");
  EXPECT_EQ(ask(provision, unlock).error().code(), v1::DENIED);
}

TEST(Spine, AfterTheLastFailureOnlyAnUnlockHelps) {
  Appliance appliance{{.policy = "[throttle]\nfailures_max = 3\nfailures_free = "
                                 "3\nkept_for_familiar = 0\nkept_for_unlock = 0\n"}};
  Token key = appliance.enrol("alice", v1::HOTP);
  client::Client portal = appliance.verify_client();
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(verify(portal, "alice", "000000").verdict().reason(), v1::WRONG_CODE);
  }
  const v1::Reply closed = verify(portal, "alice", key.code(1));
  ASSERT_EQ(closed.verdict().reason(), v1::THROTTLED) << closed.ShortDebugString();
  EXPECT_EQ(closed.verdict().retry_after_seconds(), 0u);

  client::Client admin = appliance.admin_client();
  v1::Request unlock;
  unlock.mutable_unlock_subject()->mutable_subject()->set_username("alice");
  ASSERT_TRUE(ask(admin, unlock).has_subject());
  EXPECT_TRUE(accepted(verify(portal, "alice", key.code(1))));
  EXPECT_EQ(appliance.check_store(), std::vector<std::string>{});
}

}  // namespace
}  // namespace countersign::test
