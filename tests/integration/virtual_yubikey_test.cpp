// SPDX-License-Identifier: Apache-2.0
// The virtual YubiKey, as the real tools see it: what every other test with a key stands on.
#include "tests/support/hex.hpp"
#include "tests/support/hmac.hpp"
#include "tests/support/virtual_yubikey/virtual_yubikeys.hpp"
#include "tests/vectors/rfc4226.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yubikey.h>

#include <thread>

namespace countersign::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kAesKey = "000102030405060708090a0b0c0d0e0f";
constexpr const char* kPrivateId = "a1a2a3a4a5a6";
constexpr const char* kHotpKey = "3132333435363738393031323334353637383930";
constexpr const char* kPublicId = "vvcbdefghijk";
constexpr int kWritten = 0;
constexpr int kNotWritten = 2;

using Words = std::vector<std::string>;

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

const Words kYubicoOtp{"ykpersonalize",
                       "-y",
                       "-1",
                       "-ofixed=vvcbdefghijk",
                       "-ouid=a1a2a3a4a5a6",
                       "-a000102030405060708090a0b0c0d0e0f",
                       "-oserial-api-visible",
                       "-oallow-update"};
const Words kChallenge{"ykpersonalize",
                       "-y",
                       "-2",
                       "-ochal-resp",
                       "-ochal-hmac",
                       "-ohmac-lt64",
                       "-a3132333435363738393031323334353637383930",
                       "-oserial-api-visible"};
const Words kHotp{"ykpersonalize", "-y",           "-1",
                  "-ooath-hotp",   "-o-append-cr", "-a3132333435363738393031323334353637383930"};

yubikey_token_st decode(const std::string& typed) {
  yubikey_token_st token{};
  const Bytes key = from_hex(kAesKey);
  // The last 32 letters, before the line feed.
  const std::string ticket = typed.substr(typed.find('\n') - 32, 32);
  yubikey_parse(reinterpret_cast<const std::uint8_t*>(ticket.c_str()),
                reinterpret_cast<const std::uint8_t*>(key.data()), &token);
  return token;
}

bool is_ours(const yubikey_token_st& token) {
  const Bytes uid = from_hex(kPrivateId);
  return yubikey_crc_ok_p(reinterpret_cast<const std::uint8_t*>(&token)) != 0 &&
         std::equal(uid.begin(), uid.end(), reinterpret_cast<const std::byte*>(token.uid));
}

TEST(VirtualYubikey, IsRead) {
  const VirtualYubikeys keys{1234567};
  const auto read = keys.run({"ykinfo", "-a"});
  EXPECT_EQ(read.status, 0) << read.said;
  EXPECT_THAT(read.said, HasSubstr("serial: 1234567\n"));
  EXPECT_THAT(read.said, HasSubstr("version: 5.4.3\n"));
  EXPECT_THAT(read.said, HasSubstr("slot1_status: 0\n"));
}

TEST(VirtualYubikey, TypesYubicoOtpsThatLibyubikeyDecodes) {
  const VirtualYubikeys keys;
  ASSERT_EQ(keys.run(kYubicoOtp).status, kWritten);
  const std::string typed = keys.touch(1);
  EXPECT_EQ(typed.substr(0, 12), kPublicId);
  EXPECT_EQ(typed.size(), 45u);
  EXPECT_TRUE(is_ours(decode(typed)));
}

TEST(VirtualYubikey, CountsItsUsesAndPowerUps) {
  const VirtualYubikeys keys;
  ASSERT_EQ(keys.run(kYubicoOtp).status, kWritten);
  const auto first = decode(keys.touch(1));
  const auto second = decode(keys.touch(1));
  keys.power_cycle();
  const auto third = decode(keys.touch(1));
  EXPECT_EQ(first.use, 0);
  EXPECT_EQ(second.use, 1);
  EXPECT_EQ(third.use, 0);
  EXPECT_EQ(first.ctr, 1);  // and so the bit of a Caps Lock trigger is never set
  EXPECT_EQ(second.ctr, 1);
  EXPECT_EQ(third.ctr, 2);
}

