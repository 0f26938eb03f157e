// SPDX-License-Identifier: Apache-2.0
// Messages about hardware tokens, in and out.
#include "tests/unit/codec_support.hpp"

#include <gtest/gtest.h>

namespace countersign::wire {
namespace {

constexpr unsigned kImport = 40, kList = 41, kAssign = 42, kClaim = 43, kDiscard = 44;
constexpr unsigned kTotp = 1, kHotp = 2, kYubico = 3;

const std::string kSeed(20, 's');
const std::string kAesKey(16, 'a');
const std::string kPrivateId(6, 'p');

std::string token(unsigned kind, const std::string& rest) { return number_field(1, kind) + rest; }
std::string hotp(const std::string& rest = "") {
  return token(kHotp, bytes_field(2, "A1") + bytes_field(4, kSeed) + rest);
}
std::string totp(const std::string& rest = "") {
  return token(kTotp, bytes_field(2, "A1") + bytes_field(4, kSeed) + rest);
}
std::string yubico(const std::string& rest = "", const std::string& public_id = "ccccbd") {
  return token(kYubico, bytes_field(3, public_id) + bytes_field(4, kAesKey) +
                            bytes_field(5, kPrivateId) + rest);
}

ImportTokens import(const std::vector<std::string>& tokens) {
  std::string message;
  for (const std::string& one : tokens) message += bytes_field(1, one);
  auto decoded = decode_frame(as_bytes(request(kImport, message)));
  EXPECT_TRUE(decoded);
  return std::get<ImportTokens>(std::move(decoded->ask));
}
// What is wrong with this one token; empty when nothing is.
std::string_view problem(const std::string& one) {
  const ImportTokens ask = import({one});
  return ask.tokens.at(0) ? std::string_view{} : ask.tokens.at(0).error().operation.view();
}

TEST(TokenCodec, ReadsEachKind) {
  const ImportTokens ask = import(
      {hotp(bytes_field(3, "UBHE00123456") + number_field(9, 42) + number_field(7, 8)),
       totp(number_field(8, 60) + number_field(6, 2)), yubico(number_field(9, 3), "CCCCBD")});
  ASSERT_EQ(ask.tokens.size(), 3u);
  const Token& first = ask.tokens[0]->fixed;
  EXPECT_EQ(first.kind, FactorKind::hotp);
  EXPECT_EQ(first.serial, "A1");
  EXPECT_EQ(first.public_id, "ubhe00123456");
  EXPECT_EQ(first.oath.digits, 8);
  EXPECT_EQ(first.position, Position{41});
  EXPECT_EQ(as_text(ask.tokens[0]->secret.expose()), kSeed);
  const Token& second = ask.tokens[1]->fixed;
  EXPECT_EQ(second.oath.algorithm, HashAlgorithm::sha256);
  EXPECT_EQ(second.oath.period_seconds, 60);
  EXPECT_EQ(second.position, Position::none);
  const Token& third = ask.tokens[2]->fixed;
  EXPECT_EQ(third.public_id, "ccccbd");
  EXPECT_EQ(third.oath.digits, 0);
  EXPECT_EQ(third.position, Position{3 << 8 | 0xff});
  EXPECT_EQ(as_text(ask.tokens[2]->key->aes_key.expose()), kAesKey);
  EXPECT_EQ(import({yubico()}).tokens[0]->fixed.position, Position::none);
}

TEST(TokenCodec, SaysWhatIsWrongWithEach) {
  EXPECT_EQ(problem(hotp()), "");
  EXPECT_EQ(problem(bytes_field(2, "A1") + bytes_field(4, kSeed)), "token.kind");
  EXPECT_EQ(problem(token(kHotp, bytes_field(4, kSeed))), "token.serial");
  EXPECT_EQ(problem(token(kHotp, bytes_field(2, std::string(65, 'x')) + bytes_field(4, kSeed))),
            "token.serial");
  EXPECT_EQ(problem(token(kHotp, bytes_field(2, "A1"))), "token.secret");
  EXPECT_EQ(problem(token(kHotp, bytes_field(2, "A1") + bytes_field(4, std::string(9, 's')))),
            "token.secret");
  EXPECT_EQ(problem(token(kHotp, bytes_field(2, "A1") + bytes_field(4, std::string(513, 's')))),
            "token.secret");
  EXPECT_EQ(problem(hotp(bytes_field(3, "ubhe"))), "token_identifier");
  EXPECT_EQ(problem(hotp(number_field(7, 9))), "enrol.digits");
  EXPECT_EQ(problem(hotp(number_field(8, 30))), "enrol.hotp_period");
  EXPECT_EQ(problem(hotp(number_field(9, 1ull << 63))), "enrol.counter");
  EXPECT_EQ(problem(hotp(bytes_field(5, kPrivateId))), "token.oath_fields");
  EXPECT_EQ(problem(totp(bytes_field(3, "ubhe00123456"))), "token.oath_fields");
  EXPECT_EQ(problem(totp(number_field(9, 1))), "enrol.totp_counter");
  EXPECT_EQ(problem(totp(number_field(8, 14))), "enrol.period");
  EXPECT_EQ(problem(yubico("", "")), "token.public_id");
  EXPECT_EQ(problem(yubico("", "ccc")), "public_id");
  EXPECT_EQ(problem(yubico("", "abcd")), "public_id");
  EXPECT_EQ(problem(yubico(number_field(7, 6))), "token.yubico_fields");
  EXPECT_EQ(problem(yubico(number_field(9, 0x8000))), "token.counter");
  EXPECT_EQ(problem(token(kYubico, bytes_field(3, "cccc"))), "enrol.yubico_key");
  EXPECT_EQ(problem(token(kYubico, bytes_field(3, "cccc") + bytes_field(4, kAesKey))),
            "enrol.yubico_key");
}

TEST(TokenCodec, TakesTwoHundredAtOnce) {
  std::string message;
  for (int i = 0; i < 200; ++i) message += bytes_field(1, hotp());
  EXPECT_EQ(native_failure(request(kImport, message)), "");
  EXPECT_EQ(native_failure(request(kImport, message + bytes_field(1, hotp()))), "tokens");
  EXPECT_EQ(native_failure(request(kImport, "")), "");
}

TEST(TokenCodec, ReadsWhatHappensToThem) {
  const auto assigned = [](const std::string& rest) {
    return native_failure(request(kAssign, subject("alice") + rest));
  };
  EXPECT_EQ(assigned(bytes_field(2, "A1")), "");
  EXPECT_EQ(assigned(bytes_field(3, "ccccbd")), "");
  EXPECT_EQ(assigned(bytes_field(3, "UBHE00123456")), "");
  EXPECT_EQ(assigned(bytes_field(3, "nonsense")), "token.public_id");
  EXPECT_EQ(assigned(""), "token.name");
  EXPECT_EQ(assigned(bytes_field(2, "A1") + bytes_field(3, "ccccbd")), "token.name");
  EXPECT_EQ(native_failure(request(kAssign, bytes_field(2, "A1"))), "subject.missing");
  EXPECT_EQ(native_failure(request(kClaim, subject("alice") + bytes_field(2, "otp"))), "");
  EXPECT_EQ(native_failure(request(kClaim, subject("alice"))), "passcode.empty");
  EXPECT_EQ(native_failure(request(kClaim, bytes_field(2, "otp"))), "subject.missing");
  EXPECT_EQ(native_failure(request(kDiscard, number_field(1, 7))), "");
  EXPECT_EQ(native_failure(request(kDiscard, "")), "token_id");
  EXPECT_EQ(native_failure(request(kList, number_field(1, 1ull << 63))), "token_id");
}

TEST(TokenCodec, ReportsWithoutQuoting) {
  ImportReport report;
  report.rows.push_back({ImportOutcome::imported, std::nullopt});
  report.rows.push_back({ImportOutcome::known_already, std::nullopt});
  report.rows.push_back({ImportOutcome::refused, Error{ErrorCode::malformed, "token.secret"}});
  const Reply reply{RequestId{}, Answer{std::move(report)}};
  EXPECT_EQ(encode_json(reply).body, R"({"outcomes":["IMPORTED","KNOWN_ALREADY","REFUSED"],)"
                                     R"("problems":["","","secret: must be 10 to 512 bytes"]})");
}

TEST(TokenCodec, WritesATokenWithoutItsSecret) {
  const Token row{.id = TokenId{7},
                  .kind = FactorKind::yubico_otp,
                  .serial = "A1",
                  .public_id = "ccccbd",
                  .oath = {.digits = 0, .period_seconds = 0, .secret_bytes = 0},
                  .sealed = Bytes(40, std::byte{1}),
                  .created_at = from_milliseconds(5)};
  const Reply reply{RequestId{}, Answer{TokenList{{row}}}};
  EXPECT_EQ(encode_json(reply).body,
            R"({"tokens":[{"id":"7","kind":"YUBICO_OTP","serial":"A1","publicId":"ccccbd",)"
            R"("createdAtMs":"5"}]})");
}

}  // namespace
}  // namespace countersign::wire
