// SPDX-License-Identifier: Apache-2.0
// A gateway that takes JSON over HTTP, against a real server: what it is asked, and what its
// answers mean by the settings.
#include "courier/sms/http_provider.hpp"

#include "courier/json/body_template.hpp"
#include "tests/support/failure.hpp"
#include "tests/support/http_server.hpp"
#include "tests/unit/courier_gateway_world.hpp"

#include <gmock/gmock.h>
#include <boost/json.hpp>

namespace countersign::courier {
namespace {

using namespace std::chrono_literals;
using test::failure;
using testing::StartsWith;

class HttpGateway : public testing::Test {
 protected:
  HttpGateway() {
    settings_.url = server_.url("/v1/messages");
    settings_.body =
        R"({"to": "{{destination}}", "digits": "{{destination_digits}}", "from": "{{sender}}",
            "parts": [{"text": "Hi! {{text}}"}], "ref": "{{message_id}}", "seconds":
            "{{lifetime_seconds}}", "note": "{{lifetime_seconds}} s", "test": false})";
    settings_.sender = "Example";
  }

  [[nodiscard]] std::unique_ptr<Provider> make() const {
    auto made = make_http_provider("acme", settings_, reports_, clock_);
    return made ? std::move(*made) : nullptr;
  }
  [[nodiscard]] boost::json::value sent(const Outgoing& message) const {
    const auto provider = make();
    if (!provider) return nullptr;
    EXPECT_EQ(deliver(*provider, message).fate, Fate::sent);
    return boost::json::parse(server_.requests().back().body);
  }

  test::HttpServer server_;
  test::TemporaryFolder folder_;
  HttpSettings settings_;
  DeliveryReportSettings reports_;
  SystemClock clock_;
};

TEST_F(HttpGateway, GetsTheDocumentWithItsValues) {
  const auto body = sent(outgoing("code 123456"));
  EXPECT_EQ(body.at("to"), "+358401234567");
  EXPECT_EQ(body.at("digits"), "358401234567");
  EXPECT_EQ(body.at("from"), "Example");
  EXPECT_EQ(body.at_pointer("/parts/0/text"), "Hi! code 123456");
  EXPECT_EQ(body.at("ref"), "42");
  EXPECT_EQ(body.at("test"), false);
  EXPECT_GT(body.at("seconds").as_int64(), 290);
  EXPECT_TRUE(body.at("note").is_string());
  const auto request = server_.requests().front();
  EXPECT_THAT(request.head, StartsWith("POST /v1/messages HTTP/1.1\r\n"));
  EXPECT_EQ(request.header("Content-Type"), "application/json");
}

TEST_F(HttpGateway, CannotBeToldAnythingElseByAValue) {
  const std::string text = "\"}, {\"to\": \"+1\"} {{destination}} \\ \n \x01 ä😀";
  const auto body = sent(outgoing(text));
  EXPECT_EQ(std::string{body.at_pointer("/parts/0/text").as_string()}, "Hi! " + text);
  EXPECT_EQ(body.at("to"), "+358401234567");
}

TEST_F(HttpGateway, GetsItsSecretInAHeader) {
  settings_.secret_file = write_secret(folder_, "key", "k3y");
  settings_.headers = {{"Authorization", "Bearer {{secret}}"},
                       {"Content-Type", "application/vnd.acme+json"}};
  settings_.method = "PUT";
  std::ignore = sent(outgoing());
  const auto request = server_.requests().front();
  EXPECT_EQ(request.header("Authorization"), "Bearer k3y");
  EXPECT_EQ(request.header("Content-Type"), "application/vnd.acme+json");
  EXPECT_THAT(request.head, StartsWith("PUT "));
}

TEST_F(HttpGateway, GetsAPassword) {
  settings_.username = "user";
  settings_.password_file = write_secret(folder_, "password", "pass");
  std::ignore = sent(outgoing());
  EXPECT_EQ(server_.requests().front().header("Authorization"), "Basic dXNlcjpwYXNz");
}

TEST_F(HttpGateway, IsToldWhereToReport) {
  settings_.body = R"({"to": "{{destination}}", "text": "{{text}}", "callback": "{{report_url}}"})";
  EXPECT_EQ(sent(outgoing()).at("callback"), "");
  reports_ = {.listen = "127.0.0.1:8087", .url = "https://bank.example/sms", .key_file = ""};
  const std::string callback{sent(outgoing()).at("callback").as_string()};
  EXPECT_THAT(callback, StartsWith("https://bank.example/sms/reports/acme/42/"));
}