TEST(VirtualYubikey, AWrappedSessionCountsAsAPowerUp) {
  const VirtualYubikeys keys;
  ASSERT_EQ(keys.run(kYubicoOtp).status, kWritten);
  for (int use = 0; use < 256; ++use) std::ignore = keys.touch(1);
  const auto token = decode(keys.touch(1));
  EXPECT_EQ(token.use, 1);
  EXPECT_EQ(token.ctr, 2);
}

TEST(VirtualYubikey, TheCounterStopsShortOfTheCapsLockBit) {
  const VirtualYubikeys keys;
  ASSERT_EQ(keys.run(kYubicoOtp).status, kWritten);
  keys.key()->slots[0].use_counter = 0x7fff;
  EXPECT_EQ(decode(keys.touch(1)).ctr, 0x7fff);
}

TEST(VirtualYubikey, TypesTheHotpCodesOfTheRfc) {
  const VirtualYubikeys keys;
  ASSERT_EQ(keys.run(kHotp).status, kWritten);
  for (const auto& row : vectors::kRfc4226Rows) EXPECT_EQ(keys.touch(1), row.code);
}

TEST(VirtualYubikey, TypesAnOathTokenIdentifierAndEightDigits) {
  const VirtualYubikeys keys;
  ASSERT_EQ(keys.run(with(kHotp, {"-ooath-hotp8", "-ooath-id=h:e1e301020304"})).status, kWritten);
  EXPECT_EQ(keys.touch(1), "ubue0102030484755224");
}

TEST(VirtualYubikey, AnswersHmacChallengesAsOpensslDoes) {
  const VirtualYubikeys keys;
  ASSERT_EQ(keys.run(kChallenge).status, kWritten);
  const auto answer = keys.run({"ykchalresp", "-2", "a challenge"});
  const Bytes mac = hmac(HashAlgorithm::sha1, from_hex(kHotpKey), as_bytes("a challenge"));
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.said, to_hex(mac) + "\n");
}

TEST(VirtualYubikey, WaitsForATouchBeforeItAnswers) {
  const VirtualYubikeys keys;
  ASSERT_EQ(keys.run(with(kChallenge, {"-ochal-btn-trig"})).status, kWritten);
  EXPECT_NE(keys.run({"ykchalresp", "-2", "-N", "now"}).status, 0);

  std::thread hand{[&keys] {
    std::ignore = wait_until([&keys] { return keys.key()->awaiting_command != 0; });
    std::ignore = keys.touch(2);
  }};
  const auto answer = keys.run({"ykchalresp", "-2", "now"});
  hand.join();
  const Bytes mac = hmac(HashAlgorithm::sha1, from_hex(kHotpKey), as_bytes("now"));
  EXPECT_EQ(answer.said, to_hex(mac) + "\n");
}

TEST(VirtualYubikey, ASlotOfAnotherKindStaysSilent) {
  const VirtualYubikeys keys;
  ASSERT_EQ(keys.run(kYubicoOtp).status, kWritten);
  EXPECT_NE(keys.run({"ykchalresp", "-1", "anyone there"}).status, 0);
}

TEST(VirtualYubikey, AnUpdateChangesFlagsAndKeepsWhatMoves) {
  const VirtualYubikeys keys;
  ASSERT_EQ(keys.run(kYubicoOtp).status, kWritten);
  const auto before = decode(keys.touch(1));
  ASSERT_EQ(keys.run({"ykpersonalize", "-y", "-u", "-1", "-oappend-cr", "-oappend-tab1",
                      "-oallow-update"})
                .status,
            kWritten);
  const std::string typed = keys.touch(1);
  EXPECT_EQ(typed.at(12), '\t');
  const auto after = decode(typed);
  EXPECT_TRUE(is_ours(after));
  EXPECT_EQ(after.ctr, before.ctr);
  EXPECT_EQ(after.use, before.use + 1);
}

TEST(VirtualYubikey, ASlotThatDoesNotAllowUpdatesIsNotUpdated) {
  const VirtualYubikeys keys;
  ASSERT_EQ(keys.run(kHotp).status, kWritten);
  EXPECT_EQ(keys.run({"ykpersonalize", "-y", "-u", "-1", "-oappend-cr"}).status, kNotWritten);
}

