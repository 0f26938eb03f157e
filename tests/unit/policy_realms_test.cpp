// SPDX-License-Identifier: Apache-2.0
// What a realm's file may say over the appliance's policy.
#include "policies/describe.hpp"
#include "tests/unit/policy_file.hpp"

#include <gmock/gmock.h>

namespace countersign::policies {
namespace {

using testing::HasSubstr;

constexpr std::string_view kRealmFile = "realms/shop.toml";

Policy good_realm(std::string_view text, const Policy& root) {
  auto parsed = parse_realm(text, kRealmFile, root);
  if (const auto* mistake = std::get_if<Mistake>(&parsed)) {
    ADD_FAILURE() << text << ": " << mistake->message;
    return {};
  }
  return std::get<Policy>(parsed);
}

Mistake bad_realm(std::string_view text) {
  const auto parsed = parse_realm(text, kRealmFile, defaults());
  if (const auto* mistake = std::get_if<Mistake>(&parsed)) return *mistake;
  ADD_FAILURE() << text << " is taken";
  return {};
}

TEST(PolicyRealms, AnEmptyFileIsTheAppliancesPolicy) {
  const Policy root = good("[code]\ndigits = 8\n[throttle]\nfailures_free = 10\n");
  EXPECT_EQ(describe(good_realm("", root)), describe(root));
}

TEST(PolicyRealms, AFileIsReadOverTheAppliances) {
  const Policy root = good("[code]\ndigits = 8\n[throttle]\nfailures_free = 10\n");
  const Policy shop =
      good_realm("[throttle]\nfailures_free = 20\n[password]\nlength_min = 15\n", root);
  EXPECT_EQ(shop.throttle.failures_free, 20);
  EXPECT_EQ(shop.password.length_min, 15);
  EXPECT_EQ(shop.code.digits, 8);
  EXPECT_EQ(root.throttle.failures_free, 10);
}

TEST(PolicyRealms, ARealmWithoutAFileHasTheAppliancesPolicy) {
  Policy root = good("[code]\ndigits = 7\n");
  root.realms["shop"] = std::make_shared<const Policy>(good_realm("[code]\ndigits = 8\n", root));
  EXPECT_EQ(root.of("shop").code.digits, 8);
  EXPECT_EQ(root.of("default").code.digits, 7);
  EXPECT_EQ(root.of("sho").code.digits, 7);
}

TEST(PolicyRealms, ARealmKnowsNoOthers) {
  Policy root = defaults();
  root.realms["shop"] = std::make_shared<const Policy>(defaults());
  EXPECT_TRUE(good_realm("", root).realms.empty());
}

TEST(PolicyRealms, WhatThereIsOnceIsAMistakeInARealm) {
  for (const std::string_view key : {"messages", "sms", "email", "limits", "hashing"}) {
    const Mistake mistake = bad_realm("\n[" + std::string{key} + "]\n");
    EXPECT_EQ(mistake.message, std::string{key} +
                                   " holds for the whole appliance: it stands in the policy file, "
                                   "not in a realm's");
    EXPECT_EQ(mistake.line, 2U);
    EXPECT_EQ(mistake.file, kRealmFile);
  }
  EXPECT_THAT(bad_realm("[[peer]]\nname = \"a\"\nuid = 1\nsockets = [\"verify\"]\n").message,
              HasSubstr("peer holds for the whole appliance"));
  EXPECT_THAT(bad_realm("[[sms.prefix]]\nprefix = \"+358\"\nper_hour = 1\n").message,
              HasSubstr("sms holds for the whole appliance"));
}

TEST(PolicyRealms, MistakesAreFoundThereToo) {
  EXPECT_THAT(bad_realm("[throtle]\n").message, HasSubstr("unknown key \"throtle\""));
  EXPECT_THAT(bad_realm("[code]\ndigits = 9\n").message, HasSubstr("from 6 to 8"));
  EXPECT_THAT(bad_realm("# " + std::string(kPolicyBytesMax, 'x')).message, HasSubstr("262144"));
}

// The two files contradict each other, though neither does by itself.
TEST(PolicyRealms, ContradictionsWithTheAppliancesPolicyAreMistakes) {
  const Policy root = good("[throttle]\ndelay_first = \"10min\"\n");
  const auto parsed = parse_realm("[throttle]\ndelay_max = \"5min\"\n", kRealmFile, root);
  const auto* mistake = std::get_if<Mistake>(&parsed);
  ASSERT_NE(mistake, nullptr);
  EXPECT_THAT(mistake->message, HasSubstr("delay_first <= delay_max"));
  EXPECT_EQ(mistake->line, 2U);
}

}  // namespace
}  // namespace countersign::policies
