// SPDX-License-Identifier: Apache-2.0
// Messages about challenges, in and out.
#include "tests/unit/codec_support.hpp"

#include "api/countersign.pb.h"

#include <gtest/gtest.h>

namespace countersign::wire {
namespace {

constexpr unsigned kStartChallenge = 14, kAnswerChallenge = 15, kEnrolChallengeResponse = 39;

TEST(ChallengeCodec, ReadsAStart) {
  const auto decoded =
      decode_json("start-challenge",
                  R"({"subject":{"username":"Alice"},"factorId":"7","clientAddress":"::1"})", kId);
  ASSERT_TRUE(decoded) << decoded.error().operation.view();
  const auto& ask = std::get<StartChallenge>(decoded->ask);
  EXPECT_EQ(ask.subject.username.text(), "alice");
  EXPECT_EQ(ask.factor, FactorId{7});
  EXPECT_EQ(ask.client_address, "::1");
  EXPECT_EQ(native_failure(request(kStartChallenge, "")), "subject.missing");
  EXPECT_EQ(
      native_failure(request(kStartChallenge, subject("alice") + number_field(2, 1ULL << 63))),
      "factor_id.range");
}

TEST(ChallengeCodec, ReadsAnAnswer) {
  const auto decoded = decode_frame(
      as_bytes(request(kAnswerChallenge, number_field(1, 99) + bytes_field(2, "response"))));
  ASSERT_TRUE(decoded);
  const auto& ask = std::get<AnswerChallenge>(decoded->ask);
  EXPECT_EQ(ask.challenge, ChallengeId{99});
  EXPECT_EQ(as_text(ask.response.expose()), "response");
}

TEST(ChallengeCodec, BoundsAnAnswer) {
  const auto answer = [](std::uint64_t id, std::size_t size) {
    return native_failure(
        request(kAnswerChallenge, number_field(1, id) + bytes_field(2, std::string(size, 'r'))));
  };
  EXPECT_EQ(answer(1, 1), "");
  EXPECT_EQ(answer(1, 64), "");
  EXPECT_EQ(answer(1, 65), "response");
  EXPECT_EQ(answer((1ULL << 63) - 1, 20), "");
  EXPECT_EQ(answer(1ULL << 63, 20), "challenge_id");
  EXPECT_EQ(native_failure(request(kAnswerChallenge, bytes_field(2, "r"))), "challenge_id");
  EXPECT_EQ(native_failure(request(kAnswerChallenge, number_field(1, 1))), "response.one");
}

TEST(ChallengeCodec, BoundsAnImportedSecret) {
  const auto enrol = [](std::size_t size) {
    return native_failure(request(kEnrolChallengeResponse,
                                  subject("alice") + bytes_field(3, std::string(size, 's'))));
  };
  EXPECT_EQ(enrol(0), "");
  EXPECT_EQ(enrol(19), "enrol.response_key");
  EXPECT_EQ(enrol(20), "");
  EXPECT_EQ(enrol(21), "enrol.response_key");
}

TEST(ChallengeCodec, WritesAChallenge) {
  const ChallengeReport report{.id = ChallengeId{INT64_MAX},
                               .factor = FactorId{4},
                               .kind = FactorKind::chalresp,
                               .value = Bytes(3, std::byte{0xff}),
                               .lifetime = std::chrono::seconds{120}};
  EXPECT_EQ(encode_json(Reply{RequestId{}, Answer{report}}).body,
            R"({"challengeId":"9223372036854775807","factorId":"4","kind":"CHALRESP",)"
            R"("challenge":"////","lifetimeSeconds":120,"purpose":"SIGN_IN"})");
}

TEST(ChallengeCodec, ShowsNoDecoysNumber) {
  const ChallengeReport report{.id = ChallengeId{1}, .factor = FactorId{-5}};
  EXPECT_EQ(encode_json(Reply{RequestId{}, Answer{report}}).body,
            R"({"challengeId":"1","purpose":"SIGN_IN"})");
}

TEST(ChallengeCodec, ShowsAFreshSecretInTheAnswerThatMadeIt) {
  Factor factor{.id = FactorId{4}, .kind = FactorKind::chalresp};
  Enrolment enrolment{
      .factor = {.subject = {*Realm::from(""), *Username::from("alice")}, .factor = factor},
      .challenge_response_key = SecretBytes{as_bytes("the key")}};
  std::string frame;
  encode_frame(Reply{RequestId{}, Answer{std::move(enrolment)}}, frame);
  v1::Reply message;
  ASSERT_TRUE(message.ParseFromString(frame.substr(kHeaderBytes)));
  EXPECT_EQ(message.enrolment().challenge_response_key(), "the key");
  EXPECT_EQ(message.enrolment().factor().digits(), 0u);
}

}  // namespace
}  // namespace countersign::wire
