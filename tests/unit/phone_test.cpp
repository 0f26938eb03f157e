// SPDX-License-Identifier: Apache-2.0
// What people type, what becomes of it, and which numbers are refused. That every plan reads as the
// library behind it does is shown by tests/integration/phone_oracle.mjs.
#include "address/phone.hpp"

#include "address/numbering_plan.hpp"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <set>

namespace countersign::address {
namespace {

std::string e164(std::string_view typed, std::string_view country) {
  const auto phone = parse_phone(typed, country);
  return phone ? phone->e164 : std::string{phone.error().operation.view()};
}

TEST(Phone, IsKnownByWhatPeopleTypeAtHome) {
  EXPECT_EQ(e164("040 123 4567", "FI"), "+358401234567");
  EXPECT_EQ(e164("0151 23456789", "DE"), "+4915123456789");
  EXPECT_EQ(e164("070-123 45 67", "SE"), "+46701234567");
  EXPECT_EQ(e164("07400 123456", "GB"), "+447400123456");
  EXPECT_EQ(e164("(201) 555-0123", "US"), "+12015550123");
  EXPECT_EQ(e164("1 506 234 5678", "CA"), "+15062345678");
  EXPECT_EQ(e164("06 12 34 56 78", "FR"), "+33612345678");
  EXPECT_EQ(e164("312 345 6789", "IT"), "+393123456789");
  EXPECT_EQ(e164("011 15-2345-6789", "AR"), "+5491123456789");
  EXPECT_EQ(e164("222 123 4567", "MX"), "+522221234567");
  EXPECT_EQ(e164("(11) 96123-4567", "BR"), "+5511961234567");
  EXPECT_EQ(e164("8123 4567", "SG"), "+6581234567");
  EXPECT_EQ(e164("0412 345 678", "AU"), "+61412345678");
  EXPECT_EQ(e164("8 (912) 345-67-89", "RU"), "+79123456789");
  EXPECT_EQ(e164("06 20 123 4567", "HU"), "+36201234567");
}

TEST(Phone, IsKnownFromAbroad) {
  EXPECT_EQ(e164("+358 40 123 4567", ""), "+358401234567");
  EXPECT_EQ(e164("+358 40 123 4567", "US"), "+358401234567");
  EXPECT_EQ(e164("00358 40 123 4567", "SE"), "+358401234567");
  EXPECT_EQ(e164("011 358 40 123 4567", "US"), "+358401234567");
  EXPECT_EQ(e164("0011 358 40 123 4567", "AU"), "+358401234567");
  EXPECT_EQ(e164("358401234567", "FI"), "+358401234567");
}

TEST(Phone, HasOneFormForEverySpelling) {
  for (const char* typed :
       {"+358 (0)40 123 4567", "+358-40-1234567", "(+358) 40.123.4567", "+358/40/1234567",
        "  +358401234567  ", "+358401234567\t", "＋３５８４０１２３４５６７", "+٣٥٨٤٠١٢٣٤٥٦٧",
        "\u202A+358 40 1234567\u202C", "+358\u00A040\u00A0123\u00A04567", "+358 [40] 123\u20134567",
        "+358 040 123 4567"}) {
    EXPECT_EQ(e164(typed, "FI"), "+358401234567") << typed;
  }
}

TEST(Phone, KnowsItsCountryAndItsPrefix) {
  const auto finnish = parse_phone("040 123 4567", "FI");
  ASSERT_TRUE(finnish);
  EXPECT_EQ(finnish->country, "FI");
  EXPECT_EQ(finnish->prefix(), "+358");
  EXPECT_EQ(finnish->type, PhoneType::mobile);
  const auto canadian = parse_phone("(506) 234-5678", "US");
  ASSERT_TRUE(canadian);
  EXPECT_EQ(canadian->country, "CA");
  EXPECT_EQ(canadian->prefix(), "+1");
  EXPECT_EQ(canadian->type, PhoneType::fixed_line_or_mobile);
  const auto satellite = parse_phone("+881 612 345 678", "FI");
  ASSERT_TRUE(satellite);
  EXPECT_EQ(satellite->country, "");
  EXPECT_EQ(satellite->prefix(), "+881");
}

TEST(Phone, IsRefusedIfItCannotBeMobile) {
  EXPECT_EQ(e164("09 1234 5678", "FI"), "phone.fixed_line");
  EXPECT_EQ(e164("030 123456", "DE"), "phone.fixed_line");
  EXPECT_EQ(e164("02 1234 5678", "IT"), "phone.fixed_line");
  EXPECT_EQ(e164("+39 06 1234 5678", ""), "phone.fixed_line");
  EXPECT_EQ(e164("011 2345-6789", "AR"), "phone.fixed_line");
  EXPECT_EQ(e164("0600 12345", "FI"), "phone.premium");
  EXPECT_EQ(e164("900 234 5678", "US"), "phone.premium");
  EXPECT_EQ(e164("0800 123 456", "FI"), "phone.toll_free");
  EXPECT_EQ(e164("0180 1 234567", "DE"), "phone.shared_cost");
  EXPECT_EQ(e164("056 1234 5678", "GB"), "phone.voip");
  EXPECT_EQ(e164("070 1234 5678", "GB"), "phone.personal_number");
  EXPECT_EQ(e164("076 4012 3456", "GB"), "phone.pager");
  EXPECT_EQ(e164("055 1234 5678", "GB"), "phone.uan");
  EXPECT_EQ(e164("860 123 4567 89", "CH"), "phone.voicemail");
}

TEST(Phone, IsRefusedIfNoneIsLikeThat) {
  EXPECT_EQ(e164("040 1", "FI"), "phone.too_short");
  EXPECT_EQ(e164("1", "FI"), "phone.too_short");
  EXPECT_EQ(e164("+358", "FI"), "phone.too_short");
  EXPECT_EQ(e164("040 123 456 789 0123", "FI"), "phone.too_long");
  EXPECT_EQ(e164(std::string(kTypedPhoneBytesMax + 1, '1'), "FI"), "phone.too_long");
  EXPECT_EQ(e164(std::string(kTypedPhoneBytesMax, '1'), "FI"), "phone.too_long");
  EXPECT_EQ(e164("(101) 555-0123", "US"), "phone.invalid");
  EXPECT_EQ(e164("+999 1234 5678", "FI"), "phone.calling_code");
  EXPECT_EQ(e164("+0 40 123 4567", "FI"), "phone.calling_code");
  EXPECT_EQ(e164("040 123 4567", ""), "phone.no_country");
  EXPECT_EQ(e164("358401234567", ""), "phone.no_country");
}

TEST(Phone, IsRefusedIfItIsNoNumber) {
  for (const char* typed : {"",
                            " ",
                            "+",
                            "()",
                            "alice",
                            "040 123 4567 x12",
                            "040 123 4567 ext. 12",
                            "040 123 4567#",
                            "tel:+358401234567",
                            "040 123 4567; 050 123 4567",
                            "+358 40 123 4567 +",
                            "++358401234567",
                            "+358+401234567",
                            "040 123 CALL",
                            "040~1234567",
                            "\u202E+358401234567",
                            "040\n1234567",
                            "+358\xFF"
                            "401234567",
                            "+358\xC0\xB0"
                            "401234567",
                            "+358\xE0\x80\xB0"
                            "401234567",
                            "040 123 456\xEF\xBC",
                            "\xF0\x9D\x9F\x8E"}) {
    EXPECT_EQ(e164(typed, "FI"), "phone.not_a_number") << typed;
  }
  EXPECT_EQ(e164(std::string_view{"+358401234567\0", 14}, "FI"), "phone.not_a_number");
}

TEST(Phone, IsRefusedIfItsCountryIsNone) {
  for (const char* country : {"fi", "FIN", "F", "XX", "+358", "358", "001", " FI"}) {
    EXPECT_EQ(e164("+358401234567", country), "phone.country") << country;
  }
  EXPECT_EQ(e164("+358401234567", std::string_view{"FI\0", 3}), "phone.country");
}

TEST(NumberingPlans, HavePatternsThatRe2Runs) {
  for (const std::string_view text : pattern_texts()) {
    const RE2 expression{re2::StringPiece{text.data(), text.size()}, RE2::Quiet};
    EXPECT_TRUE(expression.ok()) << text << ": " << expression.error();
    EXPECT_LE(expression.NumberOfCapturingGroups(), 3) << text;
  }
}

TEST(NumberingPlans, AreFoundByCallingCodeAndCountry) {
  ASSERT_GT(numbering_plans().size(), 250U);
  std::set<std::string_view> countries;
  for (const NumberingPlan& plan : numbering_plans()) {
    const auto sharing = find_plans(plan.calling_code);
    EXPECT_TRUE(&plan >= &sharing.front() && &plan <= &sharing.back()) << plan.country;
    EXPECT_NE(plan.lengths, 0U) << plan.country;
    if (plan.country.empty()) continue;
    EXPECT_EQ(find_plan(plan.country), &plan);
    EXPECT_TRUE(countries.insert(plan.country).second) << plan.country;
  }
  EXPECT_EQ(find_plans("1").front().country, "US");
  EXPECT_EQ(find_plans("44").front().country, "GB");
  EXPECT_TRUE(find_plans("").empty());
  EXPECT_TRUE(find_plans("35").empty());
}

}  // namespace
}  // namespace countersign::address
