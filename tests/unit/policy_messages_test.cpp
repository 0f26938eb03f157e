// SPDX-License-Identifier: Apache-2.0
// What a policy file may say about messages: where they go, and how many.
#include "policies/describe.hpp"
#include "tests/unit/policy_file.hpp"

#include <gmock/gmock.h>

namespace countersign::policies {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string prefix(std::string_view text, std::string_view rest = "per_hour = 5") {
  return "[[sms.prefix]]\nprefix = \"" + std::string{text} + "\"\n" + std::string{rest} + "\n";
}

TEST(PolicyMessages, TheLongestPrefixHolds) {
  const Sms sms = good(prefix("+358", "per_hour = 500") + prefix("+35870", "per_hour = 0") +
                       prefix("+3", "per_hour = 7") + prefix("+1"))
                      .sms;
  ASSERT_EQ(sms.prefixes.size(), 4U);
  EXPECT_EQ(prefix_of(sms, "+358401234567")->per_hour, 500U);
  EXPECT_EQ(prefix_of(sms, "+31612345678")->prefix, "+3");
  EXPECT_EQ(prefix_of(sms, "+12015550123")->prefix, "+1");
  EXPECT_EQ(prefix_of(sms, "+35870123456"), nullptr) << "a zero holds against a shorter prefix";
  EXPECT_EQ(prefix_of(sms, "+442071838750"), nullptr);
  EXPECT_EQ(prefix_of(sms, "358401234567"), nullptr);
  EXPECT_EQ(prefix_of(sms, ""), nullptr);
  EXPECT_EQ(prefix_of(defaults().sms, "+358401234567"), nullptr) << "nothing unless it is named";
}

TEST(PolicyMessages, APrefixIsTheBeginningOfANumber) {
  for (const std::string_view text : {"", "+", "358", "+0", "+12345678", "+3 58", "+a", "++1"}) {
    EXPECT_THAT(bad(prefix(text)).message, HasSubstr("[[sms.prefix]] prefix")) << text;
  }
  good(prefix("+1234567"));
  EXPECT_THAT(bad(prefix("+1") + prefix("+1")).message, HasSubstr("\"+1\" is taken twice"));
  EXPECT_THAT(bad(prefix("+1", "")).message, HasSubstr("per_hour must say"));
  EXPECT_THAT(bad(prefix("+1", "per_hour = -1")).message, HasSubstr("from 0 to 1000000"));
  EXPECT_THAT(bad(prefix("+1", "per_hour = 1\nper_day = 2")).message, HasSubstr("per_day"));
  EXPECT_THAT(bad("[sms]\nprefix = []").message, HasSubstr("1 to 256"));
  EXPECT_THAT(bad("[sms]\nprefix = [1]").message, HasSubstr("must be a table"));
  EXPECT_THAT(bad("[sms]\nprefix = \"+1\"").message, HasSubstr("1 to 256"));
  std::string many;
  for (int i = 1000; i < 1257; ++i) many += prefix("+" + std::to_string(i));
  EXPECT_THAT(bad(many).message, HasSubstr("1 to 256"));
}

TEST(PolicyMessages, HaveTimes) {
  const Policy policy = good(
      "[code]\nlifetime = \"10min\"\nresend_first = \"10s\"\n"
      "[messages]\nnotice_lifetime = \"1min\"\n"
      "[sms]\nsign_in = false\nbreaker_pause = \"24h\"\n"
      "[email]\nsign_in = false\n");
  EXPECT_EQ(policy.code.lifetime, 10min);
  EXPECT_EQ(policy.code.resend_first, 10s);
  EXPECT_EQ(policy.messages.notice_lifetime, 1min);
  EXPECT_EQ(policy.sms.breaker_pause, 24h);
  EXPECT_FALSE(policy.sms.sign_in);
  EXPECT_FALSE(policy.email.sign_in);
  EXPECT_THAT(bad("code.lifetime = \"601s\"").message, HasSubstr("from 30s to 10min"));
  EXPECT_THAT(bad("code.resend_first = \"9s\"").message, HasSubstr("from 10s to 10min"));
  EXPECT_THAT(bad("messages.notice_lifetime = \"25h\"").message, HasSubstr("from 1min to 24h"));
  EXPECT_THAT(bad("sms.breaker_pause = \"59s\"").message, HasSubstr("from 1min to 24h"));
  EXPECT_THAT(bad("email.sign_in = 1").message, HasSubstr("true or false"));
}

TEST(PolicyMessages, SaysWhereSmsMayGo) {
  const std::string text =
      describe(good(prefix("+358", "per_hour = 500") + prefix("+35870", "per_hour = 0")));
  EXPECT_THAT(text, HasSubstr("  +358             500 in an hour\n"));
  EXPECT_THAT(text, HasSubstr("  +35870           nothing\n"));
  EXPECT_THAT(text, HasSubstr("opens for 1h below 20 % answered, of a prefix's last 50 codes\n"));
  EXPECT_THAT(describe(good("[sms]\nconversion_min_percent = 0\n" + prefix("+1"))),
              HasSubstr("never opens"));
}

}  // namespace
}  // namespace countersign::policies
