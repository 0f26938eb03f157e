// SPDX-License-Identifier: Apache-2.0
// What is no code, no destination, no text for a person to decide by, and no courier's business.
#include "tests/integration/bad_input.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::test {
namespace {

using testing::HasSubstr;

constexpr std::string_view kAlice = R"({"subject":{"username":"alice"},)";

// Each with status 400 and an error that quotes nothing.
void expect_refused_over_http(const std::string& socket, const std::string& operation,
                              const std::vector<std::string>& bodies) {
  for (const std::string& body : bodies) {
    const HttpReply reply = post(socket, operation, body);
    EXPECT_EQ(reply.status, 400u) << body;
    EXPECT_THAT(reply.body, HasSubstr("\"message\":")) << body;
    EXPECT_EQ(reply.body.find(kMarker), std::string::npos) << body;
  }
}

std::vector<std::string> each(std::string_view before, const std::vector<std::string>& values,
                              std::string_view after = "\"}") {
  std::vector<std::string> bodies;
  for (const std::string& value : values) {
    bodies.push_back(std::string{before} + value + std::string{after});
  }
  return bodies;
}

TEST_F(BadInput, TextsThatAPersonCouldMisreadAreNoTransactions) {
  const std::vector<std::string> unseen{"",
                                        "sesame\n",
                                        "sesame\r\nEUR 1",
                                        "sesame\t1",
                                        "sesame\u0085",
                                        "\u202esesame",
                                        "ses\u2066ame",
                                        "ses\u200eame",
                                        "ses\u200bame",
                                        "ses\u00adame",
                                        "sesame\u2028",
                                        "sesame\u2029",
                                        "sesame\ufe0f",
                                        "sesame\u3164",
                                        "sesame\ue000",
                                        "sesame\u0378",
                                        "   ",
                                        "\u00a0",
                                        "ses\xff"
                                        "ame",
                                        std::string(201, 's'),
                                        std::string(60'000, 's')};
  client::Client portal = appliance_->verify_client();
  for (const std::string& text : unseen) {
    v1::Request start;
    start.mutable_start_challenge()->mutable_subject()->set_username("alice");
    start.mutable_start_challenge()->set_kind(v1::SMS);
    start.mutable_start_challenge()->set_purpose(v1::TRANSACTION);
    start.mutable_start_challenge()->set_transaction(text);
    v1::Request answer;
    answer.mutable_answer_challenge()->set_challenge_id(1);
    answer.mutable_answer_challenge()->set_passcode("123456");
    answer.mutable_answer_challenge()->set_purpose(v1::TRANSACTION);
    answer.mutable_answer_challenge()->set_transaction(text);
    for (const v1::Request& request : {start, answer}) {
      const auto reply = portal.call(request);
      ASSERT_TRUE(reply);
      expect_clear_error(*reply, text);
      EXPECT_EQ(reply->error().code(), v1::MALFORMED) << text;
    }
  }
  const std::string start = std::string{kAlice} + R"("purpose":"TRANSACTION","transaction":")";
  expect_refused_over_http(
      appliance_->socket("verify"), "start-challenge",
      each(start, {"", "sesame\\n", "\\u202esesame", "\\u0000sesame", "   ", "sesame\\ud800"}));
}

TEST_F(BadInput, FieldsOfACodeThatDoNotGoTogetherAreRefused) {
  expect_refused_over_http(
      appliance_->socket("verify"), "start-challenge",
      each(kAlice,
           {R"("kind":"TOTP")", R"("kind":"sesame")", R"("kind":99)", R"("purpose":"sesame")",
            R"("purpose":0)", R"("transaction":"sesame")", R"("purpose":"TRANSACTION")",
            R"("destination":"sesame@example.com")", R"("country":"FI")", R"("purpose":"ADDRESS")",
            R"("purpose":"ADDRESS","kind":"CHALRESP")",
            R"("purpose":"ADDRESS","kind":"SMS","destination":"+358401234567","factorId":1)",
            R"("language":"sesame-street-and-all-of-it")", R"("language":"en_GB")",
            R"("language":"../../etc")", R"("language":"fi\n")"},
           "}"));
  expect_refused_over_http(
      appliance_->socket("verify"), "answer-challenge",
      each(R"({"challengeId":"1")",
           {R"(,"passcode":"123456","response":"c2VzYW1l")", "", R"(,"passcode":"")",
            R"(,"passcode":"sesame\n")", R"(,"passcode":")" + std::string(129, '1') + "\"",
            R"(,"passcode":"123456","purpose":"sesame")",
            R"(,"passcode":"123456","transaction":"sesame")",
            R"(,"passcode":"123456","subject":{"username":"ses\u200bame"})",
            R"(,"passcode":"123456","subject":{"realm":"SESAME","username":"a"})"},
           "}"));
}

TEST_F(BadInput, DestinationsThatAreNoneAreRefused) {
  const std::vector<std::string> numbers{"",
                                         "sesame",
                                         "0401234567",
                                         "+358",
                                         "+358 40",
                                         "+999401234567",
                                         "+35840123456789012345",
                                         "+358401234567 ext 5",
                                         "+358401234567\\n",
                                         "+358401234567\\u0000",
                                         "+358401234567;+1555",
                                         "tel:sesame",
                                         std::string(300, '1')};
  const std::vector<std::string> addresses{"",
                                           "sesame",
                                           "sesame@",
                                           "@example.com",
                                           "sesame@localhost",
                                           "a@b@example.com",
                                           "sesame@example.com\\r\\nBcc: b@example.com",
                                           "ses ame@example.com",
                                           "sesame@ex\\u00e4mple.com",
                                           "Sesame <a@example.com>",
                                           "sesame@[127.0.0.1]",
                                           std::string(65, 's') + "@example.com",
                                           "a@" + std::string(60'000, 's') + ".com"};
  const std::string sms = R"("kind":"SMS","destination":")";
  const std::string email = R"("kind":"EMAIL","destination":")";
  for (const auto& [front, values] : {std::pair{sms, numbers}, std::pair{email, addresses}}) {
    expect_refused_over_http(appliance_->socket("provision"), "enrol-out-of-band",
                             each(std::string{kAlice} + front, values));
    expect_refused_over_http(appliance_->socket("provision"), "start-challenge",
                             each(std::string{kAlice} + R"("purpose":"ADDRESS",)" + front, values));
    std::string channel = front;
    channel.replace(1, 4, "channel");
    expect_refused_over_http(appliance_->socket("admin"), "send-test-message",
                             each("{" + channel, values));
  }
  expect_refused_over_http(
      appliance_->socket("provision"), "enrol-out-of-band",
      each(std::string{kAlice} + sms + R"(0401234567","country":")", {"sesame", "F", "XX", "1I"}));
}

TEST_F(BadInput, AChannelThatCarriesNoMessagesIsRefused) {
  for (const char* kind : {"TOTP", "HOTP", "YUBICO_OTP", "CHALRESP"}) {
    expect_refused_over_http(
        appliance_->socket("provision"), "enrol-out-of-band",
        {std::string{kAlice} + R"("kind":")" + kind + R"(","destination":"+358401234567"})"});
  }
}

TEST_F(BadInput, ACourierThatMumblesIsRefused) {
  const std::string provider = R"({"name":"k","channel":"SMS","state":"PROVIDER_WORKS"})";
  std::string crowd = provider;
  for (int i = 0; i < 16; ++i) crowd += "," + provider;
  expect_refused_over_http(
      appliance_->socket("courier"), "take-messages",
      each("{",
           {"", R"("max":0)", R"("max":33)", R"("max":-1)", R"("max":1,"waitSeconds":21)",
            R"("max":1,"providers":[)" + crowd + "]", R"("max":1,"providers":[{}])",
            R"("max":1,"providers":[{"name":"k","channel":"TOTP","state":"PROVIDER_WORKS"}])",
            R"("max":1,"providers":[{"name":"k","channel":"SMS","state":0}])",
            R"("max":1,"providers":[{"name":"ses\name","channel":"SMS","state":1}])",
            R"("max":1,"providers":[{"name":"k","channel":"SMS","state":1,"health":101}])",
            R"("max":1,"providers":[{"name":"k","channel":"SMS","state":1,)"
            R"("problem":"\u001b[2Jsesame"}])"},
           "}"));
  std::string many = R"({"messageId":1,"outcome":"SENT"})";
  for (int i = 0; i < 256; ++i) many += R"(,{"messageId":1,"outcome":"SENT"})";
  expect_refused_over_http(
      appliance_->socket("courier"), "report-messages",
      each(R"({"reports":[)",
           {"", "{}", many, R"({"messageId":1})", R"({"outcome":"SENT"})",
            R"({"messageId":"9223372036854775808","outcome":"SENT"})",
            R"({"messageId":1,"outcome":"sesame"})",
            R"({"messageId":1,"outcome":"SENT","provider":"ses\u202eame"})",
            R"({"messageId":1,"outcome":"SENT","retryAfterSeconds":5})",
            R"({"messageId":1,"outcome":"DEFERRED","retryAfterSeconds":86401})"},
           "]}"));
}

TEST_F(BadInput, EachSocketHasItsOwnTrade) {
  for (const char* socket : {"verify", "provision", "admin"}) {
    for (const auto& [operation, body] :
         {std::pair{"take-messages", R"({"max":1})"},
          std::pair{"report-messages", R"({"reports":[{"messageId":1,"outcome":"SENT"}]})"}}) {
      EXPECT_EQ(post(appliance_->socket(socket), operation, body).status, 403u)
          << socket << ' ' << operation;
    }
  }
  EXPECT_EQ(post(appliance_->socket("courier"), "health", "{}").status, 200u);
  for (const auto& [operation, body] :
       {std::pair<const char*, std::string>{"get-status", "{}"},
        {"get-courier-status", "{}"},
        {"verify", std::string{kAlice} + R"("passcode":"123456"})"},
        {"start-challenge", std::string{kAlice} + R"("kind":"SMS"})"},
        {"send-test-message", R"({"channel":"EMAIL","destination":"a@example.com"})"},
        {"enrol-out-of-band",
         std::string{kAlice} + R"("kind":"EMAIL","destination":"a@example.com"})"}}) {
    EXPECT_EQ(post(appliance_->socket("courier"), operation, body).status, 403u) << operation;
  }
}

}  // namespace
}  // namespace countersign::test
