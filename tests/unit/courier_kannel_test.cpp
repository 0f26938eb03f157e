// SPDX-License-Identifier: Apache-2.0
// What Kannel is asked, and what its answers mean. That the real one understands is shown by
// tests/integration/kannel_test.cpp.
#include "courier/sms/kannel.hpp"

#include "tests/support/failure.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/port.hpp"
#include "tests/unit/courier_gateway_world.hpp"

#include <gmock/gmock.h>

namespace countersign::courier {
namespace {

using namespace std::chrono_literals;
using test::failure;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class KannelAsked : public testing::Test {
 protected:
  KannelAsked() {
    settings_ = {.url = server_.url("/cgi-bin/sendsms"),
                 .ca_file = "",
                 .username = "courier",
                 .password_file = write_secret(folder_, "password", "s3cret"),
                 .sender = "Example"};
    server_.answer(202, "0: Accepted for delivery");
  }

  [[nodiscard]] std::unique_ptr<Provider> make() const {
    auto made = make_kannel("kannel", settings_, reports_, clock_);
    return made ? std::move(*made) : nullptr;
  }

  test::HttpServer server_;
  test::TemporaryFolder folder_;
  KannelSettings settings_;
  DeliveryReportSettings reports_;
  SystemClock clock_;
};

TEST_F(KannelAsked, GetsEverythingInHeadersAndBody) {
  const auto kannel = make();
  ASSERT_TRUE(kannel);
  EXPECT_EQ(deliver(*kannel, outgoing("Koodisi: 123456 äö€")).fate, Fate::sent);
  ASSERT_EQ(server_.requests().size(), 1U);
  const auto request = server_.requests().front();
  EXPECT_THAT(request.head, StartsWith("POST /cgi-bin/sendsms HTTP/1.1\r\n"));
  EXPECT_EQ(request.body, "Koodisi: 123456 äö€");
  EXPECT_EQ(request.header("X-Kannel-Username"), "courier");
  EXPECT_EQ(request.header("X-Kannel-Password"), "s3cret");
  EXPECT_EQ(request.header("X-Kannel-To"), "+358401234567");
  EXPECT_EQ(request.header("X-Kannel-From"), "Example");
  EXPECT_EQ(request.header("X-Kannel-Coding"), "0");
  EXPECT_EQ(request.header("Content-Type"), "text/plain; charset=UTF-8");
  EXPECT_THAT(request.head, Not(HasSubstr("DLR")));
}

TEST_F(KannelAsked, IsToldHowLongTheMessageIsGoodInWholeMinutesRoundedDown) {
  const auto kannel = make();
  ASSERT_TRUE(kannel);
  Outgoing message = outgoing();
  for (const auto& [left, minutes] :
       {std::pair{10min - 1s, "9"}, std::pair{std::chrono::seconds{119}, "1"},
        std::pair{std::chrono::seconds{58}, "0"}}) {
    message.expires_at = SystemClock{}.now() + left;
    deliver(*kannel, message);
    EXPECT_EQ(server_.requests().back().header("X-Kannel-Validity"), minutes);
  }
}

TEST_F(KannelAsked, IsAskedForUcs2WhereALetterNeedsIt) {
  const auto kannel = make();
  ASSERT_TRUE(kannel);
  deliver(*kannel, outgoing("Код: 123456"));
  EXPECT_EQ(server_.requests().front().header("X-Kannel-Coding"), "2");
}

TEST_F(KannelAsked, SendsAsTheRealmsSender) {
  const auto kannel = make();
  ASSERT_TRUE(kannel);
  Outgoing message = outgoing();
  message.content.sender = "Lender";
  deliver(*kannel, message);
  EXPECT_EQ(server_.requests().front().header("X-Kannel-From"), "Lender");
}

TEST_F(KannelAsked, IsToldWhereToReport) {
  reports_ = {.listen = "127.0.0.1:8087", .url = "http://127.0.0.1:8087", .key_file = ""};
  const auto kannel = make();
  ASSERT_TRUE(kannel);
  deliver(*kannel, outgoing());
  const auto request = server_.requests().front();
  EXPECT_EQ(request.header("X-Kannel-DLR-Mask"), "31");
  EXPECT_THAT(request.header("X-Kannel-DLR-URL"),
              testing::MatchesRegex("http://127.0.0.1:8087/reports/kannel/42/[0-9a-f]+.type=%d"));
}

TEST_F(KannelAsked, GetsNoDestinationThatIsNone) {
  const auto kannel = make();
  ASSERT_TRUE(kannel);
  for (const char* destination :
       {"", "+", "358401234567", "+358 401234567", "+358401234567 +358401234568",
        "+358401234567\r\nX-Kannel-From: Bank", "+3584012345678901", "+٣٥٨٤٠١٢٣٤"}) {
    Outgoing message = outgoing();
    message.destination = destination;
    EXPECT_EQ(failure(kannel->begin(message)), ErrorCode::malformed) << destination;
  }
}

TEST_F(KannelAsked, GetsNothingThatHasExpired) {
  const auto kannel = make();
  ASSERT_TRUE(kannel);
  Outgoing message = outgoing();
  message.expires_at = SystemClock{}.now();
  EXPECT_EQ(failure(kannel->begin(message)), ErrorCode::unavailable);
}

TEST_F(KannelAsked, FailsWhenNobodyIsThere) {
  settings_.url = "http://127.0.0.1:" + std::to_string(test::free_port()) + "/";
  const auto kannel = make();
  ASSERT_TRUE(kannel);
  EXPECT_EQ(deliver(*kannel, outgoing()).fate, Fate::provider_failed);
}

TEST_F(KannelAsked, NeedsItsPassword) {
  settings_.password_file = folder_.file("nowhere");
  EXPECT_EQ(failure(make_kannel("kannel", settings_, reports_, clock_)), ErrorCode::not_found);
}

TEST(KannelAnswer, MeansWhatItSays) {
  const Outcome accepted = judge_sendsms(202, "0: Accepted for delivery");
  EXPECT_EQ(accepted.fate, Fate::sent);
  EXPECT_EQ(accepted.problem.view(), "");
  EXPECT_EQ(judge_sendsms(403, "Authorization failed for sendsms").fate, Fate::provider_failed);
  EXPECT_EQ(judge_sendsms(400, "Missing receiver number, rejected").fate, Fate::provider_failed);
  EXPECT_EQ(judge_sendsms(503, "Temporal failure, try again later.").fate, Fate::provider_failed);
  EXPECT_EQ(judge_sendsms(202, "").fate, Fate::provider_failed);
  EXPECT_EQ(judge_sendsms(200, "0: Accepted for delivery").fate, Fate::provider_failed);
  EXPECT_EQ(judge_sendsms(404, "Unknown request.").fate, Fate::provider_failed);
  EXPECT_EQ(judge_sendsms(400, "Number(s) has/have been denied by white- and/or black-lists.").fate,
            Fate::undeliverable);
}

// Handing it to somebody else as well would deliver it twice, again and again: each try queues one
// more. It is Kannel's now, which drops it when it is too late.
TEST(KannelAnswer, OfAMessageThatIsQueuedThereIsSentWithAProblem) {
  const Outcome queued = judge_sendsms(202, "3: Queued for later delivery");
  EXPECT_EQ(queued.fate, Fate::sent);
  EXPECT_EQ(queued.problem.view(), "kannel.queued");
}

}  // namespace
}  // namespace countersign::courier
