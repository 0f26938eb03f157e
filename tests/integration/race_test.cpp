// SPDX-License-Identifier: Apache-2.0
// Many connections, one code, at the same moment: exactly one acceptance, every time.
//
// CS_RACE_ROUNDS sets how often; sanitizer runs take fewer.
#include "tests/support/appliance.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace countersign::test {
namespace {

constexpr std::size_t kConnections = 64;
constexpr int kRoundsByDefault = 2000;

int rounds() {
  const char* text = std::getenv("CS_RACE_ROUNDS");
  return text == nullptr ? kRoundsByDefault : std::atoi(text);
}

// No throttling: the losers of two thousand races are failures, one after another.
const char* const kPatientPolicy = R"([throttle]
failures_free = 99
delay_first = "1s"
delay_max = "1s"
)";

v1::Request verify_request(const Token& token, const std::string& code) {
  v1::Request request;
  request.set_request_id(*client::new_request_id());
  request.mutable_verify()->mutable_subject()->set_username(token.username);
  request.mutable_verify()->set_passcode(code);
  return request;
}

// Sends the code on every connection before any answer is read; returns how many were accepted.
int race(std::vector<client::Client>& clients, const Token& token, const std::string& code) {
  for (client::Client& client : clients) {
    if (!client.send(verify_request(token, code)) || !client.flush()) return -1;
  }
  int acceptances = 0;
  for (client::Client& client : clients) {
    v1::Reply reply;
    if (!client.receive(reply)) return -1;
    acceptances += accepted(reply) ? 1 : 0;
  }
  return acceptances;
}

std::vector<client::Client> connections(const Appliance& appliance) {
  std::vector<client::Client> clients;
  for (std::size_t i = 0; i < kConnections; ++i) clients.push_back(appliance.verify_client());
  return clients;
}

// Each race leaves 63 failures behind; the next acceptance clears them.
TEST(Race, ExactlyOneAcceptanceOfOneCode) {
  Appliance appliance{{.policy = kPatientPolicy}};
  Token token = appliance.enrol("alice", v1::HOTP);
  auto clients = connections(appliance);
  for (int round = 0; round < rounds(); ++round) {
    ASSERT_EQ(race(clients, token, token.press()), 1) << "round " << round;
  }
}

// A TOTP token has two fresh codes in half a minute, so every second round has a token of its own.
TEST(Race, ExactlyOneAcceptanceOfOneTotpCode) {
  Appliance appliance{{.policy = kPatientPolicy}};
  auto clients = connections(appliance);
  for (int round = 0; round < rounds(); ++round) {
    const Token token = appliance.enrol("person-" + std::to_string(round), v1::TOTP);
    ASSERT_EQ(race(clients, token, token.now(+1)), 1) << "round " << round;
  }
}

TEST(Race, OneRequestIdOnManyConnectionsIsAnsweredAlike) {
  Appliance appliance{{.policy = kPatientPolicy}};
  Token token = appliance.enrol("alice", v1::HOTP);
  auto clients = connections(appliance);
  const v1::Request same = verify_request(token, token.press());
  for (client::Client& client : clients) {
    ASSERT_TRUE(client.send(same) && client.flush());
  }
  int first_times = 0;
  for (client::Client& client : clients) {
    v1::Reply reply;
    ASSERT_TRUE(client.receive(reply));
    ASSERT_TRUE(accepted(reply)) << reply.ShortDebugString();
    first_times += reply.verdict().repeated() ? 0 : 1;
  }
  EXPECT_EQ(first_times, 1);
}

}  // namespace
}  // namespace countersign::test
