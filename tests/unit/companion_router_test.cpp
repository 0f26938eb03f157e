// SPDX-License-Identifier: Apache-2.0
// From a request to its page: hosts, methods, numbers in addresses, who may see what, forms of
// other sites, and forms that are sent twice.
#include "companion/door/own_path.hpp"
#include "tests/unit/companion_world.hpp"

#include <gmock/gmock.h>

#include <array>
#include <string>

namespace countersign::companion {
namespace {

using test::CompanionWorld;
using test::get_bytes;
using test::Guest;
using test::post_bytes;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSession = "a-session";

awaitable<Result<Response>> say_id(Visit& visit) {
  Page page = visit.page_titled("message", "Number " + std::to_string(visit.id_number()));
  page.set("TEXT", visit.id());
  co_return visit.show(std::move(page));
}

awaitable<Result<Response>> say_told(Visit& visit) {
  co_return visit.show(visit.page_titled("message", "Told " + std::string{visit.told("done")}));
}

// Ends the session of whoever asks: something that must not be done twice.
awaitable<Result<Response>> act(Visit& visit) {
  v1::Request request;
  request.mutable_end_session();
  CS_CO_TRY(const v1::Reply reply, co_await visit.ask(std::move(request)));
  visit.keep(kTicketCookie, "done");
  co_return go_to("/done");
}

awaitable<Result<Response>> need_proof(Visit& visit) {
  v1::Request request;
  request.mutable_make_recovery_codes();
  CS_CO_TRY(const v1::Reply reply, co_await visit.ask(std::move(request)));
  co_return go_to("/done");
}

awaitable<Result<Response>> ask_proof(Visit& visit) {
  co_return visit.show(
      visit.page_titled("message", visit.proof_needed().factor() ? "Both" : "One"));
}

constexpr std::array<Route, 10> kRoutes{{
    {Method::get, "/told", Access::anyone, &say_told},
    {Method::get, "/open", Access::anyone, &say_id},
    {Method::get, "/thing/{id}", Access::anyone, &say_id},
    {Method::get, "/thing/{id}/look", Access::anyone, &say_id},
    {Method::post, "/act", Access::anyone, &act},
    {Method::get, "/mine", Access::account, &say_id},
    {Method::post, "/mine", Access::account, &act},
    {Method::get, "/set-up", Access::set_up, &say_id},
    {Method::get, "/reset", Access::reset, &say_id},
    {Method::post, "/prove-me", Access::account, &need_proof},
}};

class AtTheDoor : public testing::Test {
 protected:
  AtTheDoor() {
    world_.daemon.answers(v1::Request::kEndSession, [](const v1::Request&) {
      v1::Reply reply;
      reply.mutable_done();
      return reply;
    });
  }
  void sign_in(v1::SessionScope scope = v1::SCOPE_ACCOUNT) {
    world_.knows_session(kSession, scope);
    guest_.cookies[std::string{kSessionCookie}] = kSession;
  }
  [[nodiscard]] auto acts() const { return world_.daemon.count(v1::Request::kEndSession); }

