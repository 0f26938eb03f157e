// SPDX-License-Identifier: Apache-2.0
// A desk where YubiKeys are programmed: the whole appliance, the real libykpers, a key made of a
// file. Whatever goes wrong, no factor is left that accepts codes of nobody's key.
#include "tests/integration/yubikey_desk.hpp"
#include "tests/support/hex.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace countersign::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

constexpr int kDone = 0;
constexpr int kUsage = 2;
constexpr int kRefused = 3;
constexpr int kUnavailable = 4;

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

  static Appliance* appliance;
  VirtualYubikeys keys{7654321};
  std::string kind = "hotp";
};

Appliance* YubikeyDesk::appliance = nullptr;

using enum v1::FactorState;

TEST_F(YubikeyDesk, ListsTheKeysThatAreThere) {
  Desk list = desk({"list"});
  EXPECT_EQ(list.ends(), kDone);
  EXPECT_THAT(list.said(), HasSubstr(R"("serial":7654321,"firmware":"5.4.3")"));
  Desk info = desk({"info", "--serial", "1"});
  EXPECT_EQ(info.ends(), kRefused);
}

TEST_F(YubikeyDesk, SaysWhatIsWrongOnTheCommandLine) {
  EXPECT_EQ(desk({"program", "alice"}).ends(), kUsage);
  EXPECT_EQ(desk({"program", "--slot", "1"}).ends(), kUsage);
  EXPECT_EQ(desk({"program", "alice", "--slot", "3"}).ends(), kUsage);
  EXPECT_EQ(desk({"program", "alice", "--slot", "1", "--kind", "totp"}).ends(), kUsage);
  EXPECT_EQ(desk({"program", "alice", "--slot", "1", "--batch", "list"}).ends(), kUsage);
  EXPECT_EQ(desk({"delete"}).ends(), kUsage);
}

TEST_F(YubikeyDesk, NothingItSaysHoldsTheSecret) {
  create("silent");
  Desk desk{*appliance, keys, program("silent")};
  ASSERT_TRUE(desk.asks("Touch"));
  desk.type(keys.touch(1));
  ASSERT_EQ(desk.ends(), kDone);
  const auto secret = keys.key()->slots[0].key;
  const auto part = std::as_bytes(std::span{secret}).first(8);
  EXPECT_THAT(desk.said(), Not(HasSubstr(to_hex(part))));
  EXPECT_THAT(desk.said(), Not(HasSubstr(std::string{as_text(part)})));
}

TEST_F(YubikeyDesk, WithoutAKeyNothingIsEnrolled) {
  create("early");
  keys.key()->plugged = false;
  Desk desk{*appliance, keys, program("early")};
  EXPECT_EQ(desk.ends(), kRefused);
  EXPECT_THAT(desk.said(), HasSubstr("No YubiKey is plugged in"));
  EXPECT_TRUE(states("early").empty());
}

TEST_F(YubikeyDesk, ForAnUnknownSubjectTheKeyStaysAsItIs) {
  Desk desk{*appliance, keys, program("nobody-at-all")};
  EXPECT_EQ(desk.ends(), kRefused);
  EXPECT_FALSE(keys.key()->slots[0].valid);
}

TEST_F(YubikeyDesk, AConfiguredSlotIsOverwrittenOnlyWhenAsked) {
  create("olga");
  program_and_touch("olga");
  Desk again{*appliance, keys, program("olga")};
  EXPECT_EQ(again.ends(), kRefused);
  EXPECT_THAT(again.said(), HasSubstr("--overwrite"));
  EXPECT_EQ(states("olga"), std::vector{ACTIVE});
  EXPECT_TRUE(opens("olga", keys.touch(1)));
  program_and_touch("olga", {"--overwrite"});
}

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

TEST_F(YubikeyDesk, WithoutARightCodeTheFactorIsRevoked) {
  create("wrong");
  Desk desk{*appliance, keys, program("wrong")};
  for (const char* typed : {"000000", "not a code", "111111"}) {
    ASSERT_TRUE(desk.asks("Touch")) << desk.said();
    desk.type(typed);
  }
  EXPECT_EQ(desk.ends(), kRefused);
  EXPECT_EQ(states("wrong"), std::vector{REVOKED});
}

TEST_F(YubikeyDesk, UntouchedTheFactorIsRevoked) {
  create("absent");
  Desk desk{*appliance, keys, program("absent")};
  ASSERT_TRUE(desk.asks("Touch"));
  EXPECT_EQ(desk.ends(), kRefused);
  EXPECT_EQ(states("absent"), std::vector{REVOKED});
  EXPECT_FALSE(opens("absent", keys.touch(1)));
}

