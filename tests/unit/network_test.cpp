// SPDX-License-Identifier: Apache-2.0
// Which addresses a range holds, and which texts are no range.
#include "base/network.hpp"

#include <gtest/gtest.h>

namespace countersign {
namespace {

bool holds(const char* network, const char* address) {
  return Network::from(network)->holds(*IpAddress::from(address));
}
std::string_view failure(const char* network) {
  const auto parsed = Network::from(network);
  return parsed ? std::string_view{} : parsed.error().operation.view();
}

TEST(Network, HoldsWhatItsPrefixSays) {
  EXPECT_TRUE(holds("192.0.2.0/24", "192.0.2.0"));
  EXPECT_TRUE(holds("192.0.2.0/24", "192.0.2.255"));
  EXPECT_FALSE(holds("192.0.2.0/24", "192.0.3.0"));
  EXPECT_TRUE(holds("192.0.2.128/25", "192.0.2.128"));
  EXPECT_FALSE(holds("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(holds("192.0.2.7/32", "192.0.2.7"));
  EXPECT_FALSE(holds("192.0.2.7/32", "192.0.2.6"));
  EXPECT_TRUE(holds("0.0.0.0/0", "255.255.255.255"));
  EXPECT_TRUE(holds("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(holds("::1/128", "::1"));
  EXPECT_FALSE(holds("::1/128", "::2"));
}

TEST(Network, HoldsNoAddressOfTheOtherFamily) {
  EXPECT_FALSE(holds("::/0", "192.0.2.1"));
  EXPECT_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
  EXPECT_FALSE(holds("::/0", "::ffff:192.0.2.1"));
  EXPECT_TRUE(holds("192.0.2.0/24", "::ffff:192.0.2.1"));
}

TEST(Network, HasOneText) {
  EXPECT_EQ(Network::from("192.0.2.0/24")->text(), "192.0.2.0/24");
  EXPECT_EQ(Network::from("2001:DB8:0::/32")->text(), "2001:db8::/32");
}

TEST(Network, RefusesWhatIsNone) {
  for (const char* bad :
       {"", "/24", "192.0.2.0.1/24", "192.0.2/24", "192.0.02.0/24", "host/24", "[::1]/128",
        "fe80::1%eth0/128", "::ffff:192.0.2.0/120", " 192.0.2.0/24", "2001:db8::g/32"}) {
    EXPECT_EQ(failure(bad), bad[0] == '\0' ? "network.prefix" : "network.address") << bad;
  }
  for (const char* bad : {"192.0.2.0", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/024", "::/129",
                          "192.0.2.0/-1", "192.0.2.0/+8", "192.0.2.0/24 ", "192.0.2.0/24/24",
                          "192.0.2.0/0x8", "192.0.2.0/255.255.255.0", "::/4294967297"}) {
    EXPECT_EQ(failure(bad), "network.prefix") << bad;
  }
  for (const char* bad : {"192.0.2.1/24", "192.0.2.0/22", "128.0.0.0/0", "2001:db8::1/64"}) {
    EXPECT_EQ(failure(bad), "network.host_bits") << bad;
  }
}

TEST(IpAddress, RefusesATextWithANul) {
  EXPECT_FALSE(IpAddress::from(std::string_view{"192.0.2.1\0x", 11}));
  EXPECT_FALSE(IpAddress::from(std::string(100, '1')));
}

}  // namespace
}  // namespace countersign
