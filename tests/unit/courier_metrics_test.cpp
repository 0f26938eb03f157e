// SPDX-License-Identifier: Apache-2.0
// How the courier fares, for Prometheus and for a terminal.
#include "cli/courier_metrics.hpp"
#include "cli/show.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace countersign::cli {
namespace {

using testing::HasSubstr;

v1::Reply courier() {
  v1::Reply reply;
  v1::CourierStatus& status = *reply.mutable_courier_status();
  status.set_connected(true);
  v1::Provider& provider = *status.add_providers();
  provider.set_name("kannel");
  provider.set_channel(v1::SMS);
  provider.set_state(v1::PROVIDER_SUSPECT);
  provider.set_health(98);
  provider.set_sent(1234);
  provider.set_failed(2);
  provider.set_problem("timed out");
  v1::ChannelStatus& channel = *status.add_channels();
  channel.set_channel(v1::SMS);
  channel.set_up(true);
  channel.set_queued(3);
  channel.set_accepted(100);
  channel.set_too_late(1);
  status.add_channels()->set_channel(v1::EMAIL);
  v1::PrefixStatus& prefix = *status.add_prefixes();
  prefix.set_prefix("+358");
  prefix.set_sent_last_hour(7);
  prefix.set_budget_per_hour(500);
  prefix.set_conversion_percent(19);
  prefix.set_conversion_sample(50);
  prefix.set_breaker_open(true);
  prefix.set_retry_after_seconds(1800);
  return reply;
}

TEST(CourierMetrics, SayWhatTheStatusSays) {
  const std::string text = as_metrics(courier().courier_status());
  for (const char* line :
       {"# TYPE countersign_courier_connected gauge\ncountersign_courier_connected 1\n",
        "\ncountersign_channel_up{channel=\"sms\"} 1\n"
        "countersign_channel_up{channel=\"email\"} 0\n",
        "\ncountersign_messages_queued{channel=\"sms\"} 3\n",
        "\ncountersign_messages_last_day{channel=\"sms\",outcome=\"accepted\"} 100\n",
        "\ncountersign_messages_last_day{channel=\"sms\",outcome=\"too_late\"} 1\n",
        "\ncountersign_provider_state{provider=\"kannel\",channel=\"sms\"} 2\n",
        "\ncountersign_provider_health_ratio{provider=\"kannel\",channel=\"sms\"} 0.98\n",
        "\n# TYPE countersign_provider_sent_total counter\n"
        "countersign_provider_sent_total{provider=\"kannel\",channel=\"sms\"} 1234\n",
        "\ncountersign_provider_failed_total{provider=\"kannel\",channel=\"sms\"} 2\n",
        "\ncountersign_prefix_sent_last_hour{prefix=\"+358\"} 7\n",
        "\ncountersign_prefix_budget_per_hour{prefix=\"+358\"} 500\n",
        "\ncountersign_prefix_conversion_ratio{prefix=\"+358\"} 0.19\n",
        "\ncountersign_prefix_conversion_sample{prefix=\"+358\"} 50\n",
        "\ncountersign_prefix_breaker_open{prefix=\"+358\"} 1\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

// The format's rules: a family is announced once, and its samples stand together behind it.
TEST(CourierMetrics, KeepFamiliesTogether) {
  std::istringstream lines{as_metrics(courier().courier_status())};
  std::set<std::string> seen;
  std::string family;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ")) continue;
    if (line.starts_with("# TYPE ")) {
      family = line.substr(7, line.rfind(' ') - 7);
      EXPECT_TRUE(seen.insert(family).second) << family;
      continue;
    }
    EXPECT_EQ(line.substr(0, line.find_first_of("{ ")), family);
  }
  EXPECT_EQ(seen.size(), 13u);
}

TEST(CourierMetrics, EscapeWhatALabelMayHold) {
  v1::Reply reply = courier();
  reply.mutable_courier_status()->mutable_providers(0)->set_name("a\"b\\c\nd");
  EXPECT_THAT(as_metrics(reply.courier_status()), HasSubstr(R"({provider="a\"b\\c\nd",channel=)"));
}

TEST(CourierStatusText, IsATable) {
  EXPECT_EQ(as_text(courier()),
            "courier: connected\n"
            "\n"
            "channel  state  queued  accepted  sent  delivered  undeliverable  too late  refused  "
            "answered\n"
            "sms      up     3       100       0     0          0              1         0        "
            "0\n"
            "email    down   0       0         0     0          0              0         0        "
            "0\n"
            "queued: now; everything else: of the last 24 hours\n"
            "\n"
            "provider  channel  state    health  sent  failed  problem\n"
            "kannel    sms      suspect  98 %    1234  2       timed out\n"
            "\n"
            "prefix  sent in an hour  of   answered  of the last  breaker\n"
            "+358    7                500  19 %      50           open for 1800 s\n");
}

TEST(CourierStatusText, SaysWhenNobodyDelivers) {
  v1::Reply reply;
  reply.mutable_courier_status();
  EXPECT_EQ(as_text(reply), "courier: away\n");
}

TEST(DeliveryText, SaysWhereACodeIsGoing) {
  v1::Reply reply;
  v1::Challenge& challenge = *reply.mutable_challenge();
  challenge.set_challenge_id(7);
  challenge.set_factor_id(4);
  challenge.set_kind(v1::SMS);
  challenge.set_digits(6);
  challenge.set_purpose(v1::SIGN_IN);
  challenge.set_lifetime_seconds(300);
  challenge.mutable_delivery()->set_outcome(v1::ACCEPTED_FOR_DELIVERY);
  challenge.mutable_delivery()->set_masked_destination("+358 ••••••12");
  challenge.mutable_delivery()->set_retry_after_seconds(30);
  EXPECT_EQ(as_text(reply),
            "delivery: accepted for delivery\nto: +358 ••••••12\nnext one: in 30 s\n"
            "challenge: 7\nkind: sms, 6 digits\npurpose: sign in\nlifetime: 300 s\nfactor: 4\n");
}

TEST(DeliveryText, SaysWhyNoCodeIsGoing) {
  v1::Reply reply;
  reply.mutable_challenge()->mutable_delivery()->set_outcome(v1::TOO_SOON);
  reply.mutable_challenge()->mutable_delivery()->set_retry_after_seconds(12);
  EXPECT_EQ(as_text(reply), "delivery: too soon\nnext one: in 12 s\n");
}

}  // namespace
}  // namespace countersign::cli
