// SPDX-License-Identifier: Apache-2.0
// One OTP on 64 connections at the same moment, half of them to the gateway, half to the socket:
// exactly one yes, every time.
//
// CS_RACE_ROUNDS sets how often.
#include "tests/support/gateway.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace countersign::test {
namespace {

constexpr std::size_t kConnections = 64;
constexpr int kRoundsByDefault = 100;

int rounds() {
  const char* text = std::getenv("CS_RACE_ROUNDS");
  return text == nullptr ? kRoundsByDefault : std::atoi(text);
}

class GatewayRace : public testing::Test {
 protected:
  GatewayRace() {
    for (std::size_t i = 0; i < kConnections / 2; ++i) {
      sockets_.push_back(appliance_.verify_client());
      peers_.emplace_back(gateway_.port());
    }
  }

  Appliance appliance_{{.policy = kGatewayPolicy}};
  // All of it comes from one address.
  Gateway gateway_{appliance_, "[limits]\nrequests_per_second = 0\n"};
  ApiClient client_ = add_client(appliance_);
  YubicoKey key_ = enrol_yubico_key(appliance_, "alice");
  std::vector<client::Client> sockets_;
  std::vector<HttpPeer> peers_;
};

TEST_F(GatewayRace, ExactlyOneAcceptanceOfOneOtp) {
  for (int round = 0; round < rounds(); ++round) {
    const std::string otp = key_.tap();
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      peers_[i].ask(target_for(client_, otp));
      ASSERT_TRUE(sockets_[i].send(by_public_id(otp, *client::new_request_id())) &&
                  sockets_[i].flush());
    }
    int acceptances = 0;
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      const HttpAnswer answer = peers_[i].receive();
      acceptances += answer["status"] == "OK" ? 1 : 0;
      ASSERT_TRUE(answer["status"] == "OK" || answer["status"] == "REPLAYED_OTP") << answer.body;
      v1::Reply reply;
      ASSERT_TRUE(sockets_[i].receive(reply));
      acceptances += accepted(reply) ? 1 : 0;
      ASSERT_TRUE(reply.has_verdict()) << reply.ShortDebugString();
    }
    ASSERT_EQ(acceptances, 1) << "round " << round;
  }
}

TEST_F(GatewayRace, ExactlyOneOkForOneRequestThatComesManyTimes) {
  for (int round = 0; round < rounds(); ++round) {
    const std::string query = query_for(client_, key_.tap(), fresh_nonce());
    for (const HttpPeer& peer : peers_) peer.ask("/wsapi/2.0/verify?" + query);
    int acceptances = 0;
    for (HttpPeer& peer : peers_) {
      const HttpAnswer answer = peer.receive();
      acceptances += answer["status"] == "OK" ? 1 : 0;
      ASSERT_TRUE(answer["status"] == "OK" || answer["status"] == "REPLAYED_REQUEST")
          << answer.body;
    }
    ASSERT_EQ(acceptances, 1) << "round " << round;
  }
}

}  // namespace
}  // namespace countersign::test
