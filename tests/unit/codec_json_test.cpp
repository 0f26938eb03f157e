// SPDX-License-Identifier: Apache-2.0
// JSON bodies: what is understood, and every neighbour of it that is not.
#include "tests/unit/codec_support.hpp"

#include <gtest/gtest.h>

namespace countersign::wire {
namespace {

constexpr std::string_view kGood = R"({"subject":{"username":"alice"},"passcode":"123456"})";

TEST(JsonCodec, ReadsAVerify) {
  const auto decoded =
      decode_json("verify",
                  R"( {"subject": {"realm": "staff", "username": "Al\u0069ce"}, "factorId": "7",
           "passcode": "123 456", "client_address": "::ffff:192.0.2.1"} )",
                  kId);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(as_text(decoded->id.view()), kId);
  const auto& verify = std::get<Verify>(decoded->ask);
  EXPECT_EQ(verify.subject->realm.text(), "staff");
  EXPECT_EQ(verify.subject->username.text(), "alice");
  EXPECT_EQ(number(*verify.factor), 7);
  EXPECT_EQ(verify.passcode.expose(), "123456");
  EXPECT_EQ(verify.client_address, "192.0.2.1");
}

TEST(JsonCodec, ReadsAnEnrolment) {
  const auto decoded = decode_json(
      "enrol-oath",
      R"({"subject":{"username":"alice"},"kind":"HOTP","algorithm":3,"digits":8,"label":null,
          "secret":"MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=","counter":18})",
      kId);
  ASSERT_TRUE(decoded);
  const auto& enrol = std::get<EnrolOath>(decoded->ask);
  EXPECT_EQ(enrol.kind, FactorKind::hotp);
  EXPECT_EQ(enrol.oath.algorithm, HashAlgorithm::sha512);
  EXPECT_EQ(enrol.oath.digits, 8);
  EXPECT_EQ(as_text(enrol.secret->expose()), "12345678901234567890");
  EXPECT_EQ(enrol.counter, 18u);
}

TEST(JsonCodec, KnowsOperationsByTheirPath) {
  EXPECT_EQ(json_failure("verify", kGood), "");
  EXPECT_EQ(json_failure("health", "{}"), "");
  EXPECT_EQ(json_failure("get-status", "{}"), "");
  EXPECT_EQ(json_failure("create-subject", R"({"subject":{"username":"a"}})"), "");
  for (const char* unknown : {"", "Verify", "get_status", "getStatus", "verify/", "verify?x",
                              "request_id", "request-id", "subject"}) {
    EXPECT_EQ(json_failure(unknown, "{}"), "json.operation") << unknown;
  }
}

TEST(JsonCodec, RefusesEveryTruncation) {
  ASSERT_EQ(json_failure("verify", kGood), "");
  for (std::size_t size = 0; size < kGood.size(); ++size) {
    EXPECT_EQ(json_failure("verify", kGood.substr(0, size)), "json.syntax") << size;
  }
}

TEST(JsonCodec, RefusesWhatIsNotJson) {
  for (const char* bad :
       {"{'passcode':'1'}", "{passcode:\"1\"}", "{\"passcode\":\"1\",}", "{} {}", "{}x",
        "{\"passcode\":\"1\" /**/}", "{\"passcode\":\"\x01\"}", "{\"passcode\":\"\\ud800\"}",
        "{\"passcode\":\"\xff\"}", "\xef\xbb\xbf{}", "{\"factor_id\":01}", "{\"factor_id\":+1}",
        "{\"factor_id\":NaN}", "<xml/>"}) {
    EXPECT_EQ(json_failure("verify", bad), "json.syntax") << bad;
  }
}

TEST(JsonCodec, RefusesWhatIsNotAnObject) {
  for (const char* bad : {"\"text\"", "1", "18446744073709551615", "null", "[]", "[{}]", "true"}) {
    EXPECT_EQ(json_failure("verify", bad), "json.not_object") << bad;
  }
  EXPECT_EQ(json_failure("verify", "1.5"), "json.field_type");
}

TEST(JsonCodec, RefusesUnknownKeysAtEveryDepth) {
  EXPECT_EQ(json_failure("verify", R"({"passcode":"1","x":1})"), "json.field_unknown");
  EXPECT_EQ(json_failure("verify", R"({"Passcode":"1"})"), "json.field_unknown");
  EXPECT_EQ(json_failure("verify", R"({"subject":{"username":"a","x":{}},"passcode":"1"})"),
            "json.field_unknown");
  EXPECT_EQ(json_failure("verify", R"({"":"1"})"), "json.field_unknown");
  EXPECT_EQ(json_failure("verify", "{\"" + std::string(100, 'k') + "\":1}"), "json.field_unknown");
}

TEST(JsonCodec, RefusesKeysGivenTwiceAtEveryDepth) {
  EXPECT_EQ(json_failure("verify", R"({"passcode":"1","factor_id":1,"passcode":"1"})"),
            "json.field_twice");
  EXPECT_EQ(json_failure("verify", R"({"factor_id":1,"factorId":1})"), "json.field_twice");
  EXPECT_EQ(json_failure("verify", R"({"passcode":null,"passcode":"1"})"), "json.field_twice");
  EXPECT_EQ(json_failure("verify", R"({"passcode":"1","p\u0061sscode":"1"})"), "json.field_twice");
  EXPECT_EQ(json_failure("verify", R"({"subject":{"username":"a","username":"b"}})"),
            "json.field_twice");
}

