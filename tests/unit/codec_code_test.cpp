// SPDX-License-Identifier: Apache-2.0
// Codes by SMS and e-mail: how they are asked for and answered, and what a person is shown.
#include "tests/unit/codec_support.hpp"

#include "api/countersign.pb.h"

#include <gtest/gtest.h>

namespace countersign::wire {
namespace {

std::string_view start_failure(const std::string& fields) {
  return json_failure("start-challenge", R"({"subject":{"username":"alice"},)" + fields + "}");
}
std::string_view answer_failure(const std::string& fields) {
  return json_failure("answer-challenge", R"({"challengeId":"1",)" + fields + "}");
}

TEST(CodeCodec, ReadsAStart) {
  const auto decoded = decode_json("start-challenge",
                                   R"({"subject":{"username":"alice"},"kind":"SMS",)"
                                   R"("purpose":"TRANSACTION","language":"FI-fi",)"
                                   R"("transaction":"EUR 1,250.00 to Example Oy"})",
                                   kId);
  ASSERT_TRUE(decoded) << decoded.error().operation.view();
  const auto& ask = std::get<StartChallenge>(decoded->ask);
  EXPECT_EQ(ask.kind, FactorKind::sms);
  EXPECT_EQ(ask.purpose, Purpose::transaction);
  EXPECT_EQ(ask.transaction, "EUR 1,250.00 to Example Oy");
  EXPECT_EQ(ask.language, "fi-FI");
  EXPECT_FALSE(ask.factor || ask.destination);
}

TEST(CodeCodec, ReadsAnAddressToBeShownToBeSomebodys) {
  const auto decoded = decode_json("start-challenge",
                                   R"({"subject":{"username":"alice"},"kind":"SMS",)"
                                   R"("purpose":"ADDRESS","destination":"040 123 4567",)"
                                   R"("country":"FI"})",
                                   kId);
  ASSERT_TRUE(decoded) << decoded.error().operation.view();
  const auto& ask = std::get<StartChallenge>(decoded->ask);
  ASSERT_TRUE(ask.destination);
  EXPECT_EQ(ask.destination->channel, FactorKind::sms);
  EXPECT_EQ(ask.destination->text, "+358401234567");
}

TEST(CodeCodec, ADestinationGoesWithAnAddressAndWithNothingElse) {
  const std::string to = R"("kind":"EMAIL","destination":"a@example.com")";
  EXPECT_EQ(start_failure(to + R"(,"purpose":"ADDRESS")"), "");
  EXPECT_EQ(start_failure(to), "destination.purpose");
  for (const char* purpose : {"SIGN_IN", "CONFIRMATION", "RESET", "UNLOCK"}) {
    EXPECT_EQ(start_failure(to + R"(,"purpose":")" + purpose + "\""), "destination.purpose");
  }
  EXPECT_EQ(start_failure(R"("kind":"SMS","country":"FI")"), "destination.purpose");
  EXPECT_EQ(start_failure(R"("kind":"SMS","purpose":"ADDRESS")"), "destination.missing");
  EXPECT_EQ(start_failure(R"("kind":"CHALRESP","purpose":"ADDRESS","destination":"a@b.example")"),
            "destination.kind");
  EXPECT_EQ(start_failure(R"("purpose":"ADDRESS","destination":"a@b.example")"),
            "destination.kind");
  EXPECT_EQ(start_failure(to + R"(,"purpose":"ADDRESS","factorId":1)"), "destination.factor");
}

TEST(CodeCodec, AsksForWhatCanBeAskedAlone) {
  for (const char* kind : {"CHALRESP", "SMS", "EMAIL"}) {
    EXPECT_EQ(start_failure(R"("kind":")" + std::string{kind} + "\""), "") << kind;
  }
  for (const char* kind : {"TOTP", "HOTP", "YUBICO_OTP"}) {
    EXPECT_EQ(start_failure(R"("kind":")" + std::string{kind} + "\""), "challenge.kind") << kind;
  }
  EXPECT_EQ(start_failure(R"("kind":"PIGEON")"), "wire.enum_unknown");
  EXPECT_EQ(start_failure(R"("purpose":"PURPOSE_UNSPECIFIED")"), "wire.enum_unspecified");
}

TEST(CodeCodec, ATransactionHasATextAndNothingElseHas) {
  const std::string text = R"("transaction":"EUR 5.00")";
  EXPECT_EQ(start_failure(R"("purpose":"TRANSACTION",)" + text), "");
  EXPECT_EQ(start_failure(R"("purpose":"TRANSACTION")"), "transaction.purpose");
  EXPECT_EQ(start_failure(R"("purpose":"SIGN_IN",)" + text), "transaction.purpose");
  EXPECT_EQ(start_failure(text), "transaction.purpose");
  EXPECT_EQ(answer_failure(R"("passcode":"1","purpose":"TRANSACTION",)" + text), "");
  EXPECT_EQ(answer_failure(R"("passcode":"1","purpose":"TRANSACTION")"), "transaction.purpose");
  EXPECT_EQ(answer_failure(R"("passcode":"1",)" + text), "transaction.purpose");
}

std::string_view transaction_failure(const std::string& text) {
  const std::string asked = R"("purpose":"TRANSACTION","transaction":")" + text + "\"";
  const std::string_view failure = start_failure(asked);
  EXPECT_EQ(answer_failure(R"("passcode":"1",)" + asked), failure) << text;
  return failure;
}

