// SPDX-License-Identifier: Apache-2.0
// Whom a request is from, and how fast it may ask.
#include "http/server/rate_limit.hpp"
#include "http/server/server.hpp"
#include "http/server/source.hpp"
#include "tests/support/failure.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace countersign::http {
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

TEST(Servers, ListenAtAnAddressAndAPort) {
  ServerSettings settings;
  EXPECT_TRUE(read_listen("0.0.0.0:65535", settings));
  for (const char* text : {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x",
                           "::1:80", "[127.0.0.1]:80", "[::1]", "[]:80", "localhost:80"}) {
    EXPECT_EQ(failure(read_listen(text, settings)), ErrorCode::malformed) << text;
  }
}

}  // namespace
}  // namespace countersign::http