  CompanionWorld world_{{kRoutes}, &ask_proof};
  Guest guest_{world_};
};

TEST_F(AtTheDoor, AnotherNameOfTheHostIsRefused) {
  const std::string bytes = "GET /open HTTP/1.1\r\nHost: evil.example\r\n\r\n";
  EXPECT_EQ(guest_.visit(bytes).status, 421U);
  EXPECT_EQ(guest_.visit("GET /open HTTP/1.0\r\n\r\n").status, 421U);
  EXPECT_EQ(guest_.get("/open").status, 200U);
}

TEST_F(AtTheDoor, WhatIsNotThereHasAPage) {
  const Response response = guest_.get("/no-such-page");
  EXPECT_EQ(response.status, 404U);
  EXPECT_THAT(response.body, HasSubstr("<h1>"));
  EXPECT_EQ(guest_.get("/open/").status, 404U);
  EXPECT_EQ(guest_.get("/act").status, 405U);
  EXPECT_EQ(guest_.post("/open", "").status, 405U);
}

TEST_F(AtTheDoor, AnAddressHoldsOneNumber) {
  EXPECT_THAT(guest_.get("/thing/42").body, HasSubstr("<h1>Number 42</h1>"));
  EXPECT_THAT(guest_.get("/thing/42/look").body, HasSubstr("<h1>Number 42</h1>"));
  EXPECT_THAT(guest_.get("/thing/4x").body, HasSubstr("<h1>Number 0</h1>"));
  EXPECT_THAT(guest_.get("/thing/18446744073709551616").body, HasSubstr("<h1>Number 0</h1>"));
  EXPECT_EQ(guest_.get("/thing/").status, 404U);
  EXPECT_EQ(guest_.get("/thing/1/2").status, 404U);
  EXPECT_EQ(guest_.get("/thing//look").status, 404U);
  EXPECT_THAT(guest_.get("/thing/%3Cb%3E<b>").body, Not(HasSubstr("<b>")));
}

TEST_F(AtTheDoor, NobodySeesASignedInPersonsPages) {
  EXPECT_EQ(guest_.get("/mine").location, "/sign-in?next=/mine");
  EXPECT_EQ(guest_.post("/mine", "").status, 403U);
  EXPECT_EQ(acts(), 0);
  sign_in();
  EXPECT_EQ(guest_.get("/mine").status, 200U);
  EXPECT_EQ(guest_.post("/mine", "").location, "/done");
}

TEST_F(AtTheDoor, HalfASignInIsNone) {
  sign_in(v1::SCOPE_SIGN_IN);
  EXPECT_EQ(guest_.get("/mine").location, "/sign-in/factor");
  EXPECT_EQ(guest_.post("/mine", "").status, 403U);
  EXPECT_EQ(guest_.get("/set-up").location, "/sign-in/factor");
  EXPECT_EQ(acts(), 0);
}

TEST_F(AtTheDoor, WhoSetsUpIsNotSignedIn) {
  sign_in(v1::SCOPE_ACTIVATION);
  EXPECT_EQ(guest_.get("/set-up").status, 200U);
  EXPECT_EQ(guest_.get("/mine").location, "/activate/password");
}

// The browser keeps its text: each step of a sign-in changes it, and a page that was asked for
// before must not take away what a form has just brought.
TEST_F(AtTheDoor, ASessionThatEndedIsNone) {
  sign_in();
  guest_.cookies[std::string{kSessionCookie}] = "an-older-one";
  const Response response = guest_.get("/mine");
  EXPECT_EQ(response.location, "/sign-in?next=/mine");
  EXPECT_TRUE(response.cookies.empty());
}

TEST_F(AtTheDoor, AnotherSitesFormDoesNothing) {
  sign_in();
  guest_.origin = "https://evil.example";
  const Response response = guest_.post("/act", "");
  EXPECT_EQ(response.status, 403U);
  EXPECT_EQ(acts(), 0);
  // Nor does it learn, or change, who is signed in.
  EXPECT_EQ(world_.daemon.count(v1::Request::kGetSession), 0);
  EXPECT_EQ(guest_.cookies[std::string{kSessionCookie}], kSession);
}

// It is sent without cookies. Were a secret given out with the answer, the browser would take it
// for its own, and whoever has sent the same form before would know it.
TEST_F(AtTheDoor, AnotherSitesFormChangesNoCookie) {
  const std::string form = post_bytes("/act", "a=b", "Origin: https://evil.example\r\n");
  for (int i = 0; i < 2; ++i) {
    const Response response = guest_.visit(form);
    EXPECT_EQ(response.status, 403U);
    EXPECT_TRUE(response.cookies.empty());
  }
  const Response stale =
      guest_.visit(post_bytes("/act", "csrf=x", "Origin: https://accounts.example.com\r\n"));
  EXPECT_EQ(stale.status, 403U);
  EXPECT_TRUE(stale.cookies.empty());
  EXPECT_TRUE(guest_.visit(post_bytes("/nowhere", "")).cookies.empty());
}

TEST_F(AtTheDoor, AFormOfAnotherBrowserDoesNothing) {
  const std::string bytes =
      post_bytes("/act", "csrf=aaaaaaaaaaaaaaaaaaaaaa",
                 "Origin: https://accounts.example.com\r\n"
                 "Cookie: __Host-countersign-form=bbbbbbbbbbbbbbbbbbbbbb\r\n");
  EXPECT_EQ(guest_.visit(bytes).status, 403U);
  EXPECT_EQ(acts(), 0);
}

TEST_F(AtTheDoor, AFormSentTwiceIsDoneOnce) {
  const auto answers = guest_.post_twice("/act", "once=1");
  EXPECT_EQ(acts(), 1);
  for (const Response& response : answers) {
    EXPECT_EQ(response.location, "/done");
    ASSERT_EQ(response.cookies.size(), 1U);
    EXPECT_EQ(response.cookies[0].value, "done");
  }
  // And a little later.
  EXPECT_EQ(guest_.post("/act", "once=1").location, "/done");
}

TEST_F(AtTheDoor, AnotherFormIsAnotherDeed) {
  guest_.post("/act", "once=1");
  guest_.cookies.erase(std::string{kTicketCookie});
  guest_.post("/act", "once=2");
  EXPECT_EQ(acts(), 2);
}

// Whoever shows another session has pressed another button.
TEST_F(AtTheDoor, NobodyIsAnsweredInSomebodyElsesPlace) {
  guest_.post("/act", "once=1");
  sign_in();
  guest_.post("/act", "once=1");
  EXPECT_EQ(acts(), 2);
  Guest other{world_};
  other.cookies[std::string{kFormCookie}] = "another-browsers-form1";
  other.post("/act", "once=1");
  EXPECT_EQ(acts(), 3);
}

TEST_F(AtTheDoor, AFormThatComesBackIsShownAndNotSent) {
  sign_in();
  const Response response = guest_.post("/mine", "retype=1");
  EXPECT_EQ(response.status, 200U);
  EXPECT_THAT(response.body, HasSubstr("passwords, answers and codes are not kept"));
  EXPECT_EQ(acts(), 0);
  EXPECT_EQ(guest_.post("/act", "retype=1").status, 405U);
  EXPECT_EQ(guest_.post("/mine", "retype=2").location, "/done");
}

TEST_F(AtTheDoor, WhoseSessionEndedIsLedBackToWhereTheyWere) {
  EXPECT_THAT(guest_.post("/mine", "").body, HasSubstr("href=\"/sign-in?next=/mine\""));
  EXPECT_THAT(guest_.get("/set-up").body, HasSubstr("href=\"/sign-in?next=/set-up\""));
  guest_.cookies[std::string{kTicketCookie}] = "a-ticket";
  EXPECT_THAT(guest_.get("/set-up").body, HasSubstr("href=\"/link\""));
  EXPECT_THAT(guest_.get("/reset").body, HasSubstr("href=\"/forgotten\""));
}

TEST_F(AtTheDoor, AProofIsAskedForWhereTheDaemonWantsOne) {
  sign_in();
  world_.daemon.answers(v1::Request::kMakeRecoveryCodes, [](const v1::Request&) {
    v1::Reply reply;
    reply.mutable_error()->set_code(v1::PROOF_REQUIRED);
    reply.mutable_error()->mutable_proof()->set_factor(true);
    return reply;
  });
  EXPECT_THAT(guest_.post("/prove-me", "").body, HasSubstr("<h1>Both</h1>"));
}

TEST_F(AtTheDoor, WhatTheDaemonRefusesHasAPage) {
  sign_in();
  const auto status = [&](v1::ErrorCode code) {
    world_.daemon.refuses(v1::Request::kEndSession, code);
    guest_.cookies[std::string{kFormCookie}] = fresh_secret();
    return guest_.post("/act", "").status;
  };
  EXPECT_EQ(status(v1::NOT_FOUND), 404U);
  EXPECT_EQ(status(v1::CONFLICT), 409U);
  EXPECT_EQ(status(v1::MALFORMED), 400U);
  EXPECT_EQ(status(v1::BUSY), 429U);
  EXPECT_EQ(status(v1::DENIED), 403U);
  EXPECT_THAT(guest_.post("/act", "once=1").body, HasSubstr("cannot be done"));
  EXPECT_EQ(status(v1::TAMPERED), 503U);
}

// Not to where the form was sent, which shows nothing.
TEST_F(AtTheDoor, WhatWentWrongLeadsBackToAPage) {
  sign_in();
  world_.daemon.refuses(v1::Request::kEndSession, v1::CONFLICT);
  EXPECT_THAT(guest_.post("/act", "").body, HasSubstr("href=\"/\">"));
  EXPECT_THAT(guest_.post("/mine", "").body, HasSubstr("href=\"/mine\">"));
}

// "Your password was changed", in a link of somebody else's.
TEST_F(AtTheDoor, WhatWasDoneIsToldByOurOwnPagesAlone) {
  const auto told = [&](const std::string& lines) {
    return guest_.visit(get_bytes("/told?done=this", lines)).body;
  };
  EXPECT_THAT(told("Sec-Fetch-Site: same-origin\r\n"), HasSubstr("<h1>Told this</h1>"));
  EXPECT_THAT(told(""), HasSubstr("<h1>Told this</h1>"));
  for (const std::string from : {"cross-site", "same-site", "none"}) {
    EXPECT_THAT(told("Sec-Fetch-Site: " + from + "\r\n"), HasSubstr("<h1>Told </h1>")) << from;
  }
}

TEST_F(AtTheDoor, AChoiceOfLanguageLeadsBackToAllOfTheAddress) {
  EXPECT_THAT(guest_.get("/open?challenge=7&until=8").body,
              HasSubstr("value=\"/open?challenge=7&amp;until=8\""));
  EXPECT_THAT(guest_.get("/open?next=https://evil.example").body, HasSubstr("value=\"/open\""));
}

TEST_F(AtTheDoor, WithoutTheDaemonEveryPageSaysSo) {
  guest_.cookies[std::string{kSessionCookie}] = kSession;
  const Response response = guest_.get("/mine");
  EXPECT_EQ(response.status, 503U);
  EXPECT_THAT(response.body, HasSubstr("<h1>"));
  // It may be back in a moment: nobody is signed out by that.
  EXPECT_EQ(guest_.cookies[std::string{kSessionCookie}], kSession);
}

TEST_F(AtTheDoor, WhoeverIsNewIsGivenAFormsSecret) {
  guest_.cookies.clear();
  const Response response = guest_.get("/open");
  const std::string secret = guest_.cookies[std::string{kFormCookie}];
  EXPECT_EQ(secret.size(), 22U);
  EXPECT_TRUE(guest_.get("/open").cookies.empty());
  EXPECT_EQ(guest_.post("/act", "").location, "/done");
}

TEST(PathsOfOurs, AreNeverSomebodyElses) {
  for (const std::string_view path :
       {"/", "/account", "/factors/12/rename", "/sign-in/factor?factor=3&next=/account",
        "/account?done=password", "/account/recovery-codes"}) {
    EXPECT_TRUE(is_path_of_ours(path)) << path;
  }
  for (const std::string_view path :
       {"", "account", "//evil.example", "/\\evil.example", "https://evil.example", "/a//b",
        "/%2f/evil.example", "javascript:alert(1)", "/a:b", "/a@b", "/a#b", "/a\r\nSet-Cookie: x",
        "/a b", "/ä", "\\\\evil", "/.", "/../x", "/a.evil"}) {
    EXPECT_FALSE(is_path_of_ours(path)) << path;
  }
}

// As a value in an address, what follows an "&" would be another one.
TEST(PathsOfOurs, AskForOneThingWhereTheyAreAValue) {
  EXPECT_TRUE(is_next_of_ours("/account/activity?before=12"));
  EXPECT_FALSE(is_next_of_ours("/account?a=1&next=/b"));
  EXPECT_FALSE(is_next_of_ours("//evil.example"));
}

}  // namespace
}  // namespace countersign::companion
