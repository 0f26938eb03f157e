// SPDX-License-Identifier: Apache-2.0
// Replies in both encodings, and the public face of errors.
#include "tests/support/hex.hpp"
#include "tests/unit/codec_support.hpp"

#include "daemon/wire/public_error.hpp"

#include "api/countersign.pb.h"

#include <gmock/gmock.h>

namespace countersign::wire {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

RequestId id_of(std::string_view text) {
  RequestId id;
  std::ranges::copy(as_bytes(text), id.bytes.begin());
  id.size = static_cast<std::uint8_t>(text.size());
  return id;
}
Reply reply(Result<Answer> answer) { return {id_of(kId), std::move(answer)}; }

Verdict accepted() { return {.accepted = true, .factor = FactorId{7}, .kind = FactorKind::hotp}; }
Verdict throttled() {
  return {
      .accepted = false, .reason = Reason::throttled, .factor = FactorId{-7}, .retry_after = 90s};
}

FactorReport factor_report(std::string label) {
  return {.subject = {*Realm::from(""), *Username::from("alice")},
          .factor = {.id = FactorId{7},
                     .subject = SubjectId{3},
                     .kind = FactorKind::totp,
                     .state = FactorState::active,
                     .label = std::move(label),
                     .oath = {},
                     .sealed = Bytes(50),
                     .created_at = from_milliseconds(1000)},
          .failures = 2,
          .accepted_at = from_milliseconds(2000)};
}

v1::Reply parse(std::string_view frame) {
  v1::Reply message;
  EXPECT_TRUE(message.ParseFromArray(frame.data() + kHeaderBytes,
                                     static_cast<int>(frame.size() - kHeaderBytes)));
  return message;
}

TEST(ReplyCodec, WritesAVerdictByteByByte) {
  std::string out = "before";
  encode_frame(reply(accepted()), out);
  EXPECT_EQ(test::to_hex(as_bytes(out).subspan(6)),
            "c50100000000001f"                      // header: 31 bytes follow
            "0a1030313233343536373839616263646566"  // request_id
            "520b0801"
            "18072002"      // verdict: ACCEPTED, factor 7, HOTP
            "42036f7470");  // amr: otp
}

TEST(ReplyCodec, ForgetsTheVerdictBefore) {
  std::string out;
  encode_frame(reply(accepted()), out);
  out.clear();
  encode_frame(reply(throttled()), out);
  const v1::Verdict verdict = parse(out).verdict();
  EXPECT_EQ(verdict.answer(), v1::REJECTED);
  EXPECT_EQ(verdict.reason(), v1::THROTTLED);
  EXPECT_EQ(verdict.retry_after_seconds(), 90u);
  EXPECT_EQ(verdict.factor_id(), 0u);
  EXPECT_EQ(verdict.kind(), v1::FACTOR_KIND_UNSPECIFIED);
}

TEST(ReplyCodec, WritesAFactor) {
  std::string out;
  encode_frame(reply(factor_report("Phone")), out);
  const v1::Factor factor = parse(out).factor();
  EXPECT_EQ(factor.id(), 7u);
  EXPECT_EQ(factor.subject().realm(), "default");
  EXPECT_EQ(factor.subject().username(), "alice");
  EXPECT_EQ(factor.state(), v1::ACTIVE);
  EXPECT_EQ(factor.label(), "Phone");
  EXPECT_EQ(factor.failures(), 2u);
  EXPECT_EQ(factor.accepted_at_ms(), 2000);
}

TEST(ReplyCodec, NeverShowsADecoysNumber) {
  SubjectReport report{
      .subject = {.id = SubjectId{-5}, .name = {*Realm::from(""), *Username::from("alice")}}};
  std::string out;
  encode_frame(reply(std::move(report)), out);
  EXPECT_EQ(parse(out).subject().id(), 0u);
}

TEST(ReplyCodec, RefusesInsteadOfAFrameThatIsTooLarge) {
  FactorList list;
  for (int i = 0; i < 200; ++i) list.factors.push_back(factor_report(std::string(400, 'l')));
  std::string out;
  encode_frame(reply(std::move(list)), out);
  EXPECT_EQ(parse(out).error().code(), v1::LIMIT_EXCEEDED);
  EXPECT_EQ(parse(out).request_id(), kId);
}

TEST(ReplyCodec, WritesVerdictsAsJson) {
  EXPECT_EQ(encode_json(reply(accepted())).status, 200u);
  EXPECT_EQ(encode_json(reply(accepted())).body,
            R"({"answer":"ACCEPTED","factorId":"7","kind":"HOTP","amr":["otp"]})");
  EXPECT_EQ(encode_json(reply(throttled())).body,
            R"({"answer":"REJECTED","reason":"THROTTLED","retryAfterSeconds":90})");
}

TEST(ReplyCodec, ShowsZerosInReports) {
  EXPECT_EQ(encode_json(reply(HealthReport{})).body,
            R"({"ready":false,"hsmWorkersReady":0,"hsmWorkers":0})");
}

TEST(ReplyCodec, ShowsAnEnrolmentToItsOwner) {
  Enrolment enrolment{.factor = factor_report(""),
                      .secret_base32 = SecretBytes{as_bytes("GEZDGNBV")},
                      .otpauth_uri = SecretBytes{as_bytes("otpauth://totp/a?secret=GEZDGNBV")}};
  const HttpAnswer answer = encode_json(reply(std::move(enrolment)));
  EXPECT_THAT(answer.body, HasSubstr(R"("secretBase32":"GEZDGNBV")"));
}

struct Face {
  Error error;
  v1::ErrorCode code;
  unsigned status;
};
class PublicFace : public testing::TestWithParam<Face> {};

TEST_P(PublicFace, HasItsCodeAndStatus) {
  const PublicError face = public_face(GetParam().error);
  EXPECT_EQ(face.code, GetParam().code);
  EXPECT_EQ(face.status, GetParam().status);
  EXPECT_FALSE(face.message.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Codes, PublicFace,
    testing::Values(Face{{ErrorCode::malformed, "unheard of"}, v1::MALFORMED, 400},
                    Face{{ErrorCode::malformed, "net.slow"}, v1::MALFORMED, 408},
                    Face{{ErrorCode::malformed, "http.method"}, v1::MALFORMED, 405},
                    Face{{ErrorCode::limit_exceeded, "unheard of"}, v1::LIMIT_EXCEEDED, 429},
                    Face{{ErrorCode::limit_exceeded, "passcode.length"}, v1::LIMIT_EXCEEDED, 400},
                    Face{{ErrorCode::limit_exceeded, "frame.length"}, v1::LIMIT_EXCEEDED, 413},
                    Face{
                        {ErrorCode::limit_exceeded, "http.header_length"}, v1::LIMIT_EXCEEDED, 431},
                    Face{{ErrorCode::denied, "policy.operation"}, v1::DENIED, 403},
                    Face{{ErrorCode::not_found, "factor.id"}, v1::NOT_FOUND, 404},
                    Face{{ErrorCode::already_exists, "x"}, v1::ALREADY_EXISTS, 409},
                    Face{{ErrorCode::conflict, "x"}, v1::CONFLICT, 409},
                    Face{{ErrorCode::unavailable, "C_Sign"}, v1::UNAVAILABLE, 503},
                    Face{{ErrorCode::corrupt, "factor.mac"}, v1::TAMPERED, 500}));

TEST(PublicError, SaysWhatIsWrongAndHowToMendIt) {
  EXPECT_EQ(public_face({ErrorCode::malformed, "passcode.not_ascii"}).message,
            "passcode: must be printable ASCII, at most 128 bytes");
  EXPECT_EQ(public_face({ErrorCode::limit_exceeded, "username.length"}).message,
            public_face({ErrorCode::malformed, "username.empty"}).message);
}

TEST(PublicError, SaysWhyADestinationIsNotTaken) {
  const std::string_view nothing = public_face({ErrorCode::malformed, "unheard of"}).message;
  for (const Literal operation : std::initializer_list<Literal>{
           "phone.not_a_number",    "phone.country",        "phone.no_country",
           "phone.calling_code",    "phone.too_short",      "phone.too_long",
           "phone.invalid",         "phone.fixed_line",     "phone.premium",
           "phone.toll_free",       "phone.shared_cost",    "phone.voip",
           "phone.personal_number", "phone.pager",          "phone.uan",
           "phone.voicemail",       "email.empty",          "email.too_long",
           "email.not_ascii",       "email.characters",     "email.no_at",
           "email.local",           "email.local_too_long", "email.domain"}) {
    EXPECT_NE(public_face({ErrorCode::malformed, operation}).message, nothing) << operation.view();
  }
}

TEST(PublicError, SaysNothingAboutWhatIsInside) {
  const auto face = public_face({ErrorCode::unavailable, "C_Sign", 0x30});
  EXPECT_EQ(face.message, public_face({ErrorCode::unavailable, "passcode.empty"}).message);
  const HttpAnswer answer = encode_json(reply(Error{ErrorCode::unavailable, "sqlite3_step", 10}));
  EXPECT_EQ(answer.status, 503u);
  EXPECT_THAT(answer.body, Not(HasSubstr("sqlite")));
  EXPECT_THAT(answer.body, HasSubstr(R"("code":"UNAVAILABLE")"));
}

}  // namespace
}  // namespace countersign::wire
