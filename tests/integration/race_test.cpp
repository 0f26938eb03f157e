// SPDX-License-Identifier: Apache-2.0
// Many connections, one code, at the same moment: exactly one acceptance, every time.
//
// CS_RACE_ROUNDS sets how often; sanitizer runs take fewer.
#include "tests/support/appliance.hpp"
#include "tests/support/yubico_key.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <stdexcept>

namespace countersign::test {
namespace {

constexpr std::size_t kConnections = 64;
constexpr int kRoundsByDefault = 2000;
constexpr int kAtOnce = 40;  // races that run side by side

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

v1::Request verify_request(const std::string& username, const std::string& code) {
  v1::Request request;
  request.set_request_id(*client::new_request_id());
  if (!username.empty()) request.mutable_verify()->mutable_subject()->set_username(username);
  request.mutable_verify()->set_passcode(code);
  return request;
}

v1::Request verify_request(const Token& token, const std::string& code) {
  return verify_request(token.username, code);
}

// A code that is raced for, and whose it is; nobody's name where its public id says that.
struct Prize {
  std::string username;
  std::string code;
};

// Races several codes at once, each on every connection, every one sent before any answer is read;
// says how often each was accepted.
std::vector<int> race(std::vector<client::Client>& clients, const std::vector<Prize>& prizes) {
  std::map<std::string, std::size_t> prize_of;  // by request id
  for (client::Client& client : clients) {
    for (std::size_t i = 0; i < prizes.size(); ++i) {
      const v1::Request request = verify_request(prizes[i].username, prizes[i].code);
      prize_of[request.request_id()] = i;
      if (!client.send(request)) throw std::runtime_error{"send"};
    }
    if (!client.flush()) throw std::runtime_error{"flush"};
  }
  std::vector<int> acceptances(prizes.size());
  for (client::Client& client : clients) {
    for (std::size_t i = 0; i < prizes.size(); ++i) {
      v1::Reply reply;
      if (!client.receive(reply)) throw std::runtime_error{"receive"};
      acceptances[prize_of.at(reply.request_id())] += accepted(reply) ? 1 : 0;
    }
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
  std::vector<Token> tokens;
  for (int i = 0; i < kAtOnce; ++i) {
    tokens.push_back(appliance.enrol("person-" + std::to_string(i), v1::HOTP));
  }
  auto clients = connections(appliance);
  for (int round = 0; round < rounds(); round += kAtOnce) {
    std::vector<Prize> prizes;
    for (Token& token : tokens) prizes.push_back({token.username, token.press()});
    ASSERT_EQ(race(clients, prizes), std::vector<int>(kAtOnce, 1)) << "round " << round;
  }
}

// A TOTP token has two fresh codes in half a minute, so every round has tokens of its own.
TEST(Race, ExactlyOneAcceptanceOfOneTotpCode) {
  Appliance appliance{{.policy = kPatientPolicy}};
  auto clients = connections(appliance);
  for (int round = 0; round < rounds(); round += kAtOnce) {
    std::vector<Token> tokens;
    for (int i = 0; i < kAtOnce; ++i) {
      tokens.push_back(appliance.enrol("person-" + std::to_string(round + i), v1::TOTP));
    }
    std::vector<Prize> prizes;
    for (const Token& token : tokens) prizes.push_back({token.username, token.now(+1)});
    ASSERT_EQ(race(clients, prizes), std::vector<int>(kAtOnce, 1)) << "round " << round;
  }
}

// Half of them by their owners' names, half as a gateway asks.
TEST(Race, ExactlyOneAcceptanceOfOneYubicoOtp) {
  Appliance appliance{{.policy = kGatewayPolicy}};
  std::vector<YubicoKey> keys;
  for (int i = 0; i < kAtOnce; ++i) {
    keys.push_back(random_yubico_key("person-" + std::to_string(i),
                                     public_id_of(static_cast<std::uint32_t>(i))));
    enrol(appliance, keys.back());
  }
  auto clients = connections(appliance);
  for (int round = 0; round < rounds(); round += kAtOnce) {
    std::vector<Prize> prizes;
    for (YubicoKey& key : keys) {
      const bool by_name = prizes.size() % 2 == 0;
      prizes.push_back({by_name ? key.username : "", key.tap()});
    }
    ASSERT_EQ(race(clients, prizes), std::vector<int>(kAtOnce, 1)) << "round " << round;
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
