// SPDX-License-Identifier: Apache-2.0
// Account settings with a daemon that says what a test wants: what is shown, and what is asked of
// the daemon when something was changed elsewhere, was done already, or is not allowed.
#include "tests/unit/companion_settings_visit.hpp"

#include <gmock/gmock.h>

#include <string>

namespace countersign::companion {
namespace {

using test::InTheSettings;
using test::kSession;
using testing::HasSubstr;
using testing::Not;

TEST_F(InTheSettings, WhatSomebodyHasIsShownAsText) {
  profile_.set_first_name("<b>Bob</b>");
  add_contact(v1::PRIMARY_EMAIL, v1::ACTIVE, "b•••@example.com");
  add_contact(v1::MOBILE, v1::PENDING, "+358 •••");
  const Response response = guest_.get("/account");
  EXPECT_EQ(response.status, 200U);
  EXPECT_THAT(response.body, HasSubstr("&lt;b&gt;Bob"));
  EXPECT_THAT(response.body, Not(HasSubstr("<b>Bob")));
  EXPECT_THAT(response.body, HasSubstr("b•••@example.com"));
  EXPECT_THAT(response.body, HasSubstr("Not confirmed yet"));
  EXPECT_THAT(response.body, Not(HasSubstr("Show in full")));
}

TEST_F(InTheSettings, WithoutAProofAddressesAreMaskedAndThePageIsShown) {
  proven_ = false;
  const Response response = guest_.get("/account");
  EXPECT_EQ(response.status, 200U);
  EXPECT_THAT(response.body, HasSubstr("Show in full"));
  EXPECT_FALSE(world_.daemon.last(v1::Request::kGetProfile).get_profile().unmasked());
}

TEST_F(InTheSettings, WhereNothingIsMissingNobodyIsAskedToProveAnything) {
  EXPECT_EQ(guest_.get("/account/prove?next=/account").location, "/account");
  proven_ = false;
  const Response response = guest_.get("/account/prove?next=/account");
  EXPECT_EQ(response.status, 200U);
  EXPECT_THAT(response.body, HasSubstr("name=\"password\""));
  EXPECT_THAT(response.body, Not(HasSubstr("name=\"code\"")));
  EXPECT_THAT(response.body, HasSubstr("name=\"next\" value=\"/account\""));
}

TEST_F(InTheSettings, WhoIsLockedHasAWayToTheUnlock) {
  world_.daemon.answers(v1::Request::kReauthenticate, [](const v1::Request&) {
    v1::Reply reply;
    reply.mutable_verdict()->set_answer(v1::REJECTED);
    reply.mutable_verdict()->set_reason(v1::THROTTLED);
    return reply;
  });
  const Response response = guest_.post("/account/prove", "password=secret&next=/account");
  EXPECT_EQ(response.status, 422U);
  EXPECT_THAT(response.body, HasSubstr("href=\"/unlock\""));
  EXPECT_THAT(response.body, Not(HasSubstr("secret\"")));
}

TEST_F(InTheSettings, AnAddressCannotPutWordsIntoThePage) {
  EXPECT_THAT(guest_.get("/account?done=password").body,
              HasSubstr("Your password has been changed"));
  for (const std::string done : {"title", "you+are+hacked", "password%3Cb%3E", "../x"}) {
    const Response response = guest_.get("/account?done=" + done);
    EXPECT_THAT(response.body, Not(HasSubstr("class=\"notice\""))) << done;
  }
}

TEST_F(InTheSettings, RecoveryCodesAreARowWhereThereCanBeAny) {
  EXPECT_THAT(guest_.get("/account").body, HasSubstr("There is no set yet"));
  add_factor(5, v1::RECOVERY_CODES).set_remaining(1);
  EXPECT_THAT(guest_.get("/account").body, HasSubstr("1 is left."));
}

TEST_F(InTheSettings, AProfileIsSavedWithTheVersionThatWasSeen) {
  EXPECT_THAT(guest_.get("/account/profile").body, HasSubstr("name=\"version\" value=\"7\""));
  world_.daemon.answers(v1::Request::kChangeProfile, [this](const v1::Request&) {
    v1::Reply reply;
    *reply.mutable_profile() = profile_;
    return reply;
  });
  const Response response =
      guest_.post("/account/profile", "version=7&first_name=Rob&last_name=%C3%96&language=en");
  EXPECT_EQ(response.location, "/account?done=profile");
  const v1::Request asked = world_.daemon.last(v1::Request::kChangeProfile);
  EXPECT_EQ(asked.change_profile().version(), 7U);
  EXPECT_EQ(asked.change_profile().first_name(), "Rob");
  EXPECT_EQ(asked.change_profile().last_name(), "Ö");
  EXPECT_EQ(asked.change_profile().language(), "en");
  EXPECT_EQ(asked.session(), kSession);
}

TEST_F(InTheSettings, AStaleFormSaysSoAndKeepsWhatWasTyped) {
  profile_.set_version(8);
  profile_.set_first_name("Robert");
  world_.daemon.refuses(v1::Request::kChangeProfile, v1::CONFLICT);
  const Response response =
      guest_.post("/account/profile", "version=7&first_name=Rob%22%3E&last_name=X&language=en");
  EXPECT_EQ(response.status, 422U);
  EXPECT_THAT(response.body, HasSubstr("changed somewhere else"));
  EXPECT_THAT(response.body, HasSubstr("value=\"Rob&quot;&gt;\""));
  EXPECT_THAT(response.body, HasSubstr("name=\"version\" value=\"8\""));
}

TEST_F(InTheSettings, AProfileThatWasSavedAlreadyIsSaved) {
  profile_.set_version(8);
  world_.daemon.refuses(v1::Request::kChangeProfile, v1::CONFLICT);
  const Response response =
      guest_.post("/account/profile", "version=7&first_name=Bob&last_name=&language=en");
  EXPECT_EQ(response.location, "/account?done=profile");
}

TEST_F(InTheSettings, ANameThatTheDaemonRefusesIsToBeMended) {
  world_.daemon.refuses(v1::Request::kChangeProfile, v1::LIMIT_EXCEEDED);
  const Response response = guest_.post(
      "/account/profile", "version=7&first_name=" + std::string(65, 'a') + "&language=en");
  EXPECT_EQ(response.status, 422U);
  EXPECT_THAT(response.body, HasSubstr("href=\"#field-first_name\""));
}

TEST_F(InTheSettings, ALanguageOfSomewhereElseIsKept) {
  profile_.set_language("sv");
  const std::string page = guest_.get("/account/profile").body;
  EXPECT_THAT(page, HasSubstr("value=\"sv\" checked"));
  EXPECT_THAT(page, HasSubstr("value=\"en\""));
}

TEST_F(InTheSettings, RecoveryCodesAreShownOnceInTheAnswerToTheForm) {
  world_.daemon.answers(v1::Request::kMakeRecoveryCodes, [](const v1::Request&) {
    v1::Reply reply;
    reply.mutable_recovery_codes()->add_codes("abcd-efgh");
    reply.mutable_recovery_codes()->add_codes("jkmn-pqrs");
    return reply;
  });
  const std::string before = guest_.get("/account/recovery-codes").body;
  EXPECT_THAT(before, Not(HasSubstr("stop working")));
  EXPECT_EQ(world_.daemon.count(v1::Request::kMakeRecoveryCodes), 0);
  const Response response = guest_.post("/account/recovery-codes", "once=1");
  EXPECT_EQ(response.status, 200U);
  EXPECT_THAT(response.body, HasSubstr("<li>abcd-efgh</li>"));
  EXPECT_THAT(response.body, HasSubstr("<li>jkmn-pqrs</li>"));
  // A second press has the same codes: another set would have made them worthless.
  EXPECT_THAT(guest_.post("/account/recovery-codes", "once=1").body, HasSubstr("abcd-efgh"));
  EXPECT_EQ(world_.daemon.count(v1::Request::kMakeRecoveryCodes), 1);
}

TEST_F(InTheSettings, ANewSetSaysWhatBecomesOfTheOldOne) {
  add_factor(5, v1::RECOVERY_CODES).set_remaining(3);
  const std::string page = guest_.get("/account/recovery-codes").body;
  EXPECT_THAT(page, HasSubstr("3 are left"));
  EXPECT_THAT(page, HasSubstr("stop working"));
}

TEST_F(InTheSettings, WhereThereAreNoRecoveryCodesThereIsNoPage) {
  realm_.set_recovery_codes(0);
  EXPECT_EQ(guest_.get("/account/recovery-codes").status, 404U);
}

}  // namespace
}  // namespace countersign::companion
