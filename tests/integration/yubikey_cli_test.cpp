// SPDX-License-Identifier: Apache-2.0
// A desk where YubiKeys are programmed: the whole appliance, the real libykpers, a key made of a
// file.
#include "tests/integration/yubikey_suite.hpp"
#include "tests/support/hex.hpp"

#include <fstream>
#include <span>

namespace countersign::test {
namespace {

using testing::HasSubstr;
using testing::Not;

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