TEST(JsonCodec, RefusesValuesOfTheWrongType) {
  for (const char* bad :
       {R"({"passcode":123456})", R"({"passcode":true})", R"({"passcode":{}})",
        R"({"passcode":["1"]})", R"({"subject":"alice"})", R"({"subject":[]})", R"({"subject":1})",
        R"({"factor_id":1.0})", R"({"factor_id":1e3})", R"({"factor_id":"x"})",
        R"({"factor_id":""})", R"({"factor_id":" 1"})", R"({"factor_id":"-1"})",
        R"({"factor_id":"0x1"})", R"({"factor_id":false})"}) {
    EXPECT_EQ(json_failure("verify", bad), "json.field_type") << bad;
  }
  for (const char* bad : {R"({"factor_id":-1})", R"({"factor_id":"18446744073709551616"})"}) {
    EXPECT_EQ(json_failure("verify", bad), "wire.number_range") << bad;
  }
  EXPECT_EQ(json_failure("verify", R"({"factor_id":18446744073709551616})"), "json.field_type");
}

TEST(JsonCodec, RefusesUnknownAndUnspecifiedEnums) {
  const auto failure = [](const std::string& kind) {
    return json_failure("enrol-oath", R"({"subject":{"username":"a"},"kind":)" + kind + "}");
  };
  EXPECT_EQ(failure(R"("TOTP")"), "");
  EXPECT_EQ(failure("2"), "");
  EXPECT_EQ(failure("0"), "wire.enum_unspecified");
  EXPECT_EQ(failure(R"("FACTOR_KIND_UNSPECIFIED")"), "wire.enum_unspecified");
  EXPECT_EQ(failure("33"), "wire.enum_unknown");
  EXPECT_EQ(failure("4294967297"), "wire.enum_unknown");
  EXPECT_EQ(failure(R"("totp")"), "wire.enum_unknown");
  EXPECT_EQ(failure(R"("1")"), "wire.enum_unknown");
  EXPECT_EQ(failure("null"), "enrol.kind");
}

TEST(JsonCodec, ReadsBase64InBothAlphabetsAndNothingElse) {
  const auto failure = [](const std::string& secret) {
    return json_failure("enrol-oath",
                        R"({"subject":{"username":"a"},"kind":1,"secret":")" + secret + "\"}");
  };
  EXPECT_EQ(failure("++//++//++//++//"), "");
  EXPECT_EQ(failure("--__--__--__--__"), "");
  EXPECT_EQ(failure("AAAAAAAAAAAAAA=="), "");
  EXPECT_EQ(failure("AAAAAAAAAAAAAA"), "");
  for (const char* bad : {"AAAAAAAAAAAAA", "AAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAA==", "AAAA AAAA",
                          "AAAAAAAAAAAAAB==", "AA=AAAAAAAAAAA==", "====", "AAAA.AAA"}) {
    EXPECT_EQ(failure(bad), "json.base64") << bad;
  }
}

TEST(JsonCodec, SurvivesDepthAndLength) {
  std::string deep;
  for (int i = 0; i < 20'000; ++i) deep += "{\"subject\":";
  EXPECT_NE(json_failure("verify", deep), "");
  EXPECT_NE(json_failure("verify", std::string(60'000, '[')), "");
  EXPECT_EQ(json_failure("verify", std::string(kBodyBytesMax + 1, ' ')), "http.body_length");
  const std::string escapes = "{\"passcode\":\"" + std::string(9000, '\\') + "\"}";
  EXPECT_EQ(json_failure("verify", escapes), "passcode.length");
}

TEST(JsonCodec, RefusesPasscodesLikeNativeFramesDo) {
  EXPECT_EQ(json_failure("verify", R"({"factor_id":1,"passcode":"12\u00003"})"),
            "passcode.not_ascii");
  EXPECT_EQ(json_failure("verify", R"({"factor_id":1,"passcode":"\uff11"})"), "passcode.not_ascii");
  EXPECT_EQ(json_failure("verify", R"({"factor_id":1})"), "passcode.empty");
  EXPECT_EQ(json_failure("verify", R"({"passcode":"1"})"), "");
}

TEST(JsonCodec, BoundsTheIdempotencyKey) {
  EXPECT_EQ(json_failure("health", "{}", std::string(15, 'k')), "wire.request_id");
  EXPECT_EQ(json_failure("health", "{}", std::string(16, 'k')), "");
  EXPECT_EQ(json_failure("health", "{}", std::string(64, 'k')), "");
  EXPECT_EQ(json_failure("health", "{}", std::string(65, 'k')), "wire.request_id");
  EXPECT_EQ(json_failure("health", "{}", "0123456789abcde\x7f"), "wire.request_id");
  EXPECT_EQ(json_failure("health", "{}", "0123456 89abcdef"), "wire.request_id");
}

TEST(JsonCodec, MakesAnIdOfItsOwnEachTime) {
  const auto first = decode_json("health", "{}", "");
  const auto second = decode_json("health", "{}", "");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->id.size, RequestId::kBytesMin);
  EXPECT_NE(first->id.bytes, second->id.bytes);
}

}  // namespace
}  // namespace countersign::wire