TEST(CodeCodec, BoundsATransactionsText) {
  EXPECT_EQ(transaction_failure(std::string(200, 't')), "");
  EXPECT_EQ(transaction_failure(std::string(201, 't')), "transaction.text");
  std::string accented;
  for (int i = 0; i < 200; ++i) accented += "ä";
  EXPECT_EQ(transaction_failure(accented), "");
  EXPECT_EQ(transaction_failure(accented + "t"), "transaction.text");
  std::string chinese;
  for (int i = 0; i < 133; ++i) chinese += "中";
  EXPECT_EQ(transaction_failure(chinese), "");
  EXPECT_EQ(transaction_failure(chinese + "中"), "transaction.text");
}

TEST(CodeCodec, ATransactionsTextIsSeenAsItIs) {
  for (const char* seen :
       {"1\u00a0250,00 €", "1\u202f250,00", "Zoë → Søren", "日本", "שלום", "😀"}) {
    EXPECT_EQ(transaction_failure(seen), "") << seen;
  }
  for (const char* unseen :
       {"a\\nb",           "a\\rb",     "a\\tb",     "\\u0000a",  "a\\u007f",  "a\\u0085b",
        "a\\u202eb",       "a\\u202ab", "a\\u2066b", "a\\u2069b", "a\\u200eb", "a\\u061cb",
        "a\\u200bb",       "a\\u200db", "a\\u00adb", "a\\ufeffb", "a\\u2028b", "a\\u2029b",
        "a\\u2060b",       "a\\u3164b", "a\\u115fb", "a\\u034fb", "a\\ufe0fb", "a\\u0378b",
        "a\\ue000b",       "a\\ufdd0b", "a\\ufff9b", "   ",       "\\u00a0",   "\\u3000",
        "a\\udb40\\udc41b"}) {
    EXPECT_EQ(transaction_failure(unseen), "transaction.text") << unseen;
  }
}

TEST(CodeCodec, ALanguageIsATag) {
  const auto language = [](const std::string& tag) {
    return start_failure(R"("language":")" + tag + "\"");
  };
  for (const char* tag : {"", "en", "fi-FI", "zh-Hant", "zh-Hant-TW", "sr-Latn-RS", "es-419"}) {
    EXPECT_EQ(language(tag), "") << tag;
  }
  for (const char* tag : {"e", "-", "en-", "-en", "en--fi", "en_FI", "fi FI", "1en", "en/../x",
                          "abcdefghi", "en-abcdefghi", "en-x-abcdefgh-ijk", "fi\\u0000", "fì"}) {
    EXPECT_EQ(language(tag), "language") << tag;
  }
}

TEST(CodeCodec, ReadsAnAnswer) {
  const auto decoded = decode_json("answer-challenge",
                                   R"({"challengeId":"7","passcode":"492 031","purpose":"RESET",)"
                                   R"("subject":{"username":"Alice"},"clientAddress":"192.0.2.1"})",
                                   kId);
  ASSERT_TRUE(decoded) << decoded.error().operation.view();
  const auto& ask = std::get<AnswerChallenge>(decoded->ask);
  EXPECT_EQ(ask.challenge, ChallengeId{7});
  EXPECT_EQ(ask.response.size(), 0u);
  ASSERT_TRUE(ask.passcode);
  EXPECT_EQ(ask.purpose, Purpose::reset);
  ASSERT_TRUE(ask.subject);
  EXPECT_EQ(ask.subject->username.text(), "alice");
}

TEST(CodeCodec, AnAnswerIsAResponseOrAPasscode) {
  EXPECT_EQ(answer_failure(R"("passcode":"492031")"), "");
  EXPECT_EQ(answer_failure(R"("response":"AAAA")"), "");
  EXPECT_EQ(answer_failure(R"("passcode":"")"), "response.one");
  EXPECT_EQ(answer_failure(R"("passcode":"492031","response":"AAAA")"), "response.one");
  EXPECT_EQ(answer_failure(R"("passcode":")" + std::string(129, '1') + "\""), "passcode.length");
  EXPECT_EQ(answer_failure(R"("passcode":"49\n")"), "passcode.not_ascii");
  EXPECT_EQ(answer_failure(R"("passcode":"1","subject":{"username":""})"), "username.empty");
}

TEST(CodeCodec, WritesHowACodeIsOnItsWay) {
  const ChallengeReport report{
      .id = ChallengeId{6},
      .factor = FactorId{4},
      .kind = FactorKind::email,
      .lifetime = std::chrono::seconds{300},
      .delivery = Delivery{.outcome = DeliveryOutcome::accepted_for_delivery,
                           .masked_destination = "a•••@example.com",
                           .retry_after = std::chrono::seconds{30}},
      .purpose = Purpose::reset,
      .digits = 6};
  EXPECT_EQ(encode_json(Reply{RequestId{}, Answer{report}}).body,
            R"({"challengeId":"6","factorId":"4","kind":"EMAIL","lifetimeSeconds":300,)"
            R"("delivery":{"outcome":"ACCEPTED_FOR_DELIVERY",)"
            R"("maskedDestination":"a•••@example.com","retryAfterSeconds":30},)"
            R"("purpose":"RESET","digits":6})");
}

}  // namespace
}  // namespace countersign::wire
