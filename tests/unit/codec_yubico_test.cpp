// SPDX-License-Identifier: Apache-2.0
// Messages about YubiKeys, in and out, in both encodings.
#include "tests/unit/codec_support.hpp"

#include "api/countersign.pb.h"

#include <gmock/gmock.h>

namespace countersign::wire {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr unsigned kEnrolYubicoOtp = 38;
const std::string kAesKey(16, 'k');
const std::string kPrivateId(6, 'p');

std::string enrol(std::string_view public_id, std::string_view private_id, std::string_view key) {
  return request(kEnrolYubicoOtp, subject("alice") + bytes_field(2, public_id) +
                                      bytes_field(3, private_id) + bytes_field(4, key));
}

Reply reply(Result<Answer> answer) { return {RequestId{}, std::move(answer)}; }

v1::Reply encoded(Answer answer) {
  std::string out;
  encode_frame(reply(std::move(answer)), out);
  v1::Reply message;
  EXPECT_TRUE(message.ParseFromArray(out.data() + kHeaderBytes,
                                     static_cast<int>(out.size() - kHeaderBytes)));
  return message;
}

Enrolment generated() {
  Enrolment enrolment{.factor = {.subject = {*Realm::from(""), *Username::from("alice")},
                                 .factor = {.id = FactorId{7},
                                            .kind = FactorKind::yubico_otp,
                                            .public_id = "ccccccccccbd",
                                            .serial = "4711"}}};
  enrolment.yubico = YubicoSecret{
      "ccccccccccbd", {SecretBytes{as_bytes(kAesKey)}, SecretBytes{as_bytes(kPrivateId)}}};
  return enrolment;
}

TEST(YubicoCodec, ReadsAnImportedKey) {
  const auto decoded = decode_frame(as_bytes(enrol("CCCCCCCCCCBD", kPrivateId, kAesKey)));
  ASSERT_TRUE(decoded);
  const auto& ask = std::get<EnrolYubicoOtp>(decoded->ask);
  EXPECT_EQ(ask.name.username.text(), "alice");
  EXPECT_EQ(ask.public_id, "ccccccccccbd");
  ASSERT_TRUE(ask.key);
  EXPECT_EQ(as_text(ask.key->aes_key.expose()), kAesKey);
  EXPECT_EQ(as_text(ask.key->private_id.expose()), kPrivateId);
}

TEST(YubicoCodec, ReadsOneThatIsToBeMadeHere) {
  const auto decoded = decode_json(
      "enrol-yubico-otp", R"({"subject":{"username":"alice"},"publicId":"ccccccccccbd"})", kId);
  ASSERT_TRUE(decoded);
  const auto& ask = std::get<EnrolYubicoOtp>(decoded->ask);
  EXPECT_EQ(ask.public_id, "ccccccccccbd");
  EXPECT_FALSE(ask.key);
}

TEST(YubicoCodec, BoundsAnEnrolment) {
  EXPECT_EQ(native_failure(enrol("", "", "")), "");
  EXPECT_EQ(native_failure(enrol("cccccccccccccccc", "", "")), "");
  EXPECT_EQ(native_failure(enrol("cccccccccccccccccc", "", "")), "public_id");
  EXPECT_EQ(native_failure(enrol("ccc", "", "")), "public_id");
  EXPECT_EQ(native_failure(enrol("ccca", "", "")), "public_id");
  for (const auto& [private_id, key] : {std::pair{kPrivateId, std::string{}},
                                        {"", kAesKey},
                                        {kPrivateId.substr(1), kAesKey},
                                        {kPrivateId, kAesKey.substr(1)},
                                        {kPrivateId + "p", kAesKey},
                                        {kPrivateId, kAesKey + "k"}}) {
    EXPECT_EQ(native_failure(enrol("", private_id, key)), "enrol.yubico_key");
  }
  EXPECT_EQ(native_failure(request(kEnrolYubicoOtp, "")), "subject.missing");
}

TEST(YubicoCodec, ATokenIdentifierIsForHotpAlone) {
  const auto oath = [](unsigned kind, std::string_view identifier) {
    return native_failure(request(
        kEnrolOath, subject("alice") + number_field(2, kind) + bytes_field(10, identifier)));
  };
  EXPECT_EQ(oath(2, "UBHE00123456"), "");
  EXPECT_EQ(oath(2, "ubhe0012345"), "token_identifier");
  EXPECT_EQ(oath(2, "ubhe-0123456"), "token_identifier");
  EXPECT_EQ(oath(1, "ubhe00123456"), "token_identifier");
  EXPECT_EQ(oath(3, ""), "enrol.kind");
}

TEST(YubicoCodec, ShowsAFreshSecretToItsOwner) {
  const v1::Reply message = encoded(Answer{generated()});
  const v1::Enrolment& enrolment = message.enrolment();
  EXPECT_EQ(enrolment.yubico().public_id(), "ccccccccccbd");
  EXPECT_EQ(enrolment.yubico().aes_key(), kAesKey);
  EXPECT_EQ(enrolment.yubico().private_id(), kPrivateId);
  EXPECT_EQ(enrolment.factor().kind(), v1::YUBICO_OTP);
  EXPECT_EQ(enrolment.factor().public_id(), "ccccccccccbd");
  EXPECT_EQ(enrolment.factor().serial(), "4711");
  // It has no parameters of OATH.
  EXPECT_EQ(enrolment.factor().algorithm(), v1::HASH_ALGORITHM_UNSPECIFIED);
  EXPECT_EQ(enrolment.factor().digits(), 0u);
  const HttpAnswer json = encode_json(reply(Answer{generated()}));
  EXPECT_THAT(json.body, HasSubstr(R"("aesKey":"a2tra2tra2tra2tra2traw==")"));
}

TEST(YubicoCodec, ShowsNoSecretThatWasBroughtIn) {
  Enrolment enrolment = generated();
  enrolment.yubico.reset();
  EXPECT_FALSE(encoded(Answer{std::move(enrolment)}).enrolment().has_yubico());
}

TEST(YubicoCodec, AVerdictTellsTheCounters) {
  Verdict accepted{.accepted = true, .factor = FactorId{7}, .kind = FactorKind::yubico_otp};
  accepted.yubico = YubicoCounters{19, 17, 0x00c230};
  const v1::Verdict yes = encoded(Answer{accepted}).verdict();
  EXPECT_EQ(yes.kind(), v1::YUBICO_OTP);
  EXPECT_EQ(yes.yubico().session_counter(), 19u);
  EXPECT_EQ(yes.yubico().session_use(), 17u);
  EXPECT_EQ(yes.yubico().timestamp(), 0x00c230u);
  Verdict replayed{.accepted = false, .reason = Reason::replayed, .repeated = true};
  replayed.yubico = accepted.yubico;
  EXPECT_EQ(encode_json(reply(Answer{replayed})).body,
            R"({"answer":"REJECTED","reason":"REPLAYED","repeated":true,)"
            R"("yubico":{"sessionCounter":19,"sessionUse":17,"timestamp":49712}})");
  // The message of verdicts is used again.
  EXPECT_FALSE(
      encoded(Answer{Verdict{.accepted = true, .factor = FactorId{7}}}).verdict().has_yubico());
}

}  // namespace
}  // namespace countersign::wire
