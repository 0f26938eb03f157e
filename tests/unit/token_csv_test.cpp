// SPDX-License-Identifier: Apache-2.0
// Lines of token files: as the tools write them, and spoiled in one place each.
#include "firmware-interface/files/token_csv.hpp"

#include "tests/support/hex.hpp"

#include <gtest/gtest.h>

namespace countersign::files {
namespace {

constexpr const char* kKsmRow =
    "1,cccccccccccb,37fa22a8df71,8cc1c79dd5b8f6fcb4b2e2f4f8b4f1d5,000000000000,2011-05-01T12:00:"
    "00,";
constexpr const char* kYubicoRow =
    "7538154,ejfhcciecgul,ea8d4cf9b363,aa4badc32d149a4c5df0612d278e28e1,000000000000,"
    "2023-04-13T11:53:36,";
constexpr const char* kYubicoHotpRow =
    "508326,,16,69cfb9202438ca68964ec3244bfa4843d073a43b,,2013-12-12T08:41:07,";
constexpr const char* kTraditionalRow =
    "Yubico OTP,12/11/2013 11:10,1,vvgutbiedkvi,ab86c04de6a3,d26a7c0f85fdda28bd816e406342b214,,,"
    "0,0,0,0,0,0,0,0,0,0";
constexpr const char* kTraditionalHotpRow =
    "OATH-HOTP,11.12.13 18:55,1,ubnuccccccce,,916821d3a138bf855e70069605559a206ba854cd,,,"
    "0,1,0,6,0,0,0,0,0,0";
constexpr const char* kOathRow = "Token001,15d2fa517d3c6b791bd4cc2044c241429307001f";

TokenRow row(TokenFormat format, std::string_view line) {
  auto parsed = parse_token_line(format, line);
  if (parsed && *parsed) return **std::move(parsed);
  ADD_FAILURE() << line << ": "
                << (parsed ? parsed->error().operation.view() : "taken for a comment");
  return {};
}

std::string refusal(TokenFormat format, std::string_view line) {
  const auto parsed = parse_token_line(format, line);
  if (!parsed) return "no row";
  return *parsed ? "accepted" : std::string{parsed->error().operation.view()};
}

TEST(TokenFile, IsDetected) {
  EXPECT_EQ(detect_token_file("# ykksm 1\n# anything\n"), TokenFormat::ykksm);
  EXPECT_EQ(detect_token_file("# comment\n\n" + std::string{kKsmRow}), TokenFormat::yubico);
  EXPECT_EQ(detect_token_file(kYubicoRow), TokenFormat::yubico);
  EXPECT_EQ(detect_token_file(std::string{kYubicoHotpRow} + "\n"), TokenFormat::yubico);
  EXPECT_EQ(detect_token_file("LOGGING START,12/11/2013 11:10\r\n"),
            TokenFormat::yubico_traditional);
  EXPECT_EQ(detect_token_file("\xef\xbb\xbf" + std::string{kTraditionalRow}),
            TokenFormat::yubico_traditional);
  EXPECT_EQ(detect_token_file(kOathRow), TokenFormat::oath);
  EXPECT_EQ(detect_token_file("\n <?xml version=\"1.0\"?>"), TokenFormat::pskc);
}

TEST(TokenFile, IsNotGuessed) {
  for (const char* start :
       {"", "\n\n", "# ykksm 2\n", "hello", "a,b,c,d,e", "serial,seed,type",
        "ejfhcciecgul,ea8d4cf9b363,aa4badc32d149a4c5df0612d278e28e1,", "{\"tokens\":[]}"}) {
    EXPECT_FALSE(detect_token_file(start)) << start;
  }
}

TEST(TokenLine, GivesTheKeysOfAKsm) {
  const TokenRow key = row(TokenFormat::ykksm, kKsmRow);
  EXPECT_EQ(key.kind, TokenKind::yubico_otp);
  EXPECT_EQ(key.serial, "1");
  EXPECT_EQ(key.public_id, "cccccccccccb");
  EXPECT_EQ(test::to_hex(key.private_id.expose()), "37fa22a8df71");
  EXPECT_EQ(test::to_hex(key.secret.expose()), "8cc1c79dd5b8f6fcb4b2e2f4f8b4f1d5");
}

TEST(TokenLine, GivesTheKeysOfYubicosLogs) {
  EXPECT_EQ(row(TokenFormat::yubico, kYubicoRow).serial, "7538154");
  EXPECT_EQ(row(TokenFormat::yubico, kYubicoRow).public_id, "ejfhcciecgul");
  const TokenRow key = row(TokenFormat::yubico_traditional, kTraditionalRow);
  EXPECT_EQ(key.serial, "");
  EXPECT_EQ(key.public_id, "vvgutbiedkvi");
  EXPECT_EQ(test::to_hex(key.private_id.expose()), "ab86c04de6a3");
  // The time is written as the computer's owner likes it.
  const std::string with_comma =
      "Yubico OTP,\"Dec 11, 2013, 11:10 AM\"" + std::string{kTraditionalRow}.substr(27);
  EXPECT_EQ(row(TokenFormat::yubico_traditional, with_comma).public_id, "vvgutbiedkvi");
}

TEST(TokenLine, GivesTheHotpTokensOfYubicosLogs) {
  const TokenRow bare = row(TokenFormat::yubico, kYubicoHotpRow);
  EXPECT_EQ(bare.kind, TokenKind::hotp);
  EXPECT_EQ(bare.serial, "508326");
  EXPECT_EQ(bare.counter, 16u);
  EXPECT_EQ(bare.digits, 6);
  const TokenRow named = row(TokenFormat::yubico_traditional, kTraditionalHotpRow);
  EXPECT_EQ(named.kind, TokenKind::hotp);
  EXPECT_EQ(named.serial, "ubnu00000003");
  EXPECT_EQ(named.public_id, "ubnu00000003") << "two bytes in letters, the others in digits";
}

TEST(TokenLine, GivesOathTokensWithTheirDefaults) {
  const TokenRow bare = row(TokenFormat::oath, kOathRow);
  EXPECT_EQ(bare.kind, TokenKind::hotp);
  EXPECT_EQ(bare.serial, "Token001");
  EXPECT_EQ(bare.digits, 6);
  EXPECT_EQ(bare.secret.size(), 20u);
  const TokenRow totp = row(TokenFormat::oath, std::string{kOathRow} + " , TOTP, 8, 60, SHA256\r");
  EXPECT_EQ(totp.kind, TokenKind::totp);
  EXPECT_EQ(totp.digits, 8);
  EXPECT_EQ(totp.period_seconds, 60);
  EXPECT_EQ(totp.algorithm, HashAlgorithm::sha256);
  EXPECT_EQ(row(TokenFormat::oath, std::string{kOathRow} + ",hotp,7,12345").counter, 12345u);
}

TEST(TokenLine, PassesOverWhatIsNoRow) {
  for (const char* line : {"", "  ", "\r", "# comment", "#", "\xef\xbb\xbf# ykksm 1"}) {
    EXPECT_EQ(refusal(TokenFormat::ykksm, line), "no row") << line;
  }
  EXPECT_EQ(refusal(TokenFormat::yubico_traditional, "LOGGING START,12/11/2013 11:10"), "no row");
}

struct Spoiled {
  TokenFormat format;
  std::string line;
  const char* why;
};

class SpoiledLine : public testing::TestWithParam<Spoiled> {};

TEST_P(SpoiledLine, IsRefusedWithAReason) {
  EXPECT_EQ(refusal(GetParam().format, GetParam().line), GetParam().why) << GetParam().line;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  return text.replace(text.find(from), from.size(), to);
}

INSTANTIATE_TEST_SUITE_P(
    Lines, SpoiledLine,
    testing::Values(
        Spoiled{TokenFormat::ykksm, "1,cccccccccccb,37fa22a8df71", "It has fewer than 4 columns."},
        Spoiled{TokenFormat::ykksm, replaced(kKsmRow, "cccccccccccb", ""),
                "It has no public id, by which it could be found."},
        Spoiled{TokenFormat::ykksm, replaced(kKsmRow, "cccccccccccb", "ccccccccccc"),
                "Its public id is not an even number of modhex letters."},
        Spoiled{TokenFormat::ykksm, replaced(kKsmRow, "cccccccccccb", "cccccccccccc01"),
                "Its public id is not an even number of modhex letters."},
        Spoiled{TokenFormat::ykksm, replaced(kKsmRow, "cccccccccccb", std::string(18, 'c')),
                "Its public id is longer than 16 letters."},
        Spoiled{TokenFormat::ykksm, replaced(kKsmRow, "8cc1", "8cg1"),
                "Its AES key is not hexadecimal."},
        Spoiled{TokenFormat::ykksm, replaced(kKsmRow, "8cc1", "8c"),
                "Its AES key is not 16 bytes (32 hexadecimal digits)."},
        Spoiled{TokenFormat::ykksm, replaced(kKsmRow, "37fa", "37fa00"),
                "Its private id is not 6 bytes (12 hexadecimal digits)."},
        Spoiled{TokenFormat::ykksm, replaced(kKsmRow, "37fa", "37fx"),
                "Its private id is not hexadecimal."},
        Spoiled{TokenFormat::ykksm, std::string(65, '1') + (kKsmRow + 1),
                "Its serial number is longer than 64 characters."},
        Spoiled{TokenFormat::ykksm, "1\x01" + std::string{kKsmRow + 1},
                "Its serial number has characters that cannot be printed."},
        Spoiled{TokenFormat::yubico, "508326,,,9e2fd386224a7f77e9b5aee775464033,,2013,",
                "It has neither a private id nor a counter: no Yubico OTP or HOTP."},
        Spoiled{TokenFormat::yubico, replaced(kYubicoHotpRow, ",,16", ",ubnuccccccce,16"),
                "This format does not say how its token identifier is typed: use PSKC."},
        Spoiled{TokenFormat::yubico, replaced(kYubicoHotpRow, "508326", ""),
                "It has no serial number."},
        Spoiled{TokenFormat::yubico_traditional,
                "Static Password,11.12.13 19:08,1,,d5a3d50327dc,0e8e37b0e38b314a56748c030f58d21d,,,"
                "0,0,0,0,0,0,0,0,0,0",
                "It is a static password or another event: no token."},
        Spoiled{TokenFormat::yubico_traditional, replaced(kTraditionalRow, ",0,0,0,0", ""),
                "It has fewer than 18 columns."},
        Spoiled{TokenFormat::yubico_traditional, replaced(kTraditionalHotpRow, "ubnuccccccce", ""),
                "It has no token identifier, and no serial number."},
        Spoiled{TokenFormat::yubico_traditional, replaced(kTraditionalHotpRow, "ubnucc", "ubnu"),
                "Its token identifier is not 12 letters and digits."},
        Spoiled{TokenFormat::yubico_traditional, "Something," + std::string{kTraditionalRow},
                "Its event is not known."},
        Spoiled{TokenFormat::oath, "Token001,15d2fa517d3c6b791b",
                "Its secret is shorter than 10 bytes or longer than 512."},
        Spoiled{TokenFormat::oath, "Token001,GEZDGNBVGY3TQOJQ", "Its seed is not hexadecimal."},
        Spoiled{TokenFormat::oath, std::string{kOathRow} + ",ocra",
                "Its type is neither hotp nor totp."},
        Spoiled{TokenFormat::oath, std::string{kOathRow} + ",totp,5",
                "Its codes have not 6, 7 or 8 digits."},
        Spoiled{TokenFormat::oath, std::string{kOathRow} + ",totp,six",
                "Its number of digits is not 6, 7 or 8."},
        Spoiled{TokenFormat::oath, std::string{kOathRow} + ",totp,262",
                "Its number of digits is not 6, 7 or 8."},
        Spoiled{TokenFormat::oath, std::string{kOathRow} + ",totp,6,65566",
                "Its codes change faster than every 15 s or slower than every 120 s."},
        Spoiled{TokenFormat::oath, std::string{kOathRow} + ",totp,6,-30",
                "Its counter or period is no number."},
        Spoiled{TokenFormat::oath, std::string{kOathRow} + ",hotp,6,9223372036854775808",
                "Its counter is too large."},
        Spoiled{TokenFormat::oath, std::string{kOathRow} + ",totp,6,30,md5",
                "Its hash is none of sha1, sha256 and sha512."},
        Spoiled{TokenFormat::oath, std::string{kOathRow} + ",totp,6,30,sha1,more",
                "It has more than 6 columns."},
        Spoiled{TokenFormat::oath, std::string(33, ','), "It has more than 32 columns."},
        Spoiled{TokenFormat::oath, "T," + std::string(kLineBytesMax, 'a'),
                "The line is longer than 4096 bytes."}));

}  // namespace
}  // namespace countersign::files
