// SPDX-License-Identifier: Apache-2.0
// Where somebody is signed in, which browsers are remembered, and what was done with an account.
#include "companion/pages/browser_name.hpp"
#include "tests/unit/companion_settings_visit.hpp"

#include <gmock/gmock.h>

#include <string>

namespace countersign::companion {
namespace {

using test::InTheSettings;
using test::our_languages;
using testing::HasSubstr;
using testing::Not;

v1::JournalRecord record(const std::string& event, v1::FactorKind kind = {},
                         v1::Reason outcome = {}) {
  v1::JournalRecord record;
  record.set_event(event);
  record.set_kind(kind);
  record.set_outcome(outcome);
  return record;
}

TEST(Activity, IsToldInWords) {
  const Catalogue& words = *our_languages().find("en");
  EXPECT_EQ(activity_text(words, record("sign_in", v1::YUBICO_OTP)), "Signed in: YubiKey");
  EXPECT_EQ(activity_text(words, record("sign_in", v1::PASSWORD, v1::WRONG_CODE)),
            "Sign-in refused: Password");
  EXPECT_EQ(activity_text(words, record("sign_in")), "Link for the account opened");
  EXPECT_EQ(activity_text(words, record("sign_in", v1::PRIMARY_EMAIL)),
            "Link for the account opened");
  EXPECT_EQ(activity_text(words, record("factor_enrolled", v1::PRIMARY_EMAIL)),
            "Added: Primary e-mail");
  EXPECT_EQ(activity_text(words, record("factor_revoked", v1::SMS)), "Removed: Text message");
  EXPECT_EQ(activity_text(words, record("made_up_later")), "Something else was done");
  EXPECT_EQ(activity_text(words, record("made_up_later", {}, v1::EXPIRED)),
            "Something else was refused");
}

TEST_F(InTheSettings, ActivityGoesBackPageByPage) {
  world_.daemon.answers(v1::Request::kListActivity, [](const v1::Request& request) {
    v1::Reply reply;
    const std::uint64_t before = request.list_activity().before();
    const std::uint64_t newest = before == 0 ? 75 : before - 1;
    for (std::uint64_t number = newest; number > 0 && newest - number < 50; --number) {
      v1::JournalRecord& line = *reply.mutable_activity_list()->add_records();
      line.set_number(number);
      line.set_event("signed_out");
      line.set_client_address(number == 75 ? "<b>192.0.2.1" : "");
    }
    return reply;
  });
  const std::string first = guest_.get("/account/activity").body;
  EXPECT_THAT(first, HasSubstr("href=\"/account/activity?before=26\""));
  EXPECT_THAT(first, HasSubstr("&lt;b&gt;192.0.2.1"));
  EXPECT_THAT(first, Not(HasSubstr(">Newest<")));
  const std::string second = guest_.get("/account/activity?before=26").body;
  EXPECT_THAT(second, Not(HasSubstr("href=\"/account/activity?before=")));
  EXPECT_THAT(second, HasSubstr(">Newest<"));
  EXPECT_THAT(guest_.get("/account/activity?before=1").body, HasSubstr("Nothing more is known"));
}

TEST(BrowserNames, AreThoseThatPeopleKnow) {
  const Catalogue& words = *our_languages().find("en");
  const auto name = [&](std::string_view agent) { return browser_name(words, agent); };
  EXPECT_EQ(
      name("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"),
      "Firefox on Windows");
  EXPECT_EQ(name("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                 "Chrome/126.0 Safari/537.36 Edg/126.0"),
            "Edge on Windows");
  EXPECT_EQ(name("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
                 "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"),
            "Safari on iPhone");
  EXPECT_EQ(name("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) "
                 "Chrome/126.0 Mobile Safari/537.36"),
            "Chrome on Android");
  EXPECT_EQ(name("curl/8.0"), "Unknown browser");
  EXPECT_EQ(name(""), "Unknown browser");
  EXPECT_EQ(name("Something (Linux)"), "Linux");
}

class AmongSessions : public InTheSettings {
 protected:
  AmongSessions() {
    world_.daemon.answers(v1::Request::kListSessions, [this](const v1::Request&) {
      v1::Reply reply;
      *reply.mutable_session_list() = sessions_;
      return reply;
    });
    world_.daemon.answers(v1::Request::kEndSession, [](const v1::Request&) {
      v1::Reply reply;
      reply.mutable_done();
      return reply;
    });
    world_.daemon.answers(v1::Request::kRememberDevice, [](const v1::Request&) {
      v1::Reply reply;
      reply.mutable_remembered_device()->mutable_factor()->set_id(33);
      reply.mutable_remembered_device()->set_device("a-secret");
      return reply;
    });
    add_session(2, v1::SCOPE_ACCOUNT, "Firefox/1 (Windows)");
    add_session(1, v1::SCOPE_ACCOUNT, "Chrome/1 (Linux)").set_current(true);
    add_session(3, v1::SCOPE_SIGN_IN, "Safari/1 (iPad)");
  }
  v1::SessionReport& add_session(std::uint64_t id, v1::SessionScope scope,
                                 const std::string& agent) {
    v1::SessionReport& session = *sessions_.add_sessions();
    session.set_id(id);
    session.set_scope(scope);
    session.set_user_agent(agent);
    return session;
  }

  v1::SessionList sessions_;
};

TEST_F(AmongSessions, ThisOneIsFirstAndCannotBeEndedThere) {
  const std::string page = guest_.get("/account/sessions").body;
  EXPECT_LT(page.find("Chrome on Linux"), page.find("Firefox on Windows"));
  EXPECT_THAT(page, HasSubstr("name=\"session\" value=\"2\""));
  EXPECT_THAT(page, Not(HasSubstr("name=\"session\" value=\"1\"")));
  EXPECT_THAT(page, Not(HasSubstr("iPad")));  // nobody is signed in there
  EXPECT_THAT(page, HasSubstr("name=\"others\""));
}

TEST_F(AmongSessions, OneIsSignedOutOrAllOthersAre) {
  EXPECT_EQ(guest_.post("/account/sessions", "session=2").location, "/account/sessions?done=ended");
  EXPECT_EQ(world_.daemon.last(v1::Request::kEndSession).end_session().session_id(), 2U);
  EXPECT_FALSE(world_.daemon.last(v1::Request::kEndSession).end_session().all_others());
  guest_.post("/account/sessions", "others=1");
  EXPECT_TRUE(world_.daemon.last(v1::Request::kEndSession).end_session().all_others());
}

// 0 would mean this one to the daemon.
TEST_F(AmongSessions, NoNumberEndsNothing) {
  for (const std::string fields : {"", "session=0", "session=x", "session=1", "session=-2"}) {
    EXPECT_EQ(guest_.post("/account/sessions", fields).location, "/account/sessions") << fields;
  }
  EXPECT_EQ(world_.daemon.count(v1::Request::kEndSession), 0);
}

TEST_F(AmongSessions, OneThatHasEndedIsSignedOut) {
  world_.daemon.refuses(v1::Request::kEndSession, v1::NOT_FOUND);
  EXPECT_EQ(guest_.post("/account/sessions", "session=2").location, "/account/sessions?done=ended");
}

TEST_F(AmongSessions, ABrowserIsRememberedOnce) {
  EXPECT_THAT(guest_.get("/account/sessions").body, Not(HasSubstr("Remember this browser")));
  realm_.set_remember_devices(true);
  world_.clock.time += Realms::kAge;
  EXPECT_THAT(guest_.get("/account/sessions").body, HasSubstr("Remember this browser"));
  guest_.post("/account/device", "once=1");
  EXPECT_EQ(guest_.cookies[std::string{kDeviceCookie}], "33.a-secret");
  add_factor(33, v1::DEVICE).set_label("Chrome on Linux");
  const std::string page = guest_.get("/account/sessions").body;
  EXPECT_THAT(page, HasSubstr(">This browser<"));
  EXPECT_THAT(page, Not(HasSubstr("Remember this browser")));
  guest_.post("/account/device", "once=2");
  EXPECT_EQ(world_.daemon.count(v1::Request::kRememberDevice), 1);
  // Its owner has removed it elsewhere.
  factors_.mutable_factors(0)->set_state(v1::REVOKED);
  EXPECT_THAT(guest_.get("/account/sessions").body, HasSubstr("Remember this browser"));
  guest_.post("/account/device", "once=3");
  EXPECT_EQ(world_.daemon.count(v1::Request::kRememberDevice), 2);
}

}  // namespace
}  // namespace countersign::companion
