// SPDX-License-Identifier: Apache-2.0
// The rules for new passwords, one by one, each with its nearest neighbour.
#include "policies/password_rules.hpp"

#include "policies/common_passwords.hpp"

#include <gmock/gmock.h>

#include <chrono>

namespace countersign::policies {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view kGood = "Tuulinen-Meri7laine";
constexpr std::string_view kUser = "anna.virtanen";

// Only what the test is about.
Password none() {
  Password rules;
  rules.length_min = 1;
  rules.lowercase = rules.uppercase = rules.number = rules.symbol = rules.common = false;
  rules.username_part_min = 0;
  rules.strength_min = 0;
  return rules;
}

std::vector<PasswordFault> faults(const Password& rules, std::string_view typed,
                                  std::string_view user = kUser) {
  return check(rules, typed, user).faults;
}

TEST(PasswordRules, TakeAGoodPassword) {
  const PasswordFindings found = check(Password{}, kGood, kUser);
  EXPECT_THAT(found.faults, IsEmpty());
  EXPECT_EQ(found.username_part, "");
  EXPECT_GE(found.strength, 3);
}

TEST(PasswordRules, TellEverythingThatIsWrongAtOnce) {
  EXPECT_THAT(
      faults(Password{}, "anna"),
      ElementsAre(PasswordFault::too_short, PasswordFault::no_uppercase, PasswordFault::no_number,
                  PasswordFault::no_symbol, PasswordFault::username_part, PasswordFault::common,
                  PasswordFault::too_weak));
  EXPECT_THAT(faults(Password{}, ""),
              ElementsAre(PasswordFault::too_short, PasswordFault::no_lowercase,
                          PasswordFault::no_uppercase, PasswordFault::no_number,
                          PasswordFault::no_symbol, PasswordFault::too_weak));
}

TEST(PasswordRules, CountCodePointsOfTheNormalForm) {
  Password rules = none();
  rules.length_min = 12;
  EXPECT_THAT(faults(rules, "abcdefghijk"), ElementsAre(PasswordFault::too_short));
  EXPECT_THAT(faults(rules, "abcdefghijkl"), IsEmpty());
  // Twelve characters of four bytes each; and eleven and one that is two in what was typed.
  EXPECT_THAT(faults(rules,
                     "\U0001F600\U0001F601\U0001F602\U0001F603\U0001F604\U0001F605"
                     "\U0001F606\U0001F607\U0001F608\U0001F609\U0001F60A\U0001F60B"),
              IsEmpty());
  EXPECT_THAT(faults(rules, "abcdefghijka\u0308"), IsEmpty());
  EXPECT_THAT(faults(rules, "abcdefghija\u0308"), ElementsAre(PasswordFault::too_short));
  EXPECT_THAT(faults(rules, "abcdefghij\ufb01"), IsEmpty()) << "one ligature is two letters";
}

TEST(PasswordRules, RefuseWhatIsTooLongAndCutNothingOff) {
  EXPECT_THAT(faults(none(), std::string(256, 'x')), IsEmpty());
  EXPECT_THAT(faults(none(), std::string(257, 'x')), ElementsAre(PasswordFault::too_long));
  EXPECT_THAT(faults(none(), std::string(100'000, 'x')), ElementsAre(PasswordFault::too_long));
  std::string emoji;
  for (int i = 0; i < 256; ++i) emoji += "\U0001F600";
  EXPECT_THAT(faults(none(), emoji), IsEmpty());
  EXPECT_THAT(faults(none(), emoji + "x"), ElementsAre(PasswordFault::too_long));
  std::string expands;  // 18 characters each, once normalised
  for (int i = 0; i < 15; ++i) expands += "\ufdfa";
  EXPECT_THAT(faults(none(), expands), ElementsAre(PasswordFault::too_long));
}

TEST(PasswordRules, AskForALowercaseLetter) {
  Password rules = none();
  rules.lowercase = true;
  EXPECT_THAT(faults(rules, "ABCDEFG1-"), ElementsAre(PasswordFault::no_lowercase));
  EXPECT_THAT(faults(rules, "ABCDEFG1-\u00e4"), IsEmpty());
  EXPECT_THAT(faults(rules, "ABCDEFG1-\u03c0"), IsEmpty());
}

TEST(PasswordRules, AskForAnUppercaseLetter) {
  Password rules = none();
  rules.uppercase = true;
  EXPECT_THAT(faults(rules, "abcdefg1-\u5b57"), ElementsAre(PasswordFault::no_uppercase));
  EXPECT_THAT(faults(rules, "abcdefg1-\u00c4"), IsEmpty());
  EXPECT_THAT(faults(rules, "abcdefg1-\u0416"), IsEmpty());
}

TEST(PasswordRules, AskForANumber) {
  Password rules = none();
  rules.number = true;
  EXPECT_THAT(faults(rules, "Abcdefgh-"), ElementsAre(PasswordFault::no_number));
  EXPECT_THAT(faults(rules, "Abcdefgh-0"), IsEmpty());
  EXPECT_THAT(faults(rules, "Abcdefgh-\u0663"), IsEmpty()) << "an Arabic three";
}

TEST(PasswordRules, AskForASymbol) {
  Password rules = none();
  rules.symbol = true;
  EXPECT_THAT(faults(rules, "Abcdefgh1"), ElementsAre(PasswordFault::no_symbol));
  EXPECT_THAT(faults(rules, "Abcdefgh1\u0e01\u0e34"), ElementsAre(PasswordFault::no_symbol))
      << "a mark belongs to its letter";
  for (const std::string_view symbol :
       {" ", "-", "~", "\u20ac", "\u00a7", "\U0001F600", "\u3000"}) {
    EXPECT_THAT(faults(rules, "Abcdefgh1" + std::string{symbol}), IsEmpty()) << symbol;
  }
}

TEST(PasswordRules, RefusePartsOfTheUsername) {
  Password rules = none();
  rules.username_part_min = 3;
  for (const auto& [typed, part] : {std::pair{"xxVIRTANENxx", "virtanen"},
                                    {"x-Anna-x", "anna"},
                                    {"xx\uff41\uff2e\uff4e\uff41xx", "anna"},  // in full width
                                    {"annavirtanen", "anna"}}) {
    const PasswordFindings found = check(rules, typed, kUser);
    EXPECT_THAT(found.faults, ElementsAre(PasswordFault::username_part)) << typed;
    EXPECT_EQ(found.username_part, part);
  }
  EXPECT_THAT(faults(rules, "an-na-virta-nen"), IsEmpty());
}

TEST(PasswordRules, CountTheCharactersOfAPart) {
  Password rules = none();
  rules.username_part_min = 3;
  EXPECT_THAT(faults(rules, "xx-ab-xx", "ab.cde"), IsEmpty());
  EXPECT_THAT(faults(rules, "xx-cde-xx", "ab.cde"), ElementsAre(PasswordFault::username_part));
  // Two characters of two bytes each.
  EXPECT_THAT(faults(rules, "xx-\u00e4\u00f6-xx", "\u00e4\u00f6"), IsEmpty());
  EXPECT_THAT(faults(rules, "xx-\u00c4\u00d6\u00dc-xx", "\u00e4\u00f6\u00fc"),
              ElementsAre(PasswordFault::username_part));
  rules.username_part_min = 2;
  EXPECT_THAT(faults(rules, "xx-ab-xx", "ab.cde"), ElementsAre(PasswordFault::username_part));
  rules.username_part_min = 0;
  EXPECT_THAT(faults(rules, "xx-cde-xx", "ab.cde"), IsEmpty());
}

TEST(PasswordRules, SplitAUsernameWhereItIsNeitherLetterNorNumber) {
  Password rules = none();
  rules.username_part_min = 3;
  for (const std::string_view user :
       {"xyz@example", "xyz_qqq", "xyz qqq", "qqq\u00b7xyz", "xyz-"}) {
    EXPECT_EQ(check(rules, "aXYZb", user).username_part, "xyz") << user;
  }
  EXPECT_EQ(check(rules, "b4xyz7", "b4xyz").username_part, "b4xyz") << "numbers belong to a part";
  EXPECT_THAT(faults(rules, "xyz", "b4xyz"), IsEmpty());
  EXPECT_THAT(faults(rules, "xyz", ""), IsEmpty());
  EXPECT_THAT(faults(rules, "xyz", "..."), IsEmpty());
}

TEST(PasswordRules, RefuseCommonOnesHoweverDressedUp) {
  Password rules = none();
  rules.common = true;
  for (const std::string_view typed :
       {"password", "PassWord", "Password1234!", "!!!Password", "123 Password 456", "Qwerty-123456",
        "iloveyou\u20ac\u20ac\u20ac", "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44",
        "123456789", "1qaz2wsx3edc", "Q1W2E3R4T5Y6"}) {
    EXPECT_THAT(faults(rules, typed), ElementsAre(PasswordFault::common)) << typed;
  }
  for (const std::string_view typed :
       {kGood, std::string_view{"Password and more"}, std::string_view{"p4ssw0rt-x"},
        std::string_view{"1234-abc-98765"}, std::string_view{"passw\u00f6rd"},
        std::string_view{"--------------"}}) {
    EXPECT_THAT(faults(rules, typed), IsEmpty()) << typed;
  }
  rules.common = false;
  EXPECT_THAT(faults(rules, "password"), IsEmpty());
}

TEST(PasswordRules, AskForZxcvbnsScore) {
  Password rules = none();
  const std::string_view weak = "aaaaaaaaaaaaaaaa";
  rules.strength_min = 1;
  EXPECT_EQ(check(rules, weak, kUser).strength, 0);
  EXPECT_THAT(faults(rules, weak), ElementsAre(PasswordFault::too_weak));
  rules.strength_min = 0;
  EXPECT_THAT(faults(rules, weak), IsEmpty());
  rules.strength_min = 4;
  EXPECT_THAT(faults(rules, "vq8Zr-kW2mX-p0Lt7"), IsEmpty());
}

TEST(PasswordRules, AnEstimateKnowsTheUsername) {
  const Password rules = none();
  const std::string_view typed = "zvyrkhbqtw";
  EXPECT_GT(check(rules, typed, "anna").strength, check(rules, typed, "zvyrkhbqtw").strength);
  EXPECT_GT(check(rules, typed, "anna").strength, check(rules, typed, "x.zvyrkhbqtw").strength);
}

TEST(PasswordRules, AnEstimateTakesNoTimeWorthAnAttack) {
  const Password rules = none();
  std::string words;
  while (words.size() < 240) words += "passwordqwerty1234";
  words.resize(256);
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_LE(check(rules, words, std::string(200, 'a')).strength, 4);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{2});
}

TEST(PasswordRules, ATextHasNoControlCharacters) {
  for (const std::string& typed :
       {std::string{"abc\tdef"}, std::string{"abc\ndef"}, std::string{"a\0b", 3},
        std::string{"abc\x7f"}, std::string{"abc\u0085"}, std::string{"abc\u2028"},
        std::string{"\xff\xfe"}, std::string{"\xc0\x80"}, std::string{"\xed\xa0\x80"},
        std::string{"abc\xe2\x82"}}) {
    EXPECT_THAT(faults(Password{}, typed), ElementsAre(PasswordFault::not_text));
  }
}

TEST(CommonPasswords, AreFoundEachInItsPlace) {
  std::size_t count = 0;
  std::size_t length_before = 0;
  for (const CommonPasswords& list : common_passwords()) {
    EXPECT_GT(list.length, length_before);
    length_before = list.length;
    ASSERT_EQ(list.words.size() % list.length, 0U);
    for (std::size_t at = 0; at < list.words.size(); at += list.length) {
      ASSERT_TRUE(is_common(list.words.substr(at, list.length)));
      ++count;
    }
  }
  EXPECT_GT(count, 40'000U);
  for (const std::string_view word :
       {"", "a", "zzzzzzzzzzzzzzzzzzzzzzzzz", "tuulinenmeri", "aaa"}) {
    EXPECT_FALSE(is_common(word)) << word;
  }
}

}  // namespace
}  // namespace countersign::policies
