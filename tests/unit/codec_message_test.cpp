// SPDX-License-Identifier: Apache-2.0
// Messages about messages: what the courier takes and reports, and who asks after it.
#include "tests/unit/codec_support.hpp"

#include "api/countersign.pb.h"

#include <gtest/gtest.h>

namespace countersign::wire {
namespace {

constexpr unsigned kTakeMessages = 52;
constexpr std::string_view kProvider =
    R"({"name":"kannel","channel":"SMS","state":"PROVIDER_WORKS","health":98,"sent":"7"})";

std::string_view take_failure(const std::string& providers, const std::string& rest = "") {
  return json_failure("take-messages", R"({"max":1,"providers":[)" + providers + "]" + rest + "}");
}
std::string_view report_failure(const std::string& reports) {
  return json_failure("report-messages", R"({"reports":[)" + reports + "]}");
}
std::string times(int count, std::string_view text) {
  std::string list;
  for (int i = 0; i < count; ++i) list += (i == 0 ? "" : ",") + std::string{text};
  return list;
}

TEST(MessageCodec, ReadsWhatACourierIs) {
  const auto decoded =
      decode_json("take-messages",
                  R"({"max":32,"waitSeconds":20,"providers":[{"name":"kannel","channel":"SMS",)"
                  R"("state":"PROVIDER_DOWN","health":98,"sent":"7","failed":"2",)"
                  R"("problem":"403 wrong credentials"}]})",
                  kId);
  ASSERT_TRUE(decoded) << decoded.error().operation.view();
  const auto& ask = std::get<TakeMessages>(decoded->ask);
  EXPECT_EQ(ask.max, 32u);
  EXPECT_EQ(ask.wait, std::chrono::seconds{20});
  ASSERT_EQ(ask.providers.size(), 1u);
  EXPECT_EQ(ask.providers[0].name, "kannel");
  EXPECT_EQ(ask.providers[0].channel, FactorKind::sms);
  EXPECT_EQ(ask.providers[0].state, ProviderState::down);
  EXPECT_EQ(ask.providers[0].health, 98u);
  EXPECT_EQ(ask.providers[0].sent, 7u);
  EXPECT_EQ(ask.providers[0].failed, 2u);
  EXPECT_EQ(ask.providers[0].problem, "403 wrong credentials");
}

TEST(MessageCodec, BoundsWhatACourierTakes) {
  const auto take = [](std::uint64_t max, std::uint64_t wait) {
    return native_failure(request(kTakeMessages, number_field(1, max) + number_field(2, wait)));
  };
  EXPECT_EQ(take(1, 0), "");
  EXPECT_EQ(take(32, 20), "");
  EXPECT_EQ(take(0, 0), "take.max");
  EXPECT_EQ(take(33, 0), "take.max");
  EXPECT_EQ(take(1, 21), "take.wait");
  EXPECT_EQ(take(1, 0xffff'ffff), "take.wait");
  EXPECT_EQ(take_failure(times(16, kProvider)), "");
  EXPECT_EQ(take_failure(times(17, kProvider)), "provider.count");
}

TEST(MessageCodec, RefusesProvidersThatAreNone) {
  const auto provider = [](const std::string& name, const char* channel, const std::string& rest) {
    return take_failure(R"({"name":")" + name + R"(","channel":")" + channel + "\"" + rest + "}");
  };
  const std::string works = R"(,"state":"PROVIDER_WORKS")";
  EXPECT_EQ(provider("a", "EMAIL", works), "");
  EXPECT_EQ(provider(std::string(64, 'a'), "SMS", works + R"(,"health":100)"), "");
  EXPECT_EQ(provider("", "SMS", works), "provider.name");
  EXPECT_EQ(provider(std::string(65, 'a'), "SMS", works), "provider.name");
  EXPECT_EQ(provider(R"(a\u001b[2J)", "SMS", works), "provider.name");
  EXPECT_EQ(provider("a", "TOTP", works), "provider.channel");
  EXPECT_EQ(provider("a", "SMS", ""), "provider.state");
  EXPECT_EQ(provider("a", "SMS", works + R"(,"health":101)"), "provider.health");
  EXPECT_EQ(provider("a", "SMS", works + R"(,"problem":"a\nb")"), "provider.problem");
  const std::string problem = R"(,"problem":")";
  EXPECT_EQ(provider("a", "SMS", works + problem + std::string(200, 'p') + "\""), "");
  EXPECT_EQ(provider("a", "SMS", works + problem + std::string(201, 'p') + "\""),
            "provider.problem");
}

TEST(MessageCodec, ReadsReports) {
  const auto decoded = decode_json(
      "report-messages",
      R"({"reports":[{"messageId":"9223372036854775807","outcome":"SENT","provider":"kannel"},)"
      R"({"messageId":"2","outcome":"DEFERRED","retryAfterSeconds":86400}]})",
      kId);
  ASSERT_TRUE(decoded) << decoded.error().operation.view();
  const auto& reports = std::get<ReportMessages>(decoded->ask).reports;
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[0].id, MessageId{INT64_MAX});
  EXPECT_EQ(reports[0].outcome, MessageOutcome::sent);
  EXPECT_EQ(reports[0].provider, "kannel");
  EXPECT_EQ(reports[1].outcome, MessageOutcome::deferred);
  EXPECT_EQ(reports[1].retry_after, std::chrono::hours{24});
}

TEST(MessageCodec, RefusesReportsThatAreNone) {
  EXPECT_EQ(report_failure(""), "report.count");
  EXPECT_EQ(report_failure(times(256, R"({"messageId":1,"outcome":"SENT"})")), "");
  EXPECT_EQ(report_failure(times(257, R"({"messageId":1,"outcome":"SENT"})")), "report.count");
  EXPECT_EQ(report_failure(R"({"outcome":"SENT"})"), "message_id");
  EXPECT_EQ(report_failure(R"({"messageId":"9223372036854775808","outcome":"SENT"})"),
            "message_id");
  EXPECT_EQ(report_failure(R"({"messageId":1})"), "report.outcome");
  EXPECT_EQ(report_failure(R"({"messageId":1,"outcome":"QUEUED"})"), "wire.enum_unknown");
  EXPECT_EQ(report_failure(R"({"messageId":1,"outcome":"SENT","provider":"a\u202eb"})"),
            "provider.name");
  EXPECT_EQ(report_failure(R"({"messageId":1,"outcome":"SENT","retryAfterSeconds":1})"),
            "report.retry_after");
  EXPECT_EQ(report_failure(R"({"messageId":1,"outcome":"DEFERRED","retryAfterSeconds":86401})"),
            "report.retry_after");
}

TEST(MessageCodec, ReadsATestMessage) {
  const auto decoded = decode_json(
      "send-test-message",
      R"({"channel":"SMS","destination":"040 123 4567","country":"fi","language":"fi"})", kId);
  ASSERT_TRUE(decoded) << decoded.error().operation.view();
  const auto& ask = std::get<SendTestMessage>(decoded->ask);
  EXPECT_EQ(ask.destination.channel, FactorKind::sms);
  EXPECT_EQ(ask.destination.text, "+358401234567");
  EXPECT_EQ(ask.language, "fi");
  EXPECT_EQ(ask.realm, "default");
}

TEST(MessageCodec, ReadsADestinationToEnrol) {
  const auto decoded = decode_json("enrol-out-of-band",
                                   R"({"subject":{"username":"alice"},"kind":"EMAIL",)"
                                   R"("destination":"Alice@EXAMPLE.com","label":"work"})",
                                   kId);
  ASSERT_TRUE(decoded) << decoded.error().operation.view();
  const auto& ask = std::get<EnrolOutOfBand>(decoded->ask);
  EXPECT_EQ(ask.name.username.text(), "alice");
  EXPECT_EQ(ask.destination->channel, FactorKind::email);
  EXPECT_EQ(ask.destination->text, "Alice@example.com");
  EXPECT_EQ(ask.label.text(), "work");
}

TEST(MessageCodec, RefusesDestinationsThatAreNone) {
  const auto enrol = [](const std::string& fields) {
    return json_failure("enrol-out-of-band", R"({"subject":{"username":"alice"},)" + fields + "}");
  };
  EXPECT_EQ(enrol(R"("kind":"TOTP","destination":"+358401234567")"), "destination.enrol_kind");
  EXPECT_EQ(enrol(R"("destination":"+358401234567")"), "destination.enrol_kind");
  EXPECT_EQ(enrol(R"("kind":"SMS")"), "destination.missing");
  EXPECT_EQ(enrol(R"("kind":"SMS","destination":"0401234567")"), "phone.no_country");
  EXPECT_EQ(enrol(R"("kind":"SMS","destination":"0401234567","country":"FIN")"), "country");
  EXPECT_EQ(enrol(R"("kind":"SMS","destination":"0401234567","country":"1F")"), "country");
  EXPECT_EQ(enrol(R"("kind":"SMS","destination":"0401234567","country":"XX")"), "phone.country");
  EXPECT_EQ(enrol(R"("kind":"SMS","destination":"a@example.com")"), "phone.not_a_number");
  EXPECT_EQ(enrol(R"("kind":"EMAIL","destination":"+358401234567")"), "email.no_at");
  EXPECT_EQ(enrol(R"("kind":"EMAIL","destination":"a@example.com","country":"FI")"),
            "country.email");
  EXPECT_EQ(json_failure("enrol-out-of-band", R"({"kind":"EMAIL","destination":"a@example.com"})"),
            "subject.missing");
}

OutboundMessage outbound() {
  return {.id = MessageId{5},
          .destination = {FactorKind::sms, "+358401234567"},
          .kind = MessageKind::transaction,
          .realm = "shop",
          .language = "fi",
          .code = SecretBytes{as_bytes("492031")},
          .values = {{"transaction", "EUR 5.00"}},
          .created_at = from_milliseconds(1'000),
          .expires_at = from_milliseconds(301'000)};
}

TEST(MessageCodec, WritesABatch) {
  MessageBatch batch;
  batch.lease = std::chrono::seconds{60};
  batch.messages.push_back(outbound());
  const HttpAnswer answer = encode_json(Reply{RequestId{}, Answer{std::move(batch)}});
  EXPECT_EQ(answer.body,
            R"({"messages":[{"messageId":"5","channel":"SMS","destination":"+358401234567",)"
            R"("kind":"transaction","realm":"shop","language":"fi","code":"492031",)"
            R"("values":[{"name":"transaction","value":"EUR 5.00"}],)"
            R"("createdAtMs":"1000","expiresAtMs":"301000"}],"leaseSeconds":60})");
}

TEST(MessageCodec, AFullBatchFitsIntoAFrame) {
  MessageBatch batch;
  for (std::uint32_t i = 0; i < TakeMessages::kMessagesMax; ++i) {
    OutboundMessage message = outbound();
    message.destination.text.assign(Destination::kBytesMax, 'a');
    message.values.push_back({"factor", std::string(256, 'f')});
    message.values[0].value.assign(StartChallenge::kTransactionBytesMax, 't');
    batch.messages.push_back(std::move(message));
  }
  std::string frame;
  encode_frame(Reply{RequestId{}, Answer{std::move(batch)}}, frame);
  v1::Reply message;
  ASSERT_TRUE(message.ParseFromString(frame.substr(kHeaderBytes)));
  EXPECT_EQ(message.message_batch().messages_size(), 32);
  EXPECT_EQ(message.message_batch().messages(31).code(), "492031");
}

TEST(MessageCodec, NamesEveryKindOfMessage) {
  using enum MessageKind;
  for (const MessageKind kind : {sign_in, confirmation, reset, unlock, MessageKind::transaction,
                                 address, factor_added, factor_removed, MessageKind::test}) {
    MessageBatch batch;
    batch.messages.push_back(outbound());
    batch.messages[0].kind = kind;
    std::string frame;
    encode_frame(Reply{RequestId{}, Answer{std::move(batch)}}, frame);
    v1::Reply message;
    ASSERT_TRUE(message.ParseFromString(frame.substr(kHeaderBytes)));
    EXPECT_NE(message.message_batch().messages(0).kind(), "") << static_cast<int>(kind);
  }
}

TEST(MessageCodec, WritesHowTheCourierIs) {
  CourierStatus status{.connected = true,
                       .providers = {{.name = "kannel",
                                      .channel = FactorKind::sms,
                                      .state = ProviderState::suspect,
                                      .health = 50,
                                      .problem = "timed out"}},
                       .channels = {{.channel = FactorKind::email, .up = true, .queued = 3}},
                       .prefixes = {{.prefix = "+358",
                                     .sent_last_hour = 4,
                                     .budget_per_hour = 500,
                                     .conversion_percent = 90,
                                     .conversion_sample = 50,
                                     .breaker_open = true,
                                     .retry_after = std::chrono::seconds{9}}}};
  const HttpAnswer answer = encode_json(Reply{RequestId{}, Answer{std::move(status)}});
  EXPECT_EQ(answer.body,
            R"({"connected":true,"providers":[{"name":"kannel","channel":"SMS",)"
            R"("state":"PROVIDER_SUSPECT","health":50,"sent":"0","failed":"0",)"
            R"("problem":"timed out"}],"channels":[{"channel":"EMAIL","up":true,"queued":"3",)"
            R"("accepted":"0","sent":"0","delivered":"0","undeliverable":"0","tooLate":"0",)"
            R"("refused":"0","answered":"0"}],"prefixes":[{"prefix":"+358","sentLastHour":"4",)"
            R"("budgetPerHour":"500","conversionPercent":90,"conversionSample":50,)"
            R"("breakerOpen":true,"retryAfterSeconds":9}]})");
}

TEST(MessageCodec, WritesADelivery) {
  const Delivery delivery{.outcome = DeliveryOutcome::too_soon,
                          .masked_destination = "+358 ••••••12",
                          .retry_after = std::chrono::seconds{17}};
  EXPECT_EQ(encode_json(Reply{RequestId{}, Answer{delivery}}).body,
            R"({"outcome":"TOO_SOON","maskedDestination":"+358 ••••••12","retryAfterSeconds":17})");
  EXPECT_EQ(encode_json(Reply{RequestId{}, Answer{MessagesReported{}}}).body, "{}");
}

TEST(MessageCodec, ShowsAFactorsDestinationMasked) {
  const FactorReport report{.subject = {*Realm::from(""), *Username::from("alice")},
                            .factor = {.id = FactorId{4}, .kind = FactorKind::sms},
                            .masked_destination = "+358 ••••••12"};
  std::string frame;
  encode_frame(Reply{RequestId{}, Answer{report}}, frame);
  v1::Reply message;
  ASSERT_TRUE(message.ParseFromString(frame.substr(kHeaderBytes)));
  EXPECT_EQ(message.factor().masked_destination(), "+358 ••••••12");
  EXPECT_EQ(message.factor().digits(), 0u);
}

}  // namespace
}  // namespace countersign::wire