TEST_F(HttpGateway, GetsNoDestinationThatIsNoneAndNothingThatHasExpired) {
  const auto provider = make();
  ASSERT_TRUE(provider);
  Outgoing message = outgoing();
  message.destination = "premium";
  EXPECT_EQ(failure(provider->begin(message)), ErrorCode::malformed);
  message = outgoing();
  message.expires_at = SystemClock{}.now() - 1s;
  EXPECT_EQ(failure(provider->begin(message)), ErrorCode::unavailable);
}

struct Judged {
  int status;
  const char* body;
  Fate fate;
};

TEST_F(HttpGateway, IsJudgedByItsStatus) {
  settings_.undeliverable_status = {{404, 404}, {420, 422}};
  const auto provider = make();
  ASSERT_TRUE(provider);
  for (const Judged& judged :
       {Judged{200, "", Fate::sent}, Judged{202, "queued", Fate::sent},
        Judged{404, "", Fate::undeliverable}, Judged{421, "", Fate::undeliverable},
        Judged{400, "", Fate::provider_failed}, Judged{401, "", Fate::provider_failed},
        Judged{302, "", Fate::provider_failed}, Judged{429, "", Fate::provider_failed},
        Judged{503, "", Fate::provider_failed}}) {
    server_.answer(judged.status, judged.body);
    EXPECT_EQ(deliver(*provider, outgoing()).fate, judged.fate) << judged.status;
  }
}

TEST_F(HttpGateway, IsJudgedByWhatItsAnswerSays) {
  settings_.result_pointer = "/messages/0/status";
  settings_.success_values = {"0", "accepted"};
  settings_.undeliverable_values = {"7"};
  const auto provider = make();
  ASSERT_TRUE(provider);
  for (const Judged& judged :
       {Judged{200, R"({"messages": [{"status": "0"}]})", Fate::sent},
        Judged{200, R"({"messages": [{"status": 0}]})", Fate::sent},
        Judged{200, R"({"messages": [{"status": "accepted"}]})", Fate::sent},
        Judged{200, R"({"messages": [{"status": "7"}]})", Fate::undeliverable},
        Judged{200, R"({"messages": [{"status": "4"}]})", Fate::provider_failed},
        Judged{200, R"({"messages": []})", Fate::provider_failed},
        Judged{200, R"({"messages": [{"status": {}}]})", Fate::provider_failed},
        Judged{200, "0", Fate::provider_failed}, Judged{200, "", Fate::provider_failed},
        Judged{500, R"({"messages": [{"status": "0"}]})", Fate::provider_failed}}) {
    server_.answer(judged.status, judged.body);
    EXPECT_EQ(deliver(*provider, outgoing()).fate, judged.fate) << judged.body;
  }
}

TEST_F(HttpGateway, SaysHowItCallsTheMessage) {
  settings_.reference_pointer = "/id";
  const auto provider = make();
  ASSERT_TRUE(provider);
  server_.answer(200, R"({"id": 71})");
  EXPECT_EQ(deliver(*provider, outgoing()).reference, "71");
  server_.answer(200, "{}");
  EXPECT_EQ(deliver(*provider, outgoing()).reference, "");
}

TEST_F(HttpGateway, ThatAnswersWithoutEndHasFailed) {
  server_.answer(200, std::string(Transfer::kBodyBytesMax + 1, 'x'));
  const auto provider = make();
  ASSERT_TRUE(provider);
  EXPECT_EQ(deliver(*provider, outgoing()).fate, Fate::provider_failed);
}

TEST(BodyTemplate, RefusesWhatItCannotFill) {
  for (const char* json : {"", "{", "{\"a\": \"{{b\"}", "{\"a\": \"{{unknown}}\"}",
                           "[\"{{text}}\", \"{{ text }}\"]", "{\"a\": {{text}}}"}) {
    EXPECT_EQ(failure(BodyTemplate::parse(json, {"text"})), ErrorCode::malformed) << json;
  }
}

}  // namespace
}  // namespace countersign::courier
