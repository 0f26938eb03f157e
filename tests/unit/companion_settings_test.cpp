// SPDX-License-Identifier: Apache-2.0
// What an administrator may write of the companion, and where a mistake is found.
#include "companion/settings/contrast.hpp"
#include "companion/settings/settings.hpp"

#include <gmock/gmock.h>

#include <string>

namespace countersign::companion {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Settings settings_in(const std::string& text) {
  auto parsed = parse_settings(text);
  if (const auto* mistake = std::get_if<Mistake>(&parsed)) {
    ADD_FAILURE() << mistake->message << " in\n" << text;
    return {};
  }
  return std::get<Settings>(std::move(parsed));
}

Mistake mistake_in(const std::string& text) {
  const auto parsed = parse_settings(text);
  const auto* mistake = std::get_if<Mistake>(&parsed);
  EXPECT_NE(mistake, nullptr) << text;
  return mistake == nullptr ? Mistake{} : *mistake;
}

std::string realm(const std::string& rest) {
  return "[[realm]]\norigin = \"https://accounts.example.com\"\n" + rest + "\n";
}

TEST(CompanionSettings, NothingIsNeededToTryItOut) {
  const Settings settings = settings_in("");
  EXPECT_EQ(settings.listen, "127.0.0.1:8190");
  ASSERT_EQ(settings.brands.size(), 1U);
  EXPECT_EQ(settings.brands[0].host(), "localhost:8190");
  EXPECT_FALSE(settings.brands[0].secure());
  EXPECT_EQ(contradiction_in(settings), "");
}

TEST(CompanionSettings, EverythingCanBeSaid) {
  const Settings settings = settings_in(R"(listen = "[::1]:443"
socket = "/run/x.sock"
share = "/srv/companion"
trusted_proxies = ["127.0.0.1", "192.0.2.0/24"]
[tls]
certificate = "/etc/c.pem"
key = "/etc/k.pem"
[limits]
connections = 10
connections_per_source = 2
requests_per_second = 5
burst = 7
[[realm]]
name = "staff"
origin = "https://accounts.example.com:8443"
product = "Example"
logo = "/etc/logo.svg"
accent = "#0B5fff"
accent_dark = "#8ab4ff"
zone = "Europe/Helsinki"
)");
  EXPECT_EQ(settings.socket, "/run/x.sock");
  EXPECT_THAT(settings.trusted_proxies, ElementsAre("127.0.0.1", "192.0.2.0/24"));
  EXPECT_EQ(settings.connections, 10U);
  EXPECT_EQ(settings.connections_per_source, 2U);
  EXPECT_EQ(settings.requests_per_second, 5U);
  EXPECT_EQ(settings.burst, 7U);
  ASSERT_EQ(settings.brands.size(), 1U);
  EXPECT_EQ(settings.brands[0].realm, "staff");
  EXPECT_EQ(settings.brands[0].host(), "accounts.example.com:8443");
  EXPECT_TRUE(settings.brands[0].secure());
  EXPECT_EQ(settings.brands[0].zone, "Europe/Helsinki");
}

TEST(CompanionSettings, AMistakeIsFoundWhereItStands) {
  const Mistake unknown = mistake_in("listen = \"127.0.0.1:1\"\nlisen = 1\n");
  EXPECT_EQ(unknown.line, 2U);
  EXPECT_THAT(unknown.message, HasSubstr("lisen"));
  EXPECT_EQ(mistake_in("listen = [").line, 1U);
}

TEST(CompanionSettings, AnOriginIsSchemeAndHost) {
  for (const std::string origin :
       {"accounts.example.com", "https://accounts.example.com/", "https://", "ftp://example.com",
        "https://Example.com", "https://a.example/path", "https://a b", "https://u@a.example",
        "https://a.example;form-action *"}) {
    EXPECT_THAT(mistake_in("[[realm]]\norigin = \"" + origin + "\"\n").message, HasSubstr("origin"))
        << origin;
  }
  EXPECT_THAT(mistake_in("[[realm]]\nname = \"x\"\n").message, HasSubstr("origin"));
  EXPECT_THAT(mistake_in(realm("") + realm("name = \"other\"")).message, HasSubstr("origin"));
}

// They stand in a stylesheet.
TEST(CompanionSettings, AColourIsAColour) {
  for (const std::string colour : {"red", "#12345", "#1234567", "#12345g", "#12345;", ""}) {
    EXPECT_THAT(mistake_in(realm("accent = \"" + colour + "\"")).message, HasSubstr("accent"));
    EXPECT_THAT(mistake_in(realm("accent_dark = \"" + colour + "\"")).message,
                HasSubstr("accent_dark"));
  }
}

// WCAG 2.2, 1.4.3: the greys between which its techniques draw the line.
TEST(CompanionSettings, ContrastIsThatOfTheNorm) {
  EXPECT_NEAR(contrast("#000000", "#ffffff"), 21, 1e-9);
  EXPECT_NEAR(contrast("#1d5fbf", "#1D5FBF"), 1, 1e-9);
  EXPECT_GT(contrast("#767676", "#ffffff"), kContrastMin);
  EXPECT_LT(contrast("#ffffff", "#777777"), kContrastMin);
}

TEST(CompanionSettings, AColourCanBeReadOnThePages) {
  EXPECT_THAT(mistake_in(realm("accent = \"#ffcc00\"")).message, HasSubstr("contrast"));
  EXPECT_THAT(mistake_in(realm("accent_dark = \"#00308f\"")).message, HasSubstr("contrast"));
  EXPECT_EQ(settings_in(realm("accent = \"#00308f\"\naccent_dark = \"#ffcc00\"")).brands.size(),
            1U);
}

TEST(CompanionSettings, NumbersHaveBounds) {
  mistake_in("[limits]\nconnections = 0\n");
  mistake_in("[limits]\nconnections = 65537\n");
  mistake_in("[limits]\nburst = 0\n");
  mistake_in("[limits]\nrequests_per_second = -1\n");
  mistake_in("trusted_proxies = \"127.0.0.1\"\n");
  mistake_in("realm = 1\n");
  mistake_in(realm("logo = \"/etc/logo.html\""));
  mistake_in(std::string(kSettingsBytesMax + 1, '\n'));
}

TEST(CompanionSettings, WhatContradictsItselfIsTold) {
  Settings settings;
  settings.certificate = "c.pem";
  EXPECT_THAT(contradiction_in(settings), HasSubstr("key"));
  settings.key = "k.pem";
  EXPECT_EQ(contradiction_in(settings), "");
  settings.socket = std::string(108, 's');
  EXPECT_THAT(contradiction_in(settings), HasSubstr("socket"));
}

}  // namespace
}  // namespace countersign::companion
