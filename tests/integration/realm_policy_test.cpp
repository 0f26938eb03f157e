// SPDX-License-Identifier: Apache-2.0
// Two realms of one appliance, each under rules of its own: what the realm's file says holds there
// and nowhere else, for people and for names that nobody bears, and a reload changes all or none.
#include "tests/support/appliance.hpp"
#include "tests/support/courier_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

namespace countersign::test {
namespace {

using testing::HasSubstr;

class RealmPolicy : public testing::Test {
 protected:
  RealmPolicy() {
    std::filesystem::create_directory(appliance_.path("realms"));
    write("realms/shop.toml", "[code]\ndigits = 8\n");
    write("realms/bank.toml",
          "[code]\ndigits = 7\n[throttle]\nfailures_free = 0\ndelay_first = \"1h\"\n"
          "delay_max = \"1h\"\n");
    appliance_.start_hsm();
    appliance_.start_daemon();
    courier_.emplace(appliance_);
    courier_->take();
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream{appliance_.path(name)} << text;
  }
  void reload(const std::string& event) {
    appliance_.daemon().kill(SIGHUP);
    ASSERT_TRUE(wait_until([&] { return appliance_.daemon().has_logged(event); })) << event;
  }
  [[nodiscard]] v1::Reply ask(const std::string& socket, const v1::Request& request) const {
    client::Client client = appliance_.connect(socket);
    auto reply = client.call(request);
    if (!reply) ADD_FAILURE() << "no answer: " << reply.error().operation.view();
    return reply ? *reply : v1::Reply{};
  }
  static void name(v1::SubjectName& subject, const std::string& realm, const std::string& user) {
    subject.set_realm(realm);
    subject.set_username(user);
  }
  void create(const std::string& realm) const {
    v1::Request request;
    name(*request.mutable_create_subject()->mutable_subject(), realm, "alice");
    EXPECT_TRUE(ask("provision", request).has_subject());
  }
  // A TOTP token of alice's there; its first code is spent on confirming it.
  [[nodiscard]] Token enrol(const std::string& realm) const {
    Token token{.username = "alice", .secret = std::string(20, 's'), .kind = v1::TOTP};
    v1::Request request;
    name(*request.mutable_enrol_oath()->mutable_subject(), realm, "alice");
    request.mutable_enrol_oath()->set_kind(v1::TOTP);
    request.mutable_enrol_oath()->set_secret(token.secret);
    token.factor = ask("provision", request).enrolment().factor().id();
    v1::Request confirm;
    confirm.mutable_confirm_factor()->set_factor_id(token.factor);
    confirm.mutable_confirm_factor()->set_passcode(token.now(-1));
    EXPECT_TRUE(accepted(ask("provision", confirm)));
    return token;
  }
  [[nodiscard]] v1::Verdict verify(const std::string& realm, const std::string& user,
                                   const std::string& passcode) const {
    v1::Request request;
    name(*request.mutable_verify()->mutable_subject(), realm, user);
    request.mutable_verify()->set_passcode(passcode);
    return ask("verify", request).verdict();
  }
  // How long a code would be that this person, or nobody, is sent to sign in.
  [[nodiscard]] std::uint32_t digits(const std::string& realm, const std::string& user) const {
    v1::Request request;
    name(*request.mutable_start_challenge()->mutable_subject(), realm, user);
    request.mutable_start_challenge()->set_kind(v1::EMAIL);
    return ask("verify", request).challenge().digits();
  }

  Appliance appliance_{{.start = false}};
  std::optional<CourierClient> courier_;
};

TEST_F(RealmPolicy, HoldsInItsRealmAlone) {
  EXPECT_EQ(digits("", "nobody"), 6U);
  EXPECT_EQ(digits("shop", "nobody"), 8U);
  EXPECT_EQ(digits("bank", "nobody"), 7U);
}

TEST_F(RealmPolicy, IsKeptInTheMessageToo) {
  create("shop");
  v1::Request enrol;
  name(*enrol.mutable_enrol_out_of_band()->mutable_subject(), "shop", "alice");
  enrol.mutable_enrol_out_of_band()->set_kind(v1::EMAIL);
  enrol.mutable_enrol_out_of_band()->set_destination("alice@example.com");
  v1::Request start;
  name(*start.mutable_start_challenge()->mutable_subject(), "shop", "alice");
  start.mutable_start_challenge()->set_kind(v1::EMAIL);
  start.mutable_start_challenge()->set_factor_id(ask("provision", enrol).enrolment().factor().id());
  EXPECT_EQ(ask("provision", start).challenge().digits(), 8U);
  EXPECT_EQ(courier_->next().code().size(), 8U);
}

TEST_F(RealmPolicy, SlowsGuessesDownInItsRealmAlone) {
  for (const std::string realm : {"shop", "bank"}) {
    create(realm);
    const Token token = enrol(realm);
    EXPECT_EQ(verify(realm, "alice", "000000").reason(), v1::WRONG_CODE) << realm;
    const v1::Verdict next = verify(realm, "alice", token.now());
    EXPECT_EQ(next.answer() == v1::ACCEPTED, realm == "shop");
    EXPECT_EQ(next.reason() == v1::THROTTLED, realm == "bank");
  }
}

TEST_F(RealmPolicy, IsReloadedWithoutARestart) {
  write("realms/shop.toml", "[code]\ndigits = 7\n");
  write("realms/new.toml", "[code]\ndigits = 8\n");
  reload("policy.loaded realms=3");
  EXPECT_EQ(digits("shop", "nobody"), 7U);
  EXPECT_EQ(digits("new", "nobody"), 8U);
}

TEST_F(RealmPolicy, OneBrokenFileKeepsEverythingAsItWas) {
  write("policy.toml", "[code]\ndigits = 8\n");
  write("realms/bank.toml", "[code]\ndigits = 8\n");
  write("realms/shop.toml", "[code]\n\n  digits = 9\n");
  reload("policy.kept");
  EXPECT_THAT(appliance_.daemon().log(), HasSubstr("realms/shop.toml"));
  EXPECT_THAT(appliance_.daemon().log(), HasSubstr("line=3 column=12"));
  EXPECT_EQ(digits("", "nobody"), 6U);
  EXPECT_EQ(digits("bank", "nobody"), 7U);
  EXPECT_EQ(digits("shop", "nobody"), 8U);
}

}  // namespace
}  // namespace countersign::test
