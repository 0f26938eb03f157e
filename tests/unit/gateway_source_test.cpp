// SPDX-License-Identifier: Apache-2.0
// Whom a request is from, how fast it may ask, and what the settings say about both.
#include "gateway/rate_limit.hpp"
#include "gateway/settings.hpp"
#include "gateway/source.hpp"
#include "tests/support/failure.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

namespace countersign::gateway {
namespace {

using namespace std::chrono_literals;
using test::failure;

IpAddress address(const std::string& text) {
  return address_of(boost::asio::ip::make_address(text));
}

TEST(Proxies, AreRangesOrLoneAddresses) {
  EXPECT_EQ(parse_proxies("192.0.2.0/24")->text(), "192.0.2.0/24");
  EXPECT_EQ(parse_proxies("192.0.2.7")->text(), "192.0.2.7/32");
  EXPECT_EQ(parse_proxies("::1")->text(), "::1/128");
  EXPECT_EQ(parse_proxies("::ffff:192.0.2.7")->text(), "192.0.2.7/32");
  for (const char* text : {"", "/", "192.0.2", "192.0.2.0/", "192.0.2.1/24", "fe80::1%1", "host"}) {
    EXPECT_EQ(failure(parse_proxies(text)), ErrorCode::malformed) << text;
  }
}

std::string source(const std::string& peer, const std::string& forwarded) {
  const std::vector<Network> trusted{*parse_proxies("127.0.0.1"), *parse_proxies("10.0.0.0/8")};
  const auto found = source_of(address(peer), forwarded, trusted);
  return found ? found->text() : "refused";
}

TEST(Source, IsWhoConnectedUnlessThatIsATrustedProxy) {
  EXPECT_EQ(source("192.0.2.1", ""), "192.0.2.1");
  EXPECT_EQ(source("192.0.2.1", "203.0.113.9"), "192.0.2.1");
  EXPECT_EQ(source("192.0.2.1", "junk"), "192.0.2.1");
  EXPECT_EQ(source("::ffff:192.0.2.1", ""), "192.0.2.1");
  EXPECT_EQ(source("fe80::1%lo", ""), "fe80::1");
}

// Connections are counted by it as well: a network of IPv6 is full of addresses.
TEST(Source, BelongsToOneSubscriber) {
  const auto subscriber = [](const char* text) { return address(text).subscriber(); };
  EXPECT_EQ(subscriber("2001:db8::1"), subscriber("2001:db8::ffff:1"));
  EXPECT_NE(subscriber("2001:db8::1"), subscriber("2001:db8:0:1::1"));
  EXPECT_EQ(subscriber("192.0.2.1"), subscriber("::ffff:192.0.2.1"));
  EXPECT_NE(subscriber("192.0.2.1"), subscriber("192.0.2.2"));
}

TEST(Source, IsTheLastOneThatNoTrustedProxyIs) {
  EXPECT_EQ(source("127.0.0.1", ""), "127.0.0.1");
  EXPECT_EQ(source("127.0.0.1", "192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(source("127.0.0.1", "10.1.1.1"), "10.1.1.1");
  EXPECT_EQ(source("127.0.0.1", "192.0.2.1, 10.1.1.1"), "192.0.2.1");
  EXPECT_EQ(source("127.0.0.1", "10.9.9.9,192.0.2.1 ,\t2001:db8::5"), "2001:db8::5");
}

// What stands further in front was written by whoever wanted to.
TEST(Source, DoesNotReadWhatTheSenderMadeUp) {
  EXPECT_EQ(source("127.0.0.1", "junk, 192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(source("127.0.0.1", "127.0.0.1, 192.0.2.1"), "192.0.2.1");
}

TEST(Source, RefusesWhatATrustedProxyCannotMean) {
  EXPECT_EQ(source("127.0.0.1", "junk"), "refused");
  EXPECT_EQ(source("127.0.0.1", "192.0.2.1,"), "refused");
  EXPECT_EQ(source("127.0.0.1", "192.0.2.1:80"), "refused");
  EXPECT_EQ(source("127.0.0.1", "junk, 10.1.1.1"), "refused");
  EXPECT_EQ(source("127.0.0.1", std::string(kForwardedBytesMax + 1, ' ')), "refused");
}

const SteadyTime kStart{std::chrono::hours{1}};

TEST(RateLimits, AdmitABurstAndThenAsMuchAsTimeBrings) {
  RateLimit limit{{.per_second = 10, .burst = 3}};
  const IpAddress who = address("192.0.2.1");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.admits(who, kStart));
  EXPECT_FALSE(limit.admits(who, kStart));
  EXPECT_FALSE(limit.admits(who, kStart + 99ms));
  EXPECT_TRUE(limit.admits(who, kStart + 101ms));
  EXPECT_FALSE(limit.admits(who, kStart + 102ms));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.admits(who, kStart + 1h));
  EXPECT_FALSE(limit.admits(who, kStart + 1h));
}

TEST(RateLimits, CountEachSourceByItself) {
  RateLimit limit{{.per_second = 1, .burst = 1}};
  EXPECT_TRUE(limit.admits(address("192.0.2.1"), kStart));
  EXPECT_TRUE(limit.admits(address("192.0.2.2"), kStart));
  EXPECT_FALSE(limit.admits(address("::ffff:192.0.2.2"), kStart));
  EXPECT_TRUE(limit.admits(address("2001:db8::1"), kStart));
  EXPECT_FALSE(limit.admits(address("2001:db8::2"), kStart));
  EXPECT_TRUE(limit.admits(address("2001:db8:0:1::1"), kStart));
}

TEST(RateLimits, AreOffAtNought) {
  RateLimit limit{{.per_second = 0, .burst = 1}};
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(limit.admits(address("192.0.2.1"), kStart));
  EXPECT_EQ(limit.sources(), 0U);
}

TEST(RateLimits, RememberABoundedNumberOfSources) {
  RateLimit limit{{.per_second = 1, .burst = 2}};
  const auto source_number = [](std::uint32_t i) {
    return address_of(boost::asio::ip::address_v4{i + 0x0a000000});
  };
  for (std::uint32_t i = 0; i < RateLimit::kSourcesMax; ++i) {
    ASSERT_TRUE(limit.admits(source_number(i), kStart));
  }
  const auto stranger = [&](std::uint32_t i) { return source_number(RateLimit::kSourcesMax + i); };
  EXPECT_TRUE(limit.admits(stranger(1), kStart));
  EXPECT_TRUE(limit.admits(stranger(2), kStart));
  EXPECT_FALSE(limit.admits(stranger(3), kStart));  // all strangers share one bucket
  EXPECT_TRUE(limit.admits(source_number(7), kStart));
  EXPECT_EQ(limit.sources(), RateLimit::kSourcesMax);
  EXPECT_TRUE(limit.admits(stranger(3), kStart + 5s));
  EXPECT_EQ(limit.sources(), 1U);  // those whose buckets are full were forgotten
}

std::string complaint(std::string_view text) {
  const auto parsed = parse_settings(text);
  const auto* mistake = std::get_if<Mistake>(&parsed);
  return mistake == nullptr ? "" : std::to_string(mistake->line) + ": " + mistake->message;
}

TEST(GatewaySettings, AreReadOverTheDefaults) {
  const auto parsed = parse_settings(R"(
listen = "[::1]:443"
socket = "/x/verify.sock"
trusted_proxies = ["127.0.0.1", "192.0.2.0/24"]
[tls]
certificate = "/c.pem"
key = "/k.pem"
[limits]
connections = 10
requests_per_second = 0
)");
  const auto& settings = std::get<Settings>(parsed);
  EXPECT_EQ(settings.address.to_string(), "::1");
  EXPECT_EQ(settings.port, 443);
  EXPECT_EQ(settings.socket, "/x/verify.sock");
  EXPECT_EQ(settings.trusted_proxies.size(), 2U);
  EXPECT_EQ(settings.certificate, "/c.pem");
  EXPECT_EQ(settings.connections, 10U);
  EXPECT_EQ(settings.rate.per_second, 0);
  EXPECT_EQ(settings.connections_per_source, Settings{}.connections_per_source);
  EXPECT_EQ(contradiction_in(settings), "");
}

TEST(GatewaySettings, PointOutMistakes) {
  EXPECT_EQ(complaint(""), "");
  EXPECT_EQ(complaint("\nlisten = \"localhost:1\"").substr(0, 9), "2: listen");
  EXPECT_EQ(complaint("listen = 5"), "1: listen must be a text");
  EXPECT_EQ(complaint("lissten = \"127.0.0.1:1\""), "1: unknown key \"lissten\"");
  EXPECT_EQ(complaint("[limits]\nburst = 0"), "2: burst must be a number from 1 to 1000000");
  EXPECT_EQ(complaint("[limits]\nbrust = 1"), "2: unknown key \"brust\"");
  EXPECT_EQ(complaint("tls = 1"), "1: tls must be a table, [tls]");
  EXPECT_NE(complaint("trusted_proxies = [\"proxy\"]"), "");
  EXPECT_NE(complaint("trusted_proxies = \"127.0.0.1\""), "");
  EXPECT_NE(complaint("x = ["), "");
  EXPECT_NE(complaint(std::string(kSettingsBytesMax + 1, '\n')), "");
}

TEST(GatewaySettings, ListenAtAnAddressAndAPort) {
  Settings settings;
  EXPECT_TRUE(read_listen("0.0.0.0:65535", settings));
  for (const char* text : {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x",
                           "::1:80", "[127.0.0.1]:80", "[::1]", "[]:80", "localhost:80"}) {
    EXPECT_EQ(failure(read_listen(text, settings)), ErrorCode::malformed) << text;
  }
}

TEST(GatewaySettings, MayNotContradictEachOther) {
  Settings settings;
  settings.certificate = "/c.pem";
  EXPECT_NE(contradiction_in(settings), "");
  settings.key = "/k.pem";
  EXPECT_EQ(contradiction_in(settings), "");
  settings.socket = std::string(108, 'x');
  EXPECT_NE(contradiction_in(settings), "");
}

}  // namespace
}  // namespace countersign::gateway
