// SPDX-License-Identifier: Apache-2.0
// Hardware tokens on the real parts: taken in, given away, claimed by a tap, thrown away.
#include "tests/support/yubico_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace countersign::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kImported = v1::IMPORTED;
constexpr int kKnown = v1::KNOWN_ALREADY;
constexpr int kRefused = v1::REFUSED;

v1::TokenSecret hotp(const std::string& serial, std::uint64_t counter = 0) {
  v1::TokenSecret token;
  token.set_kind(v1::HOTP);
  token.set_serial(serial);
  token.set_secret("12345678901234567890");
  token.set_counter(counter);
  return token;
}

v1::TokenSecret yubico(const YubicoKey& key) {
  v1::TokenSecret token;
  token.set_kind(v1::YUBICO_OTP);
  token.set_public_id(key.public_id);
  token.set_secret(key.aes_key);
  token.set_private_id(key.private_id);
  return token;
}

std::vector<int> outcomes(const v1::Reply& reply) {
  const auto& all = reply.import_report().outcomes();
  return {all.begin(), all.end()};
}

class HardwareTokens : public testing::Test {
 protected:
  static v1::Reply ask(client::Client& client, const v1::Request& request) {
    auto reply = client.call(request);
    if (!reply) ADD_FAILURE() << "no answer: " << reply.error().operation.view();
    return reply ? *reply : v1::Reply{};
  }
  v1::Reply import(const std::vector<v1::TokenSecret>& tokens, bool dry_run = false) {
    v1::Request request;
    for (const auto& token : tokens) *request.mutable_import_tokens()->add_tokens() = token;
    request.mutable_import_tokens()->set_dry_run(dry_run);
    return ask(admin_, request);
  }
  void add_subject(const std::string& username) {
    v1::Request request;
    request.mutable_create_subject()->mutable_subject()->set_username(username);
    EXPECT_TRUE(ask(admin_, request).has_subject());
  }
  static v1::Request claim_request(const std::string& username, const std::string& otp) {
    v1::Request request;
    request.set_request_id(*client::new_request_id());
    request.mutable_claim_token()->mutable_subject()->set_username(username);
    request.mutable_claim_token()->set_passcode(otp);
    request.mutable_claim_token()->set_label("my key");
    return request;
  }
  v1::Reply claim(const std::string& username, const std::string& otp) {
    return ask(admin_, claim_request(username, otp));
  }
  v1::Reply assign(const std::string& username, const std::string& serial,
                   const std::string& public_id = "") {
    v1::Request request;
    request.mutable_assign_token()->mutable_subject()->set_username(username);
    request.mutable_assign_token()->set_serial(serial);
    request.mutable_assign_token()->set_public_id(public_id);
    return ask(admin_, request);
  }
  std::vector<v1::Token> listed() {
    std::vector<v1::Token> all;
    for (;;) {
      v1::Request request;
      request.mutable_list_tokens()->set_after_id(all.empty() ? 0 : all.back().id());
      const v1::Reply reply = ask(admin_, request);
      const auto& some = reply.token_list().tokens();
      if (some.empty()) return all;
      all.insert(all.end(), some.begin(), some.end());
    }
  }
  std::uint32_t failures(const std::string& username) {
    v1::Request request;
    request.mutable_get_subject()->mutable_subject()->set_username(username);
    return ask(admin_, request).subject().failures();
  }

  Appliance appliance_{{.policy = kGatewayPolicy}};
  client::Client admin_ = appliance_.admin_client();
};

