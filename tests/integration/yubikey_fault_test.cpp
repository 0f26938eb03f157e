// SPDX-License-Identifier: Apache-2.0
// A YubiKey that is refused, busy, pulled out or killed at any point, for either kind of factor: no
// factor is left that accepts codes of nobody's key.
#include "tests/integration/yubikey_suite.hpp"

#include <span>

namespace countersign::test {
namespace {

using testing::HasSubstr;

struct Fault {
  const char* name;
  void (*set)(yubikey::Faults& faults);
};

constexpr Fault kFaults[] = {
    {"the first piece", [](yubikey::Faults& f) { f.unplug_at_chunk = 0; }},
    {"a piece of the key", [](yubikey::Faults& f) { f.unplug_at_chunk = 4; }},
    {"the last piece", [](yubikey::Faults& f) { f.unplug_at_chunk = 9; }},
    {"after the last piece", [](yubikey::Faults& f) { f.unplug_after_write = true; }},
    {"refused", [](yubikey::Faults& f) { f.refuse_writes = true; }},
    {"busy", [](yubikey::Faults& f) { f.busy = true; }},
    {"no permission", [](yubikey::Faults& f) { f.no_permission = true; }},
};

class YubikeyDeskOf : public YubikeyDesk, public testing::WithParamInterface<const char*> {
 protected:
  YubikeyDeskOf() { kind = GetParam(); }
  ~YubikeyDeskOf() override {
    // The next test has this key's public id again.
    client::Client client = appliance->provision_client();
    for (const std::string& username : people_) {
      for (const v1::Factor& factor : factors(username)) {
        v1::Request request;
        request.mutable_revoke_factor()->set_factor_id(factor.id());
        if (factor.state() == REVOKED) continue;
        EXPECT_TRUE(client.call(request)->has_factor());
      }
    }
  }
  std::string next_person() {
    people_.push_back(kind + "-" + std::to_string(++last_person));
    create(people_.back());
    return people_.back();
  }

 private:
  static inline int last_person = 0;
  std::vector<std::string> people_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, YubikeyDeskOf, testing::Values("hotp", "yubico_otp"),
                         [](const auto& kind) { return std::string{kind.param}; });

TEST_P(YubikeyDeskOf, AProgrammedKeyOpensFromItsSecondCodeOn) {
  const std::string username = next_person();
  Desk desk{*appliance, keys, program(username)};
  ASSERT_TRUE(desk.asks("Touch key 7654321, slot 1:")) << desk.said();
  EXPECT_EQ(states(username), std::vector{PENDING});
  const std::string first = keys.touch(1);
  desk.type(first);
  ASSERT_EQ(desk.ends(), kDone) << desk.said();
  EXPECT_THAT(desk.said(), HasSubstr(R"("state":"ACTIVE")"));
  EXPECT_FALSE(opens(username, first));
  EXPECT_TRUE(opens(username, keys.touch(1)));
  keys.power_cycle();
  EXPECT_TRUE(opens(username, keys.touch(1)));
}

TEST_P(YubikeyDeskOf, NoFaultLeavesAFactorBehind) {
  const std::string username = next_person();
  for (const Fault& fault : kFaults) {
    SCOPED_TRACE(fault.name);
    fault.set(keys.key()->faults);
    Desk desk{*appliance, keys, program(username, {"--overwrite"})};
    EXPECT_GE(desk.ends(), kRefused) << desk.said();
    for (const v1::FactorState state : states(username)) EXPECT_EQ(state, REVOKED);
    EXPECT_FALSE(opens(username, keys.touch(1)));

    keys.key()->faults = {};
    keys.power_cycle();
  }
  program_and_touch(username, {"--overwrite"});
  EXPECT_TRUE(opens(username, keys.touch(1)));
}

TEST_P(YubikeyDeskOf, PulledOutAndPutInAgainItGoesOn) {
  int letter = 0;
  for (const Fault& fault : std::span{kFaults}.first(4)) {
    SCOPED_TRACE(fault.name);
    const std::string username = next_person();
    const std::string public_id = std::string{"vvccccccccc"} + "bdef"[letter++];
    fault.set(keys.key()->faults);
    Desk desk{*appliance, keys, program(username, {"--overwrite", "--public-id", public_id})};
    ASSERT_TRUE(desk.asks("Plug in key 7654321")) << desk.said();
    keys.key()->faults = {};
    desk.type("");
    ASSERT_TRUE(desk.asks("Plug in key 7654321")) << "it is not there yet";
    keys.power_cycle();
    desk.type("");
    ASSERT_TRUE(desk.asks("Touch key")) << desk.said();
    desk.type(keys.touch(1));
    ASSERT_EQ(desk.ends(), kDone) << desk.said();
    EXPECT_TRUE(opens(username, keys.touch(1)));
    EXPECT_EQ(states(username), std::vector{ACTIVE});
  }
}

TEST_P(YubikeyDeskOf, WhatAKilledRunLeftPendingDoesNotStandInTheWay) {
  const std::string username = next_person();
  Desk desk{*appliance, keys, program(username)};
  ASSERT_TRUE(desk.asks("Touch"));
  desk.kill();
  EXPECT_EQ(states(username), std::vector{PENDING});
  program_and_touch(username, {"--overwrite"});
  EXPECT_EQ(states(username), (std::vector{REVOKED, ACTIVE}));
}

}  // namespace
}  // namespace countersign::test