TEST(VirtualYubikey, SlotsAreSwappedAndDeleted) {
  const VirtualYubikeys keys;
  ASSERT_EQ(keys.run(kYubicoOtp).status, kWritten);
  ASSERT_EQ(keys.run({"ykpersonalize", "-y", "-x"}).status, kWritten);
  EXPECT_EQ(keys.touch(1), "");
  EXPECT_TRUE(is_ours(decode(keys.touch(2))));
  ASSERT_EQ(keys.run({"ykpersonalize", "-y", "-2", "-z"}).status, kWritten);
  EXPECT_EQ(keys.touch(2), "");
  EXPECT_EQ(keys.key()->program_sequence, 0);
}

TEST(VirtualYubikey, AnAccessCodeProtectsItsSlot) {
  const VirtualYubikeys keys;
  ASSERT_EQ(keys.run(with(kYubicoOtp, {"-oaccess=0102030405ff"})).status, kWritten);
  const std::string wrong = "-c010203040500";
  const std::string right = "-c0102030405ff";
  EXPECT_EQ(keys.run(kHotp).status, kNotWritten);
  EXPECT_EQ(keys.run(with(kHotp, {wrong})).status, kNotWritten);
  EXPECT_EQ(keys.run({"ykpersonalize", "-y", "-1", "-z", wrong}).status, kNotWritten);
  EXPECT_EQ(keys.run({"ykpersonalize", "-y", "-x"}).status, kNotWritten);
  EXPECT_TRUE(is_ours(decode(keys.touch(1))));
  EXPECT_EQ(keys.run({"ykpersonalize", "-y", "-1", "-z", right}).status, kWritten);
}

TEST(VirtualYubikey, PulledOutInTheMiddleItKeepsWhatItHad) {
  for (int chunk = 0; chunk <= 9; ++chunk) {
    SCOPED_TRACE("chunk " + std::to_string(chunk));
    const VirtualYubikeys keys;
    ASSERT_EQ(keys.run(kYubicoOtp).status, kWritten);
    keys.key()->faults.unplug_at_chunk = chunk;
    EXPECT_NE(keys.run(kHotp).status, 0);
    EXPECT_FALSE(keys.key()->plugged);
    keys.power_cycle();
    EXPECT_TRUE(is_ours(decode(keys.touch(1))));
  }
}

// Why nobody may take libykpers' word for a write: with both slots empty there is no number that
// would have to change.
TEST(VirtualYubikey, ARefusedWriteOfABlankKeyIsReportedAsSuccess) {
  const VirtualYubikeys keys;
  keys.key()->faults.refuse_writes = true;
  EXPECT_EQ(keys.run(kYubicoOtp).status, kWritten);
  EXPECT_FALSE(keys.key()->slots[0].valid);
  EXPECT_EQ(keys.touch(1), "");
}

TEST(VirtualYubikey, ABusyKeyTakesNothing) {
  const VirtualYubikeys keys;
  keys.key()->faults.busy = true;
  EXPECT_NE(keys.run(kYubicoOtp).status, kWritten);
  EXPECT_FALSE(keys.key()->slots[0].valid);
}

TEST(VirtualYubikey, KeysAreToldApartByTheirPlace) {
  VirtualYubikeys keys{1111};
  keys.add("b", 2222);
  EXPECT_THAT(keys.run({"ykinfo", "-s", "-n1"}).said, HasSubstr("2222"));
  EXPECT_THAT(keys.run({"ykinfo", "-s", "-n0"}).said, HasSubstr("1111"));
}

TEST(VirtualYubikey, NobodyIsLetInWithoutPermission) {
  const VirtualYubikeys keys;
  keys.key()->faults.no_permission = true;
  const auto read = keys.run({"ykinfo", "-v"});
  EXPECT_NE(read.status, 0);
  EXPECT_THAT(read.said, Not(HasSubstr("5.4.3")));
}

}  // namespace
}  // namespace countersign::test
