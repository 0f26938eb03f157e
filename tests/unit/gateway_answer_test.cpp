// SPDX-License-Identifier: Apache-2.0
// What a client is told, letter by letter.
#include "gateway/answer.hpp"
#include "gateway/signature.hpp"
#include "gateway/verdict.hpp"
#include "tests/support/hex.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <map>
#include <string>
#include <vector>

namespace countersign::gateway {
namespace {

// 2010-04-23 20:34:51.678, as the protocol's own example has it.
constexpr Time kNow = from_milliseconds(1'272'054'891'678);

constexpr std::array<Outcome, 9> kOutcomes{Outcome::ok,
                                           Outcome::bad_otp,
                                           Outcome::replayed_otp,
                                           Outcome::replayed_request,
                                           Outcome::bad_signature,
                                           Outcome::missing_parameter,
                                           Outcome::no_such_client,
                                           Outcome::operation_not_allowed,
                                           Outcome::backend_error};

Answer answer_of(Outcome outcome, Version version = Version::two) {
  return {.outcome = outcome,
          .version = version,
          .otp = "Cccccc",
          .nonce = "0123456789abcdef",
          .counters = Counters{.session_counter = 19, .session_use = 17, .timestamp = 0xc230}};
}

TEST(Signature, IsWhatTheKeyMakesOfTheText) {
  const auto key = test::from_hex("986e5b7ba649535a811b3db8c8f87f11233751d5");
  const std::string text =
      "id=1&nonce=0123456789abcdef&otp=dteffujehknhfjbrjnlnldnhcujvddbikngjrtgh&timestamp=1";
  Signature signature;
  unsigned size = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(signature.data()), &size);
  EXPECT_EQ(to_base64(signature), "Fv9WiwNaGGC2FcpIL9pgsqa7wtk=");
  EXPECT_EQ(from_base64("Fv9WiwNaGGC2FcpIL9pgsqa7wtk="), signature);
}

// RFC 2202 has no case with an empty key; this is what `openssl dgst -sha1 -hmac ""` says.
TEST(Signature, UnderTheEmptyKeyIsAnHmacToo) {
  EXPECT_EQ(to_base64(sign_with_empty_key("")), "+9sdGxiqbAgyS31ktx+3Y3BpDh0=");
}

TEST(Response, SaysTheTimeAsTheProtocolDoes) {
  EXPECT_EQ(to_text(kNow), "2010-04-23T20:34:51Z0678");
  EXPECT_EQ(to_text(from_milliseconds(4'102'444'800'005)), "2100-01-01T00:00:00Z0005");
}

TEST(Response, IsTheProtocolsToTheLetter) {
  const Response response{answer_of(Outcome::ok), kNow};
  EXPECT_EQ(response.signed_text(),
            "nonce=0123456789abcdef&otp=Cccccc&sessioncounter=19&sessionuse=17&sl=100&status=OK"
            "&t=2010-04-23T20:34:51Z0678&timestamp=49712");
  EXPECT_EQ(response.body(Signature{}),
            "h=AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"
            "t=2010-04-23T20:34:51Z0678\r\n"
            "otp=Cccccc\r\n"
            "nonce=0123456789abcdef\r\n"
            "sl=100\r\n"
            "timestamp=49712\r\n"
            "sessioncounter=19\r\n"
            "sessionuse=17\r\n"
            "status=OK\r\n"
            "\r\n");
}

TEST(Response, EchoesOnlyInAnswersAboutAnOtp) {
  for (const Outcome outcome : kOutcomes) {
    const std::string text = Response{answer_of(outcome), kNow}.signed_text();
    const bool echoes = outcome == Outcome::ok || outcome == Outcome::replayed_otp ||
                        outcome == Outcome::replayed_request;
    EXPECT_EQ(text.find("otp=") != std::string::npos, echoes) << text;
    EXPECT_EQ(text.find("nonce=") != std::string::npos, echoes) << text;
    EXPECT_EQ(text.find("sl=") != std::string::npos, outcome == Outcome::ok) << text;
    EXPECT_EQ(text.find("sessionuse=") != std::string::npos, outcome == Outcome::ok) << text;
  }
}

TEST(Response, HasNeitherEchoNorSyncLevelInVersionOne) {
  EXPECT_EQ((Response{answer_of(Outcome::ok, Version::one), kNow}.signed_text()),
            "sessioncounter=19&sessionuse=17&status=OK&t=2010-04-23T20:34:51Z0678&timestamp=49712");
}

TEST(Response, UsesTheProtocolsWords) {
  const std::vector<std::string> words{"OK",
                                       "BAD_OTP",
                                       "REPLAYED_OTP",
                                       "REPLAYED_REQUEST",
                                       "BAD_SIGNATURE",
                                       "MISSING_PARAMETER",
                                       "NO_SUCH_CLIENT",
                                       "OPERATION_NOT_ALLOWED",
                                       "BACKEND_ERROR"};
  for (std::size_t i = 0; i < kOutcomes.size(); ++i) EXPECT_EQ(name_of(kOutcomes[i]), words[i]);
}

v1::Verdict verdict(v1::Answer answer, v1::Reason reason = v1::REASON_UNSPECIFIED,
                    bool repeated = false) {
  v1::Verdict made;
  made.set_answer(answer);
  made.set_reason(reason);
  made.set_repeated(repeated);
  return made;
}

TEST(Verdicts, OnlyAFirstAcceptanceIsOk) {
  EXPECT_EQ(outcome_of(verdict(v1::ACCEPTED)), Outcome::ok);
  EXPECT_EQ(outcome_of(verdict(v1::ACCEPTED, v1::REASON_UNSPECIFIED, true)),
            Outcome::replayed_request);
  EXPECT_EQ(outcome_of(verdict(v1::ANSWER_UNSPECIFIED)), Outcome::backend_error);
  EXPECT_EQ(outcome_of(verdict(v1::REJECTED)), Outcome::backend_error);
}

TEST(Verdicts, TellReplaysApart) {
  EXPECT_EQ(outcome_of(verdict(v1::REJECTED, v1::REPLAYED)), Outcome::replayed_otp);
  EXPECT_EQ(outcome_of(verdict(v1::REJECTED, v1::REPLAYED, true)), Outcome::replayed_request);
}

TEST(Verdicts, TellNothingElseApart) {
  for (const auto reason :
       {v1::WRONG_CODE, v1::THROTTLED, v1::EXPIRED, v1::NO_SUCH_FACTOR, v1::SUSPENDED}) {
    EXPECT_EQ(outcome_of(verdict(v1::REJECTED, reason)), Outcome::bad_otp);
    EXPECT_EQ(outcome_of(verdict(v1::REJECTED, reason, true)), Outcome::bad_otp);
  }
}

TEST(Verdicts, OnlyAPlainYesLetsAClientAsk) {
  const std::map<v1::ClientOutcome, std::optional<Outcome>> expected{
      {v1::CLIENT_OUTCOME_UNSPECIFIED, Outcome::backend_error},
      {v1::CLIENT_MAY, std::nullopt},
      {v1::NO_SUCH_CLIENT, Outcome::no_such_client},
      {v1::BAD_SIGNATURE, Outcome::bad_signature},
      {v1::CLIENT_MAY_NOT, Outcome::operation_not_allowed}};
  for (const auto& [from, to] : expected) {
    v1::ClientCheck check;
    check.set_outcome(from);
    EXPECT_EQ(refusal_of(check), to);
  }
}

}  // namespace
}  // namespace countersign::gateway