TEST_F(YubikeyDesk, InterruptedItTakesTheFactorBack) {
  create("hasty");
  Desk desk{*appliance, keys, program("hasty")};
  ASSERT_TRUE(desk.asks("Touch"));
  EXPECT_EQ(desk.interrupt(), kRefused) << desk.said();
  EXPECT_EQ(states("hasty"), std::vector{REVOKED});
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

TEST_F(YubikeyDesk, ATokenIdentifierIsTypedAndRead) {
  create("identified");
  program_and_touch("identified", {"--token-identifier", "ubhe07654321", "--digits", "8"});
  const std::string typed = keys.touch(1);
  EXPECT_EQ(typed.substr(0, 12), "ubhe07654321");
  EXPECT_EQ(typed.size(), 21u);
  EXPECT_TRUE(opens("identified", typed));
}

TEST_F(YubikeyDesk, UnconfirmedItWaitsForItsOwner) {
  create("later");
  Desk desk{*appliance, keys, program("later", {"--unconfirmed"})};
  EXPECT_EQ(desk.ends(), kDone);
  EXPECT_EQ(states("later"), std::vector{PENDING});
  EXPECT_FALSE(opens("later", keys.touch(1)));
}

TEST_F(YubikeyDesk, AnAccessCodeProtectsWhatWasProgrammed) {
  create("locked");
  std::ofstream{appliance->path("code")} << "0102030405FF\n";
  const std::string code = appliance->path("code");
  program_and_touch("locked", {"--new-access-code-file", code});

  Desk without{*appliance, keys, program("locked", {"--overwrite"})};
  EXPECT_EQ(without.ends(), kRefused);
  EXPECT_THAT(without.said(), HasSubstr("access code"));
  EXPECT_EQ(states("locked"), (std::vector{ACTIVE, REVOKED}));
  EXPECT_TRUE(opens("locked", keys.touch(1)));
  EXPECT_EQ(desk({"delete", "--slot", "1"}).ends(), kRefused);
  EXPECT_EQ(desk({"swap"}).ends(), kRefused);

  program_and_touch("locked", {"--overwrite", "--access-code-file", code});
  EXPECT_EQ(desk({"update", "--slot", "1", "--no-return"}).ends(), kRefused);
  Desk update = desk({"update", "--slot", "1", "--no-return", "--access-code-file", code});
  EXPECT_EQ(update.ends(), kDone) << update.said();
  EXPECT_EQ(keys.touch(1).size(), 6u);
  EXPECT_EQ(desk({"swap", "--access-code-file", code}).ends(), kDone);
  EXPECT_EQ(desk({"delete", "--slot", "2", "--access-code-file", code}).ends(), kDone);
  EXPECT_FALSE(keys.key()->slots[1].valid);
}

// The new access code was taken, and the word of it was lost with the plug.
TEST_F(YubikeyDesk, PulledOutBehindANewAccessCodeItGoesOn) {
  create("sealed");
  std::ofstream{appliance->path("code")} << "0102030405ff\n";
  keys.key()->faults.unplug_after_write = true;
  Desk desk{*appliance, keys,
            program("sealed", {"--new-access-code-file", appliance->path("code")})};
  ASSERT_TRUE(desk.asks("Plug in key 7654321")) << desk.said();
  keys.key()->faults = {};
  keys.power_cycle();
  desk.type("");
  ASSERT_TRUE(desk.asks("Touch key")) << desk.said();
  desk.type(keys.touch(1));
  EXPECT_EQ(desk.ends(), kDone);
  EXPECT_TRUE(opens("sealed", keys.touch(1)));
}

TEST_F(YubikeyDesk, AYubicoOtpBeginsWithTheSerialNumber) {
  create("numbered");
  kind = "yubico_otp";
  program_and_touch("numbered");
  EXPECT_EQ(keys.touch(1).substr(0, 12), "vvccccifrnnb");
}

TEST_F(YubikeyDesk, TheKeyOfSomebodyIsNobodyElses) {
  create("first");
  create("second");
  kind = "yubico_otp";
  const Words same{"--overwrite", "--public-id", "vvbbbbbbbbbb"};
  program_and_touch("first", same);
  Desk other{*appliance, keys, program("second", same)};
  EXPECT_EQ(other.ends(), kRefused) << other.said();
  EXPECT_TRUE(states("second").empty());
  EXPECT_TRUE(opens("first", keys.touch(1)));
}

TEST_F(YubikeyDesk, TakesInTheYubicoOtpsThatYkpersonalizeProgrammed) {
  create("old-hand");
  ASSERT_EQ(keys.run({"ykpersonalize", "-y", "-1", "-ofixed=vvcbdefghijk", "-ouid=a1a2a3a4a5a6",
                      "-a000102030405060708090a0b0c0d0e0f"})
                .status,
            0);
  const Words words{"enrol", "old-hand", "--values-file", "-"};
  const std::string values = "vvcbdefghijk,a1a2a3a4a5a6,000102030405060708090a0b0c0d0e0f";
  Desk wrong{*appliance, keys, words};
  wrong.type("vvcbdefghijk,a1a2a3a4a5a6,000102030405060708090a0b0c0d0e00");
  for (int i = 0; i < 3; ++i) wrong.type(keys.touch(1));
  EXPECT_EQ(wrong.ends(), kRefused) << wrong.said();
  EXPECT_EQ(states("old-hand"), std::vector{REVOKED});

  Desk desk{*appliance, keys, words};
  desk.type(values);
  ASSERT_TRUE(desk.asks("Touch the key:")) << desk.said();
  desk.type(keys.touch(1));
  ASSERT_EQ(desk.ends(), kDone) << desk.said();
  EXPECT_TRUE(opens("old-hand", keys.touch(1)));
}

TEST_F(YubikeyDesk, TakesInWhatYkpersonalizeProgrammed) {
  create("veteran");
  const std::string secret = "0123456789abcdef0123456789abcdef01234567";
  ASSERT_EQ(
      keys.run({"ykpersonalize", "-y", "-2", "-ooath-hotp", "-oappend-cr", "-a" + secret}).status,
      0);
  Desk desk{*appliance, keys, {"enrol", "veteran", "--kind", "hotp", "--values-file", "-"}};
  desk.type(secret);
  ASSERT_TRUE(desk.asks("Touch the key:")) << desk.said();
  desk.type(keys.touch(2));
  ASSERT_EQ(desk.ends(), kDone) << desk.said();
  EXPECT_TRUE(opens("veteran", keys.touch(2)));
}

TEST_F(YubikeyDesk, WrongValuesEnrolNothing) {
  create("typo");
  Desk malformed{*appliance, keys, {"enrol", "typo", "--kind", "hotp", "--values-file", "-"}};
  malformed.type("0123456789abcdef");
  EXPECT_EQ(malformed.ends(), kRefused);
  EXPECT_TRUE(states("typo").empty());

  Desk other{*appliance, keys, {"enrol", "typo", "--kind", "hotp", "--values-file", "-"}};
  other.type("0123456789abcdef0123456789abcdef01234567");
  for (int i = 0; i < 3; ++i) other.type("123456");
  EXPECT_EQ(other.ends(), kRefused);
  EXPECT_EQ(states("typo"), std::vector{REVOKED});
}

TEST(YubikeyDeskAlone, WithoutADaemonTheKeyStaysAsItIs) {
  Appliance appliance{{.start = false}};
  const VirtualYubikeys keys;
  Desk desk{appliance, keys, {"program", "alice", "--slot", "1"}};
  EXPECT_EQ(desk.ends(), kUnavailable);
  EXPECT_FALSE(keys.key()->slots[0].valid);
}

// The daemon goes while the first code is awaited: nothing is claimed that nobody knows.
TEST(YubikeyDeskAlone, WithoutADaemonAtTheEndTheFactorStaysPending) {
  Appliance appliance;
  const VirtualYubikeys keys;
  std::string output;
  ASSERT_EQ(appliance.run({"countersign", "subject", "create", "alice"}, &output), 0) << output;
  Desk desk{appliance, keys, {"program", "alice", "--slot", "1"}};
  ASSERT_TRUE(desk.asks("Touch"));
  appliance.stop_daemon();
  desk.type(keys.touch(1));
  EXPECT_EQ(desk.ends(), kUnavailable);
  EXPECT_THAT(desk.said(), HasSubstr("is not known: see countersign factor list"));

  appliance.start_daemon();
  client::Client portal = appliance.verify_client();
  std::string typed = keys.touch(1);
  std::erase(typed, '\n');
  EXPECT_FALSE(accepted(verify(portal, "alice", typed)));
}

}  // namespace
}  // namespace countersign::test
