// SPDX-License-Identifier: Apache-2.0
// A hundred thousand OTPs from random keys: each is accepted in its turn, and refused ever after.
#include "tests/support/yubico_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <stdexcept>
#include <vector>

namespace countersign::test {
namespace {

constexpr std::size_t kKeys = 1000;
constexpr std::size_t kOtpsOfEach = 100;

// Asks all of them before it reads an answer; the answers in the order of the questions.
std::vector<v1::Reply> ask_all(client::Client& client, std::vector<v1::Request> requests) {
  std::map<std::string, std::size_t> place_of;
  for (v1::Request& request : requests) {
    request.set_request_id(*client::new_request_id());
    place_of[request.request_id()] = place_of.size();
    if (!client.send(request)) throw std::runtime_error{"send"};
  }
  std::vector<v1::Reply> replies(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    v1::Reply reply;
    if (!client.receive(reply)) throw std::runtime_error{"receive"};
    const std::size_t place = place_of.at(reply.request_id());
    replies[place] = std::move(reply);
  }
  return replies;
}

template <class Make>
std::vector<v1::Request> of_each(std::vector<YubicoKey>& keys, Make make) {
  std::vector<v1::Request> requests;
  for (YubicoKey& key : keys) requests.push_back(make(key));
  return requests;
}

class YubicoMany : public testing::Test {
 protected:
  YubicoMany() {
    for (std::size_t i = 0; i < kKeys; ++i) {
      keys_.push_back(random_yubico_key("person-" + std::to_string(i),
                                        public_id_of(static_cast<std::uint32_t>(i))));
    }
    client::Client accounts = appliance_.provision_client();
    ask_all(accounts, of_each(keys_, [](const YubicoKey& key) {
              v1::Request create;
              create.mutable_create_subject()->mutable_subject()->set_username(key.username);
              return create;
            }));
    const auto enrolled =
        ask_all(accounts, of_each(keys_, [](YubicoKey& key) { return enrol_request(key); }));
    for (std::size_t i = 0; i < kKeys; ++i) keys_[i].factor = enrolled[i].enrolment().factor().id();
    const auto confirmed =
        ask_all(accounts, of_each(keys_, [](YubicoKey& key) { return confirm_request(key); }));
    for (const v1::Reply& reply : confirmed) EXPECT_TRUE(accepted(reply));
  }

  // One OTP of each key, asked by name or as a gateway asks.
  std::size_t count(v1::Reason reason, const std::vector<std::string>& otps, bool by_name) {
    std::vector<v1::Request> requests;
    for (std::size_t i = 0; i < kKeys; ++i) {
      requests.push_back(by_public_id(otps[i]));
      if (!by_name) continue;
      requests.back().mutable_verify()->mutable_subject()->set_username(keys_[i].username);
    }
    std::size_t counted = 0;
    for (const v1::Reply& reply : ask_all(portal_, std::move(requests))) {
      const bool as_told =
          reason == v1::REASON_UNSPECIFIED ? accepted(reply) : reply.verdict().reason() == reason;
      counted += as_told ? 1 : 0;
    }
    return counted;
  }

  Appliance appliance_{{.policy = kGatewayPolicy}};
  client::Client portal_ = appliance_.verify_client();
  std::vector<YubicoKey> keys_;
};

TEST_F(YubicoMany, EachOtpIsAcceptedInItsTurnAndRefusedEverAfter) {
  std::vector<std::string> before;
  for (std::size_t round = 0; round < kOtpsOfEach; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const bool by_name = round % 2 == 0;
    std::vector<std::string> otps;
    for (YubicoKey& key : keys_) {
      if (round % 7 == 6)
        key.next = {.session_counter = std::uint16_t(key.next.session_counter + 1)};
      otps.push_back(key.tap());
    }
    ASSERT_EQ(count(v1::REASON_UNSPECIFIED, otps, by_name), kKeys);
    // What was used, once something later is: refused whoever asks.
    if (!before.empty()) {
      ASSERT_EQ(count(v1::REPLAYED, before, !by_name), kKeys);
    }
    before = std::move(otps);
  }
  ASSERT_EQ(count(v1::REPLAYED, before, true), kKeys);
  EXPECT_THAT(appliance_.check_store(), testing::IsEmpty());
}

}  // namespace
}  // namespace countersign::test
