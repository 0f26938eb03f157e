// SPDX-License-Identifier: Apache-2.0
// YubiKeys, end to end on the real parts: enrol, confirm, verify, refuse.
#include "tests/support/hex.hpp"
#include "tests/support/yubico_key.hpp"

#include "firmware-interface/modhex.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace countersign::test {
namespace {

using testing::IsEmpty;
using testing::Not;

class Yubico : public testing::Test {
 protected:
  v1::Reply provision(const v1::Request& request) { return ask(accounts_, request); }
  v1::Reply gateway(const std::string& otp, const std::string& id = "") {
    return ask(gateway_, by_public_id(otp, id));
  }
  static v1::Reply ask(client::Client& client, const v1::Request& request) {
    auto reply = client.call(request);
    if (!reply) ADD_FAILURE() << "no answer: " << reply.error().operation.view();
    return reply ? *reply : v1::Reply{};
  }

  Appliance appliance_{{.policy = kGatewayPolicy}};
  client::Client accounts_ = appliance_.provision_client();
  client::Client portal_ = appliance_.verify_client();
  client::Client gateway_ = appliance_.verify_client();
};

// The OTP that Yubico prints with its key; its private id and counters with it.
TEST_F(Yubico, ThePrintedOtpIsAcceptedWithThePrintedCounters) {
  YubicoKey key{.username = "alice", .public_id = "dteffuje"};
  key.aes_key = as_text(from_hex("ecde18dbe76fbd0c33330f1c354871db"));
  key.private_id = as_text(from_hex("8792ebfe26cc"));
  enrol(appliance_, key, false);
  const std::string printed = "dteffujehknhfjbrjnlnldnhcujvddbikngjrtgh";
  EXPECT_EQ(verify(portal_, "alice", printed).verdict().reason(), v1::NO_SUCH_FACTOR);

  v1::Request confirm;
  confirm.mutable_confirm_factor()->set_factor_id(key.factor);
  confirm.mutable_confirm_factor()->set_passcode(printed);
  const v1::Reply confirmed = provision(confirm);
  ASSERT_TRUE(accepted(confirmed)) << confirmed.ShortDebugString();
  EXPECT_EQ(confirmed.verdict().kind(), v1::YUBICO_OTP);
  EXPECT_EQ(confirmed.verdict().yubico().session_counter(), 19u);
  EXPECT_EQ(confirmed.verdict().yubico().session_use(), 17u);
  EXPECT_EQ(confirmed.verdict().yubico().timestamp(), 0x00c230u);

  const v1::Reply replayed = verify(portal_, "alice", printed);
  EXPECT_EQ(replayed.verdict().reason(), v1::REPLAYED) << replayed.ShortDebugString();
  EXPECT_EQ(replayed.verdict().yubico().session_counter(), 19u);
}

TEST_F(Yubico, AGeneratedSecretIsShownOnceAndWorks) {
  YubicoKey key{.username = "alice", .public_id = "ccccccccccbd"};
  v1::Request create;
  create.mutable_create_subject()->mutable_subject()->set_username("alice");
  provision(create);
  const v1::Reply enrolled = provision(enrol_request(key));
  const auto& secret = enrolled.enrolment().yubico();
  ASSERT_EQ(secret.aes_key().size(), 16u) << enrolled.ShortDebugString();
  ASSERT_EQ(secret.private_id().size(), 6u);
  EXPECT_EQ(secret.public_id(), key.public_id);
  EXPECT_EQ(enrolled.enrolment().factor().kind(), v1::YUBICO_OTP);
  EXPECT_EQ(enrolled.enrolment().factor().state(), v1::PENDING);
  EXPECT_EQ(enrolled.enrolment().factor().digits(), 0u);
  key.aes_key = secret.aes_key();
  key.private_id = secret.private_id();
  key.factor = enrolled.enrolment().factor().id();
  EXPECT_TRUE(accepted(provision(confirm_request(key))));
  EXPECT_TRUE(accepted(verify(portal_, "alice", key.tap())));
  EXPECT_TRUE(accepted(gateway(key.tap())));
}

TEST_F(Yubico, APublicIdIsNobodyElses) {
  YubicoKey alice = random_yubico_key("alice", "ccccccccccbd");
  enrol(appliance_, alice);
  YubicoKey bob = random_yubico_key("bob", "CCCCCCCCCCBD");
  v1::Request create;
  create.mutable_create_subject()->mutable_subject()->set_username("bob");
  provision(create);
  EXPECT_EQ(provision(enrol_request(bob)).error().code(), v1::ALREADY_EXISTS);
  v1::Request revoke;
  revoke.mutable_revoke_factor()->set_factor_id(alice.factor);
  ASSERT_TRUE(provision(revoke).has_factor());
  bob.factor = provision(enrol_request(bob)).enrolment().factor().id();
  bob.public_id = alice.public_id;
  EXPECT_TRUE(accepted(provision(confirm_request(bob))));
  EXPECT_TRUE(accepted(gateway(bob.tap())));
  EXPECT_FALSE(accepted(verify(portal_, "alice", alice.tap())));
}

// Revoking a key and bringing it back, to whomever, makes nothing good that was used or could be.
TEST_F(Yubico, AKeyThatComesBackGoesOnFromWhereItWas) {
  YubicoKey key = random_yubico_key("alice", "ccccccccccbd");
  enrol(appliance_, key);
  const std::string missed = key.tap();
  const std::string used = key.tap();
  ASSERT_TRUE(accepted(gateway(used)));
  v1::Request revoke;
  revoke.mutable_revoke_factor()->set_factor_id(key.factor);
  ASSERT_TRUE(provision(revoke).has_factor());

  YubicoKey back = key;
  back.username = "bob";
  back.public_id = "ccccccccccbb";
  enrol(appliance_, back, false);
  v1::Request confirm;
  confirm.mutable_confirm_factor()->set_factor_id(back.factor);
  for (const std::string& old : {missed, used}) {
    confirm.mutable_confirm_factor()->set_passcode(back.public_id + old.substr(12));
    EXPECT_EQ(provision(confirm).verdict().reason(), v1::REPLAYED);
  }
  EXPECT_TRUE(accepted(provision(confirm_request(back))));
  EXPECT_TRUE(accepted(gateway(back.tap())));
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

// Its OTPs would be good twice, for whoever changes the letters in front.
TEST_F(Yubico, AKeyIsOneFactorAtATime) {
  YubicoKey key = random_yubico_key("alice", "");
  enrol(appliance_, key);
  EXPECT_EQ(provision(enrol_request(key)).error().code(), v1::ALREADY_EXISTS);
  key.public_id = "ccccccccccbb";
  EXPECT_EQ(provision(enrol_request(key)).error().code(), v1::ALREADY_EXISTS);
}

TEST_F(Yubico, EnrolmentsAreBounded) {
  const auto refused = [this](const YubicoKey& key) {
    return provision(enrol_request(key)).error().code() == v1::MALFORMED;
  };
  const YubicoKey good = random_yubico_key("alice", "ccccccccccbd");
  for (const char* public_id : {"ccc", "aaaa", "cccccccccccccccccb", "cccccccccc\xc3\xa9"}) {
    YubicoKey bad = good;
    bad.public_id = public_id;
    EXPECT_TRUE(refused(bad)) << public_id;
  }
  for (const std::size_t size : {0, 15, 17}) {
    YubicoKey bad = good;
    bad.aes_key.resize(size);
    EXPECT_TRUE(refused(bad)) << size;
  }
  for (const std::size_t size : {0, 5, 7}) {
    YubicoKey bad = good;
    bad.private_id.resize(size);
    EXPECT_TRUE(refused(bad)) << size;
  }
}

TEST_F(Yubico, AGatewayIsAnsweredByPublicIdAlone) {
  YubicoKey key = random_yubico_key("alice", "ccccccccccbd");
  enrol(appliance_, key);
  const std::string otp = key.tap();
  const std::string id = *client::new_request_id();
  const v1::Reply first = gateway(otp, id);
  ASSERT_TRUE(accepted(first)) << first.ShortDebugString();
  EXPECT_EQ(first.verdict().factor_id(), key.factor);
  const v1::Reply again = gateway(otp, id);
  EXPECT_EQ(again.verdict().reason(), v1::REPLAYED);
  EXPECT_TRUE(again.verdict().repeated()) << again.ShortDebugString();
  EXPECT_EQ(again.verdict().yubico().session_use(), first.verdict().yubico().session_use());
  const v1::Reply another = gateway(otp);
  EXPECT_EQ(another.verdict().reason(), v1::REPLAYED);
  EXPECT_FALSE(another.verdict().repeated());
}

TEST_F(Yubico, AGatewayLearnsNothingOfStrangers) {
  YubicoKey key = random_yubico_key("alice", "ccccccccccbd");
  enrol(appliance_, key);
  YubicoKey forged = random_yubico_key("alice", "ccccccccccbd");
  EXPECT_EQ(gateway(forged.tap()).verdict().reason(), v1::WRONG_CODE);
  YubicoKey stranger = random_yubico_key("", "ccccccccccbb");
  EXPECT_EQ(gateway(stranger.tap()).verdict().reason(), v1::NO_SUCH_FACTOR);
  EXPECT_EQ(gateway("123456").error().code(), v1::MALFORMED);
  EXPECT_TRUE(accepted(gateway(key.tap())));
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

TEST_F(Yubico, EverythingSurvivesARestart) {
  YubicoKey key = random_yubico_key("alice", "ccccccccccbd");
  enrol(appliance_, key);
  const std::string otp = key.tap();
  ASSERT_TRUE(accepted(gateway(otp)));
  appliance_.stop_daemon();
  appliance_.start_daemon();
  EXPECT_EQ(gateway(otp).verdict().reason(), v1::REPLAYED);
  EXPECT_TRUE(accepted(gateway(key.tap())));
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

// Whoever writes to the database would like Alice's OTPs to be Bob's.
TEST_F(Yubico, PublicIdsThatWereSwappedInTheDatabaseAreRefused) {
  YubicoKey alice = random_yubico_key("alice", "ccccccccccbd");
  YubicoKey bob = random_yubico_key("bob", "ccccccccccbb");
  enrol(appliance_, alice);
  enrol(appliance_, bob);
  appliance_.stop_daemon();
  std::string output;
  const std::string edit =
      "UPDATE factor SET public_id = 'x' WHERE id = 1;"
      "UPDATE factor SET public_id = 'ccccccccccbd' WHERE id = 2;"
      "UPDATE factor SET public_id = 'ccccccccccbb' WHERE id = 1";
  ASSERT_EQ(appliance_.run({"/usr/bin/sqlite3", "-bail", appliance_.database(), edit}, &output), 0)
      << output;
  appliance_.start_daemon();
  EXPECT_EQ(gateway(alice.tap()).error().code(), v1::TAMPERED);
  EXPECT_EQ(gateway(bob.tap()).error().code(), v1::TAMPERED);
  EXPECT_EQ(verify(portal_, "alice", alice.tap()).error().code(), v1::TAMPERED);
  EXPECT_THAT(appliance_.check_store(), Not(IsEmpty()));
}

TEST_F(Yubico, AYubiKeyThatTypesHotpIsFoundByItsIdentifier) {
  Token token = appliance_.enrol("alice", v1::HOTP);
  Token key{.username = "alice", .secret = std::string(20, 'k'), .kind = v1::HOTP};
  v1::Request enrol;
  auto& oath = *enrol.mutable_enrol_oath();
  oath.mutable_subject()->set_username("alice");
  oath.set_kind(v1::HOTP);
  oath.set_secret(key.secret);
  oath.set_token_identifier("UBHE00123456");
  const v1::Reply enrolled = provision(enrol);
  key.factor = enrolled.enrolment().factor().id();
  EXPECT_EQ(enrolled.enrolment().factor().public_id(), "ubhe00123456");
  v1::Request confirm;
  confirm.mutable_confirm_factor()->set_factor_id(key.factor);
  confirm.mutable_confirm_factor()->set_passcode("ubhe00123456" + key.press());
  ASSERT_TRUE(accepted(provision(confirm)));
  EXPECT_EQ(verify(portal_, "alice", "UBHE00123456" + key.press()).verdict().factor_id(),
            key.factor);
  EXPECT_EQ(verify(portal_, "alice", "ubhe00123457" + key.press()).verdict().reason(),
            v1::NO_SUCH_FACTOR);
  EXPECT_EQ(verify(portal_, "alice", token.press()).verdict().factor_id(), token.factor);
}

TEST_F(Yubico, AYubiKeyIsNeverResynchronised) {
  YubicoKey key = random_yubico_key("alice", "ccccccccccbd");
  enrol(appliance_, key);
  client::Client admin = appliance_.admin_client();
  v1::Request request;
  request.mutable_resynchronise_factor()->set_factor_id(key.factor);
  request.mutable_resynchronise_factor()->set_first_passcode(key.tap());
  request.mutable_resynchronise_factor()->set_second_passcode(key.tap());
  EXPECT_EQ(ask(admin, request).error().code(), v1::MALFORMED);
}

}  // namespace
}  // namespace countersign::test
