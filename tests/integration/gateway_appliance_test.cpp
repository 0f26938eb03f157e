// SPDX-License-Identifier: Apache-2.0
// The gateway in front of the whole appliance, as its clients see it over HTTP.
#include "tests/support/gateway.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>

namespace countersign::test {
namespace {

class GatewayShow : public testing::Test {
 protected:
  Appliance appliance_{{.policy = kGatewayPolicy}};
  Gateway gateway_{appliance_};
  ApiClient client_ = add_client(appliance_);
  YubicoKey key_ = enrol_yubico_key(appliance_, "alice");
  HttpPeer peer_{gateway_.port()};

  HttpAnswer ask(const std::string& otp) { return peer_.get(target_for(client_, otp)); }
};

TEST_F(GatewayShow, AcceptsAnOtpOnceAndSignsWhatItSays) {
  const std::string otp = key_.tap();
  const HttpAnswer first = ask(otp);
  EXPECT_EQ(first.status, 200U);
  EXPECT_EQ(first["status"], "OK") << first.body;
  EXPECT_EQ(first["otp"], otp);
  EXPECT_EQ(first["sl"], "100");
  EXPECT_EQ(first["sessioncounter"], "1");
  EXPECT_EQ(first["sessionuse"], "1");
  EXPECT_EQ(first["timestamp"], std::to_string(0x00c230 + 16));
  EXPECT_TRUE(first.is_signed_with(client_.key));

  const HttpAnswer again = ask(otp);
  EXPECT_EQ(again["status"], "REPLAYED_OTP");
  EXPECT_EQ(again["otp"], otp);
  EXPECT_EQ(again["sessioncounter"], "");
  EXPECT_TRUE(again.is_signed_with(client_.key));
}

TEST_F(GatewayShow, SaysThatARequestCameTwiceAndNeverOkTwice) {
  const std::string query = query_for(client_, key_.tap(), fresh_nonce());
  EXPECT_EQ(peer_.get("/wsapi/2.0/verify?" + query)["status"], "OK");
  const HttpAnswer again = peer_.get("/wsapi/2.0/verify?" + query);
  EXPECT_EQ(again["status"], "REPLAYED_REQUEST") << again.body;
  EXPECT_TRUE(again.is_signed_with(client_.key));
  EXPECT_EQ(HttpPeer{gateway_.port()}.get("/wsapi/2.0/verify?" + query)["status"],
            "REPLAYED_REQUEST");
}

TEST_F(GatewayShow, TakesAnOlderOtpForAReplay) {
  const std::string older = key_.tap();
  EXPECT_EQ(ask(key_.tap())["status"], "OK");
  EXPECT_EQ(ask(older)["status"], "REPLAYED_OTP");
}

TEST_F(GatewayShow, TakesEverySpellingForTheSameOtp) {
  std::string otp = key_.tap();
  const HttpAnswer shouted = ask(in_capitals(otp));
  EXPECT_EQ(shouted["status"], "OK");
  EXPECT_EQ(shouted["otp"], in_capitals(otp));
  EXPECT_EQ(ask(otp)["status"], "REPLAYED_OTP");
  EXPECT_EQ(ask(on_dvorak(otp))["status"], "REPLAYED_OTP");

  otp = key_.tap();
  const HttpAnswer typed = ask(on_dvorak(otp));
  EXPECT_EQ(typed["status"], "OK");
  EXPECT_EQ(typed["otp"], on_dvorak(otp));
  EXPECT_EQ(ask(in_capitals(otp))["status"], "REPLAYED_OTP");
}

TEST_F(GatewayShow, KnowsAReplayedRequestInEverySpelling) {
  const std::string otp = key_.tap();
  const std::string nonce = fresh_nonce();
  EXPECT_EQ(peer_.get("/wsapi/2.0/verify?" + query_for(client_, otp, nonce))["status"], "OK");
  EXPECT_EQ(peer_.get("/wsapi/2.0/verify?" + query_for(client_, in_capitals(otp), nonce))["status"],
            "REPLAYED_REQUEST");
}

TEST_F(GatewayShow, GivesEveryRefusalItsOwnSignedStatus) {
  const std::string otp = key_.tap();
  const HttpAnswer unsigned_nonce = peer_.get("/wsapi/2.0/verify?id=1&otp=" + otp);
  EXPECT_EQ(unsigned_nonce["status"], "MISSING_PARAMETER");
  EXPECT_TRUE(unsigned_nonce.is_signed_with(""));

  ApiClient stranger = client_;
  stranger.id = 4'000'000'000;
  const HttpAnswer unknown = peer_.get(target_for(stranger, otp));
  EXPECT_EQ(unknown["status"], "NO_SUCH_CLIENT");
  EXPECT_TRUE(unknown.is_signed_with(""));

  ApiClient forger = client_;
  forger.key[0] = static_cast<char>(forger.key[0] ^ 1);
  const HttpAnswer forged = peer_.get(target_for(forger, otp));
  EXPECT_EQ(forged["status"], "BAD_SIGNATURE");
  EXPECT_TRUE(forged.is_signed_with(client_.key));

  const HttpAnswer junk = ask("cccccccccccccccccccccccccccccccccccccccccccc");
  EXPECT_EQ(junk["status"], "BAD_OTP") << junk.body;
  EXPECT_TRUE(junk.is_signed_with(client_.key));

  std::string wrong = key_.tap();
  wrong.back() = wrong.back() == 'c' ? 'b' : 'c';
  EXPECT_EQ(ask(wrong)["status"], "BAD_OTP");
  EXPECT_EQ(ask(otp)["status"], "OK");  // none of all this used it up
}

TEST_F(GatewayShow, DemandsASignatureWhereTheClientIsToSign) {
  const ApiClient strict = add_client(appliance_, true);
  const std::string otp = key_.tap();
  const std::string path = "/wsapi/2.0/verify?";
  EXPECT_EQ(peer_.get(path + query_for(strict, otp, fresh_nonce(), false))["status"],
            "BAD_SIGNATURE");
  EXPECT_EQ(peer_.get(path + query_for(strict, otp, fresh_nonce(), false) + "&h=")["status"],
            "BAD_SIGNATURE");
  EXPECT_EQ(peer_.get(target_for(strict, otp))["status"], "OK");
  EXPECT_EQ(peer_.get(path + query_for(client_, key_.tap(), fresh_nonce(), false))["status"], "OK");
}

TEST_F(GatewayShow, LetsOnlyThoseAskWhoMay) {
  const ApiClient elsewhere = add_client(appliance_, false, "192.0.2.0/24");
  const std::string otp = key_.tap();
  EXPECT_EQ(peer_.get(target_for(elsewhere, otp))["status"], "OPERATION_NOT_ALLOWED");
  const ApiClient here = add_client(appliance_, false, "127.0.0.0/8");
  EXPECT_EQ(peer_.get(target_for(here, otp))["status"], "OK");
  revoke_client(appliance_, here);
  EXPECT_EQ(peer_.get(target_for(here, key_.tap()))["status"], "OPERATION_NOT_ALLOWED");
}

TEST_F(GatewayShow, BelievesATrustedProxyAboutTheSource) {
  Gateway behind_proxy{appliance_, "trusted_proxies = [\"127.0.0.1\"]\n"};
  const ApiClient elsewhere = add_client(appliance_, false, "192.0.2.0/24");
  HttpPeer proxied{behind_proxy.port()};
  const auto ask_from = [&](HttpPeer& peer, const std::string& address) {
    peer.send("GET " + target_for(elsewhere, key_.tap()) +
              " HTTP/1.1\r\nHost: test\r\nX-Forwarded-For: " + address + "\r\n\r\n");
    return peer.receive();
  };
  EXPECT_EQ(ask_from(proxied, "192.0.2.5")["status"], "OK");
  EXPECT_EQ(ask_from(proxied, "198.51.100.5")["status"], "OPERATION_NOT_ALLOWED");
  EXPECT_EQ(ask_from(peer_, "192.0.2.5")["status"], "OPERATION_NOT_ALLOWED");
  EXPECT_EQ(ask_from(proxied, "junk").status, 400U);
}

TEST_F(GatewayShow, SpeaksVersionOne) {
  const std::string otp = key_.tap();
  const std::string target = "/wsapi/verify?id=" + std::to_string(client_.id) + "&otp=" + otp;
  const HttpAnswer first = peer_.get(target);
  EXPECT_EQ(first["status"], "OK");
  EXPECT_EQ(first["otp"], "");
  EXPECT_TRUE(first.is_signed_with(client_.key));
  EXPECT_EQ(peer_.get(target)["status"], "REPLAYED_OTP");
}

TEST_F(GatewayShow, TakesAFormAndAPipeline) {
  const std::string form = query_for(client_, key_.tap(), fresh_nonce());
  const std::string second = target_for(client_, key_.tap());
  const std::string third = target_for(client_, key_.tap());
  peer_.send(
      "POST /wsapi/2.0/verify HTTP/1.1\r\nHost: test\r\n"
      "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
      std::to_string(form.size()) + "\r\n\r\n" + form + "GET " + second +
      " HTTP/1.1\r\nHost: test\r\n\r\nGET " + third + " HTTP/1.0\r\n\r\n");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(peer_.receive()["status"], "OK");
  EXPECT_EQ(peer_.receive().status, 0U);  // HTTP/1.0: the connection is closed
}

TEST_F(GatewayShow, FailsClosedWithoutTheDaemonAndRecovers) {
  appliance_.stop_daemon();
  const std::string otp = key_.tap();
  EXPECT_EQ(ask(otp)["status"], "BACKEND_ERROR");
  appliance_.start_daemon();
  const bool recovered = wait_until([&] { return ask(key_.tap())["status"] == "OK"; });
  EXPECT_TRUE(recovered);
  EXPECT_EQ(ask(otp)["status"], "REPLAYED_OTP");
}

TEST_F(GatewayShow, LimitsASourceThatAsksTooFast) {
  Gateway slow{appliance_, "[limits]\nrequests_per_second = 1\nburst = 2\n"};
  HttpPeer peer{slow.port()};
  EXPECT_EQ(peer.get(target_for(client_, key_.tap()))["status"], "OK");
  EXPECT_EQ(peer.get(target_for(client_, key_.tap()))["status"], "OK");
  const HttpAnswer refused = peer.get(target_for(client_, key_.tap()));
  EXPECT_EQ(refused.status, 429U);
  EXPECT_EQ(refused["status"], "BACKEND_ERROR");
}

TEST_F(GatewayShow, LimitsConnections) {
  Gateway small{appliance_, "[limits]\nconnections = 2\n"};
  HttpPeer first{small.port()};
  first.send("GET / HT");
  HttpPeer second{small.port()};
  second.send("GET / HT");
  HttpPeer third{small.port()};
  EXPECT_EQ(third.receive().status, 503U);  // something is under way on both
  first.send("TP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(first.receive().status, 404U);  // and is closed, since it asked nonsense
  std::optional<HttpPeer> fourth;
  const bool served = wait_until([&] {
    fourth.emplace(small.port());
    return fourth->get(target_for(client_, key_.tap()))["status"] == "OK";
  });
  ASSERT_TRUE(served);
  // Whoever rests gives way.
  HttpPeer fifth{small.port()};
  EXPECT_EQ(fifth.get(target_for(client_, key_.tap()))["status"], "OK");
  EXPECT_EQ(fourth->receive().status, 0U);
}

TEST_F(GatewayShow, EndsWhenToldTo) {
  EXPECT_EQ(ask(key_.tap())["status"], "OK");
  EXPECT_EQ(gateway_.process().terminate(), 0);
  EXPECT_EQ(peer_.receive().status, 0U);
}

TEST_F(GatewayShow, LogsNothingThatAClientSent) {
  const std::string otp = key_.tap();
  const std::string target = target_for(client_, otp);
  static_cast<void>(peer_.get(target));
  static_cast<void>(peer_.get("/elsewhere" + target));
  peer_.send("GARBAGE " + target + "\r\n\r\n");
  appliance_.stop_daemon();
  static_cast<void>(HttpPeer{gateway_.port()}.get(target));
  gateway_.process().terminate();
  const std::string log = gateway_.process().log();
  EXPECT_EQ(log.find(otp), std::string::npos) << log;
  EXPECT_EQ(log.find("nonce"), std::string::npos) << log;
  EXPECT_EQ(log.find("wsapi"), std::string::npos) << log;
}

}  // namespace
}  // namespace countersign::test