TEST_F(HardwareTokens, EachIsDecidedByItself) {
  const YubicoKey key = random_yubico_key("", "ccccccccccbd");
  v1::TokenSecret short_key = yubico(random_yubico_key("", "ccccccccccbe"));
  short_key.set_secret("fifteen bytes!!");
  v1::TokenSecret no_modhex = yubico(random_yubico_key("", "abcdef"));
  v1::TokenSecret nameless = hotp("");
  v1::TokenSecret counted = hotp("T1");
  counted.set_kind(v1::TOTP);
  counted.set_counter(7);
  const std::vector<v1::TokenSecret> mixed{hotp("A1"), short_key, yubico(key), no_modhex,
                                           nameless,   counted,   hotp("A1"),  hotp("A2")};
  const std::vector<int> expected{kImported, kRefused, kImported, kRefused,
                                  kRefused,  kRefused, kKnown,    kImported};
  EXPECT_EQ(outcomes(import(mixed, true)), expected);
  EXPECT_THAT(listed(), IsEmpty());

  const v1::Reply reply = import(mixed);
  EXPECT_EQ(outcomes(reply), expected) << reply.ShortDebugString();
  const auto& problems = reply.import_report().problems();
  EXPECT_THAT(problems, ElementsAre("", HasSubstr("aes_key"), "", HasSubstr("modhex"),
                                    HasSubstr("serial"), HasSubstr("counter"), "", ""));
  EXPECT_THAT(reply.ShortDebugString(), testing::Not(HasSubstr("fifteen")));

  const std::vector<v1::Token> tokens = listed();
  ASSERT_EQ(tokens.size(), 3u);
  EXPECT_EQ(tokens[0].serial(), "A1");
  EXPECT_EQ(tokens[0].digits(), 6u);
  EXPECT_EQ(tokens[1].public_id(), "ccccccccccbd");
  EXPECT_EQ(tokens[1].kind(), v1::YUBICO_OTP);
  EXPECT_EQ(tokens[2].serial(), "A2");

  EXPECT_EQ(outcomes(import(mixed)),
            (std::vector{kKnown, kRefused, kKnown, kRefused, kRefused, kRefused, kKnown, kKnown}));
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

TEST_F(HardwareTokens, TwoHundredAreTheMost) {
  std::vector<v1::TokenSecret> many;
  for (int i = 0; i < 201; ++i) many.push_back(hotp(std::to_string(i)));
  EXPECT_EQ(import(many).error().code(), v1::MALFORMED);
  many.pop_back();
  EXPECT_EQ(outcomes(import(many)), std::vector<int>(200, kImported));
  EXPECT_EQ(listed().size(), 200u);
}

TEST_F(HardwareTokens, AnAssignedOneWorksAfterItsFirstCode) {
  add_subject("alice");
  import({hotp("A1", 5)});
  const v1::Reply assigned = assign("alice", "A1");
  const v1::Factor& factor = assigned.factor();
  EXPECT_EQ(factor.state(), v1::PENDING) << assigned.ShortDebugString();
  EXPECT_EQ(factor.serial(), "A1");
  EXPECT_THAT(listed(), IsEmpty());
  EXPECT_EQ(assign("alice", "A1").error().code(), v1::NOT_FOUND);
  EXPECT_EQ(outcomes(import({hotp("A1")})), std::vector{kKnown});

  const Token shown{.secret = "12345678901234567890"};
  v1::Request confirm;
  confirm.mutable_confirm_factor()->set_factor_id(factor.id());
  confirm.mutable_confirm_factor()->set_passcode(shown.code(4));
  EXPECT_EQ(ask(admin_, confirm).verdict().reason(), v1::REPLAYED);
  confirm.mutable_confirm_factor()->set_passcode(shown.code(5));
  EXPECT_TRUE(accepted(ask(admin_, confirm)));
  client::Client portal = appliance_.verify_client();
  EXPECT_TRUE(accepted(verify(portal, "alice", shown.code(6))));
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

TEST_F(HardwareTokens, ATapClaimsAYubiKeyAndIsUsedUp) {
  add_subject("alice");
  YubicoKey key = random_yubico_key("alice", "ccccccccccbd");
  import({yubico(key)});
  const std::string otp = key.tap();
  const v1::Reply claimed = claim("alice", otp);
  EXPECT_EQ(claimed.factor().state(), v1::ACTIVE) << claimed.ShortDebugString();
  EXPECT_EQ(claimed.factor().public_id(), key.public_id);
  EXPECT_EQ(claimed.factor().label(), "my key");
  EXPECT_THAT(listed(), IsEmpty());

  client::Client portal = appliance_.verify_client();
  EXPECT_EQ(verify(portal, "alice", otp).verdict().reason(), v1::REPLAYED);
  EXPECT_TRUE(accepted(verify(portal, "alice", key.tap())));
  EXPECT_TRUE(accepted(ask(portal, by_public_id(key.tap()))));
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

TEST_F(HardwareTokens, AWrongTapIsAFailureOfThePerson) {
  add_subject("alice");
  YubicoKey key = random_yubico_key("alice", "ccccccccccbd");
  YubicoKey impostor = random_yubico_key("alice", "ccccccccccbd");
  YubicoKey stranger = random_yubico_key("alice", "ccccccccccbe");
  v1::TokenSecret seen = yubico(key);
  seen.set_counter(1);
  import({seen});
  EXPECT_EQ(claim("alice", impostor.tap()).verdict().reason(), v1::WRONG_CODE);
  EXPECT_EQ(claim("alice", stranger.tap()).verdict().reason(), v1::NO_SUCH_FACTOR);
  EXPECT_EQ(claim("alice", "123456").verdict().reason(), v1::WRONG_CODE);
  EXPECT_EQ(claim("alice", key.tap()).verdict().reason(), v1::REPLAYED);
  EXPECT_EQ(failures("alice"), 4u);
  appliance_.stop_daemon();
  appliance_.start_daemon();
  admin_ = appliance_.admin_client();
  EXPECT_EQ(failures("alice"), 4u);
  key.next.session_counter = 2;
  EXPECT_TRUE(claim("alice", key.tap()).has_factor());
  // A key at hand is not yet the person: the failures stay.
  EXPECT_EQ(failures("alice"), 4u);
  EXPECT_EQ(claim("nobody", key.tap()).error().code(), v1::NOT_FOUND);
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

TEST_F(HardwareTokens, ClaimsAreThrottledLikeEveryGuess) {
  add_subject("alice");
  YubicoKey key = random_yubico_key("alice", "ccccccccccbd");
  YubicoKey impostor = random_yubico_key("alice", "ccccccccccbd");
  import({yubico(key)});
  int failed = 0;
  v1::Reply reply = claim("alice", impostor.tap());
  while (reply.verdict().reason() == v1::WRONG_CODE && ++failed < 200) {
    reply = claim("alice", impostor.tap());
  }
  EXPECT_LE(failed, 100);
  EXPECT_EQ(reply.verdict().reason(), v1::THROTTLED);
  EXPECT_EQ(claim("alice", key.tap()).verdict().reason(), v1::THROTTLED);
  EXPECT_EQ(listed().size(), 1u);
}

TEST_F(HardwareTokens, OfManyClaimsOfOneTapExactlyOneSucceeds) {
  constexpr int kPeople = 64;
  for (int i = 0; i < kPeople; ++i) add_subject("person-" + std::to_string(i));
  for (int round = 0; round < 10; ++round) {
    YubicoKey key = random_yubico_key("", public_id_of(static_cast<std::uint32_t>(round)));
    import({yubico(key)});
    const std::string otp = key.tap();
    std::vector<client::Client> clients;
    for (int i = 0; i < kPeople; ++i) {
      clients.push_back(appliance_.provision_client());
      ASSERT_TRUE(clients.back().send(claim_request("person-" + std::to_string(i), otp)));
    }
    for (client::Client& one : clients) ASSERT_TRUE(one.flush());
    int claimed = 0;
    for (client::Client& one : clients) {
      v1::Reply reply;
      ASSERT_TRUE(one.receive(reply));
      EXPECT_TRUE(reply.has_factor() || reply.verdict().answer() == v1::REJECTED)
          << reply.ShortDebugString();
      claimed += reply.has_factor() ? 1 : 0;
    }
    EXPECT_EQ(claimed, 1) << "round " << round;
  }
  EXPECT_THAT(listed(), IsEmpty());
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

TEST_F(HardwareTokens, ThePublicIdOfOneInStockIsNoOtherFactors) {
  add_subject("alice");
  const YubicoKey key = random_yubico_key("alice", "ccccccccccbd");
  YubicoKey other = random_yubico_key("alice", "ccccccccccbd");
  import({yubico(key)});
  EXPECT_EQ(ask(admin_, enrol_request(key)).error().code(), v1::ALREADY_EXISTS);
  EXPECT_EQ(ask(admin_, enrol_request(other)).error().code(), v1::ALREADY_EXISTS);
  EXPECT_EQ(listed().size(), 1u);
  other.public_id = "ccccccccccbb";
  EXPECT_TRUE(ask(admin_, enrol_request(other)).has_enrolment());
}

// A key that was revoked is taken in by another public id; what it typed before claims nothing.
TEST_F(HardwareTokens, AKeyThatComesBackIsNotClaimedByAnOldTap) {
  YubicoKey key = random_yubico_key("alice", "ccccccccccbd");
  enrol(appliance_, key);
  const std::string old = key.tap();
  client::Client portal = appliance_.verify_client();
  ASSERT_TRUE(accepted(verify(portal, "alice", old)));
  v1::Request revoke;
  revoke.mutable_revoke_factor()->set_factor_id(key.factor);
  ASSERT_TRUE(ask(admin_, revoke).has_factor());

  key.public_id = "ccccccccccbb";
  EXPECT_EQ(outcomes(import({yubico(key)})), std::vector{kImported});
  EXPECT_EQ(claim("alice", key.public_id + old.substr(12)).verdict().reason(), v1::REPLAYED);
  EXPECT_TRUE(claim("alice", key.tap()).has_factor());
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

TEST_F(HardwareTokens, ADiscardedOneIsGone) {
  add_subject("alice");
  import({hotp("A1")});
  v1::Request discard;
  discard.mutable_discard_token()->set_token_id(listed().front().id());
  EXPECT_EQ(ask(admin_, discard).token().serial(), "A1");
  EXPECT_EQ(ask(admin_, discard).error().code(), v1::NOT_FOUND);
  EXPECT_EQ(assign("alice", "A1").error().code(), v1::NOT_FOUND);
  EXPECT_EQ(assign("alice", "A1", "ccccccccccbd").error().code(), v1::MALFORMED);
  EXPECT_EQ(outcomes(import({hotp("A1")})), std::vector{kImported});
}

// The daemon is killed at any moment of an import; what it had answered is there, and sending
// everything again takes in the rest.
TEST_F(HardwareTokens, AKillLosesNothingThatWasAcknowledged) {
  constexpr int kBatches = 12;
  constexpr int kEach = 50;
  const auto batch = [](int number) {
    v1::Request request;
    request.set_request_id(*client::new_request_id());
    for (int i = 0; i < kEach; ++i) {
      *request.mutable_import_tokens()->add_tokens() =
          hotp(std::to_string(number) + "-" + std::to_string(i));
    }
    return request;
  };
  for (int kill_after = 1; kill_after < kBatches; kill_after += 3) {
    int acknowledged = 0;
    for (int number = 0; number < kBatches; ++number) ASSERT_TRUE(admin_.send(batch(number)));
    ASSERT_TRUE(admin_.flush());
    v1::Reply reply;
    while (acknowledged < kill_after && admin_.receive(reply)) ++acknowledged;
    appliance_.daemon().kill(SIGKILL);
    while (admin_.receive(reply)) ++acknowledged;
    appliance_.daemon().wait();
    appliance_.start_daemon();
    admin_ = appliance_.admin_client();
    EXPECT_GE(listed().size(), static_cast<std::size_t>(acknowledged) * kEach);
    EXPECT_EQ(listed().size() % kEach, 0u);
  }
  for (int number = 0; number < kBatches; ++number) {
    EXPECT_TRUE(ask(admin_, batch(number)).has_import_report());
  }
  EXPECT_EQ(listed().size(), static_cast<std::size_t>(kBatches * kEach));
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

}  // namespace
}  // namespace countersign::test
