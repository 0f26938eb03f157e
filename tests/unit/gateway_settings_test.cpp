// SPDX-License-Identifier: Apache-2.0
// The gateway's settings file.
#include "gateway/settings.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>

namespace countersign::gateway {
namespace {

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
  EXPECT_EQ(settings.server.address.to_string(), "::1");
  EXPECT_EQ(settings.server.port, 443);
  EXPECT_EQ(settings.socket, "/x/verify.sock");
  EXPECT_EQ(settings.server.trusted_proxies.size(), 2U);
  EXPECT_EQ(settings.certificate, "/c.pem");
  EXPECT_EQ(settings.server.connections, 10U);
  EXPECT_EQ(settings.rate.per_second, 0);
  EXPECT_EQ(settings.server.connections_per_source, Settings{}.server.connections_per_source);
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
