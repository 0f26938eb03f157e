// SPDX-License-Identifier: Apache-2.0
// What the tests of `countersign yubikey` begin with: an appliance that they share, and a key.
#pragma once

#include "tests/integration/yubikey_desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace countersign::test {

using Words = std::vector<std::string>;
using enum v1::FactorState;

// Exit statuses.
inline constexpr int kDone = 0;
inline constexpr int kUsage = 2;
inline constexpr int kRefused = 3;
inline constexpr int kUnavailable = 4;

class YubikeyDesk : public testing::Test {
 protected:
  static void SetUpTestSuite() { appliance = new Appliance; }
  static void TearDownTestSuite() {
    delete appliance;
    appliance = nullptr;
  }

  static void create(const std::string& username) {
    client::Client client = appliance->provision_client();
    v1::Request request;
    request.mutable_create_subject()->mutable_subject()->set_username(username);
    const auto reply = client.call(request);
    ASSERT_TRUE(reply && reply->has_subject());
  }
  static std::vector<v1::Factor> factors(const std::string& username) {
    client::Client client = appliance->provision_client();
    v1::Request request;
    request.mutable_list_factors()->mutable_subject()->set_username(username);
    const auto reply = client.call(request);
    EXPECT_TRUE(reply && reply->has_factor_list());
    const auto& list = reply->factor_list().factors();
    return {list.begin(), list.end()};
  }
  static std::vector<v1::FactorState> states(const std::string& username) {
    std::vector<v1::FactorState> states;
    for (const v1::Factor& factor : factors(username)) states.push_back(factor.state());
    return states;
  }
  static bool opens(const std::string& username, std::string typed) {
    std::erase(typed, '\n');
    client::Client client = appliance->verify_client();
    return accepted(verify(client, username, typed));
  }

  Desk desk(Words words) const { return Desk{*appliance, keys, std::move(words)}; }
  [[nodiscard]] Words program(const std::string& username, const Words& more = {}) const {
    Words words{"program", username, "--slot", "1", "--kind", kind};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  // Everything as it should go.
  void program_and_touch(const std::string& username, const Words& more = {}) const {
    Desk desk{*appliance, keys, program(username, more)};
    ASSERT_TRUE(desk.asks("Touch key 7654321, slot 1:")) << desk.said();
    desk.type(keys.touch(1));
    ASSERT_EQ(desk.ends(), kDone) << desk.said();
  }

  static inline Appliance* appliance = nullptr;
  VirtualYubikeys keys{7654321};
  std::string kind = "hotp";
};

}  // namespace countersign::test
