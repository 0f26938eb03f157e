// SPDX-License-Identifier: Apache-2.0
// Which ways to prove oneself are on offer, which may be the only one, and what they are worth.
#include "policies/assurance.hpp"
#include "policies/describe.hpp"
#include "policies/stock_questions.hpp"
#include "tests/unit/policy_file.hpp"

#include <gmock/gmock.h>

#include <set>

namespace countersign::policies {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr KindNumber kTotp = 1;
constexpr KindNumber kHotp = 2;
constexpr KindNumber kYubicoOtp = 3;
constexpr KindNumber kChalresp = 4;
constexpr KindNumber kSms = 5;
constexpr KindNumber kEmail = 6;
constexpr KindNumber kQuestion = 8;
constexpr KindNumber kResetQuestion = 9;
constexpr KindNumber kRecoveryCodes = 10;
constexpr KindNumber kTemporaryCode = 11;
constexpr KindNumber kDevice = 12;

struct Expected {
  FactorRuleOf which;
  bool offer;
  bool sole;
  int level;
};

TEST(PolicyFactors, DefaultsAreWhatIsAdvised) {
  using enum FactorRuleOf;
  const Factors factors = defaults().factors;
  for (const Expected& expected : {Expected{totp, true, true, 2},
                                   {hotp, true, true, 2},
                                   {yubico_otp, true, true, 2},
                                   {chalresp, true, true, 2},
                                   {sms, true, true, 2},
                                   {email, true, true, 1},
                                   {question, false, false, 1},
                                   {recovery_codes, true, false, 2},
                                   {temporary_code, true, false, 2},
                                   {device, false, false, 2}}) {
    const FactorRule& rule = factors.of(expected.which);
    const auto name = kFactorRuleNames[static_cast<std::size_t>(expected.which)];
    EXPECT_EQ(rule.offer, expected.offer) << name;
    EXPECT_EQ(rule.sole, expected.sole) << name;
    EXPECT_EQ(rule.level, expected.level) << name;
  }
}

TEST(PolicyFactors, WhatAFileLeavesOutStays) {
  const Factors factors =
      good("[factors.totp]\nlevel = 1\n[factors.device]\noffer = true\n").factors;
  EXPECT_EQ(factors.of(FactorRuleOf::totp).level, 1);
  EXPECT_TRUE(factors.of(FactorRuleOf::totp).sole);
  EXPECT_TRUE(factors.of(FactorRuleOf::device).offer);
  EXPECT_FALSE(factors.of(FactorRuleOf::device).sole);
}

TEST(PolicyFactors, MistakesHaveAPlace) {
  const Mistake mistake = bad("[factors.totp]\noffer = true\nlevel = 3\n");
  EXPECT_EQ(mistake.message, "[factors.totp] level must be a whole number from 1 to 2");
  EXPECT_EQ(mistake.line, 3U);
  EXPECT_EQ(bad("[factors.password]\n").message, "unknown key \"password\" in [factors]");
  EXPECT_EQ(bad("[factors.totp]\nofer = true\n").message, "unknown key \"ofer\" in [factors.totp]");
  EXPECT_EQ(bad("[factors]\ntotp = true\n").message,
            "[factors] totp must be a table, [factors.totp]");
  EXPECT_EQ(bad("factors = 1").message, "factors must be a table, [factors]");
}

TEST(PolicyFactors, AQuestionNeverRaisesTheLevel) {
  EXPECT_THAT(bad("[factors.question]\nlevel = 2\n").message, HasSubstr("from 1 to 1"));
  EXPECT_TRUE(good("[factors.question]\noffer = true\nsole = true\n")
                  .factors.of(FactorRuleOf::question)
                  .sole);
}

TEST(PolicyFactors, WhatRunsOutIsNeverTheOnlyOne) {
  for (const char* kind : {"recovery_codes", "temporary_code", "device"}) {
    EXPECT_THAT(bad(line("factors." + std::string{kind}, "sole", "true")).message,
                HasSubstr("sole must be false"));
  }
}

TEST(PolicyFactors, SmsNeedsAnAlternativeOnOffer) {
  const std::string nothing_else =
      "[factors]\ntotp.offer = false\nhotp.offer = false\n"
      "yubico_otp.offer = false\nchalresp.offer = false\n";
  const Mistake mistake = bad(nothing_else + "sms.sole = true\n");
  EXPECT_THAT(mistake.message, HasSubstr("[factors] sms must not be on offer unless"));
  EXPECT_EQ(mistake.line, 6U);
  good(nothing_else + "sms.offer = false\n");
  for (const char* kind : {"totp", "hotp", "yubico_otp", "chalresp"}) {
    std::string text = nothing_else;
    const std::string off = std::string{"\n"} + kind + ".offer = false";
    text.replace(text.find(off), off.size(), std::string{"\n"} + kind + ".offer = true");
    good(text);
  }
}

TEST(PolicyFactors, OneMustBeOnOfferThatMayBeTheOnlyOne) {
  const std::string none =
      "[factors]\ntotp.sole = false\nhotp.sole = false\nyubico_otp.sole = false\n"
      "chalresp.sole = false\nsms.sole = false\n";
  EXPECT_THAT(bad(none + "email.sole = false\n").message, HasSubstr("must put one kind on offer"));
  good(none);
  good(none + "email.sole = false\nquestion = {offer = true, sole = true}\n");
}

TEST(PolicyFactors, WhatIsNotOnOfferIsSetUpByNobodyForThemselves) {
  for (KindNumber kind = 1; kind <= kDevice; ++kind) {
    const auto which = rule_of(kind);
    if (!which) continue;
    Factors factors = defaults().factors;
    factors.rules[static_cast<std::size_t>(*which)].offer = true;
    EXPECT_TRUE(may_set_up(factors, Role::enroll, kind)) << +kind;
    EXPECT_TRUE(may_set_up(factors, Role::admin, kind)) << +kind;
    factors.rules[static_cast<std::size_t>(*which)].offer = false;
    EXPECT_FALSE(may_set_up(factors, Role::enroll, kind)) << +kind;
    // Nobody has a temporary code but from somebody who issues it.
    EXPECT_EQ(may_set_up(factors, Role::admin, kind), kind != kTemporaryCode) << +kind;
    EXPECT_EQ(may_set_up(factors, Role::provision, kind), kind != kTemporaryCode) << +kind;
  }
  EXPECT_TRUE(may_set_up(Factors{}, Role::enroll, kPasswordKind));
  EXPECT_TRUE(may_set_up(Factors{}, Role::enroll, kResetQuestion));
}

TEST(Assurance, ContactsAndUnknownKindsProveNothing) {
  for (const int kind : {0, 9, 13, 14, 15, 16, 17, 255}) {
    const auto number = static_cast<KindNumber>(kind);
    EXPECT_FALSE(rule_of(number)) << kind;
    EXPECT_FALSE(may_be_sole(defaults().factors, number)) << kind;
    EXPECT_EQ(level_of(defaults().factors, number), 0) << kind;
  }
}

struct Proof {
  std::vector<KindNumber> kinds;
  int level;
};

TEST(Assurance, APasswordAndASecondFactorAreLevelTwo) {
  for (const Proof& proof : {Proof{{}, 0},
                             {{kTotp, kTotp}, 1},
                             {{kTotp, kSms}, 1},
                             {{kPasswordKind, kTotp}, 2},
                             {{kTotp, kPasswordKind}, 2},
                             {{kPasswordKind, kYubicoOtp}, 2},
                             {{kPasswordKind, kEmail}, 1},
                             {{kPasswordKind, kQuestion}, 1},
                             {{kQuestion, kTotp}, 1},
                             {{kPasswordKind, kResetQuestion}, 1},
                             {{kPasswordKind, kRecoveryCodes}, 2},
                             {{kPasswordKind, kDevice}, 2}}) {
    EXPECT_EQ(level_of(defaults().factors, proof.kinds), proof.level)
        << testing::PrintToString(proof.kinds);
  }
}

TEST(Assurance, LevelsAreThePolicys) {
  const Factors factors = good("[factors]\nsms.level = 1\nemail.level = 2\n").factors;
  EXPECT_EQ(level_of(factors, std::array{kPasswordKind, kSms}), 1);
  EXPECT_EQ(level_of(factors, std::array{kPasswordKind, kEmail}), 2);
  EXPECT_EQ(level_of(factors, kSms), 1);
  EXPECT_EQ(level_of(factors, kTotp), 2);
  EXPECT_EQ(level_of(factors, kPasswordKind), 1);
}

TEST(Assurance, SmsAloneIsRestricted) {
  for (std::size_t i = 0; i < kFactorRules; ++i) {
    const auto which = static_cast<FactorRuleOf>(i);
    EXPECT_EQ(is_restricted(which), which == FactorRuleOf::sms) << kFactorRuleNames[i];
  }
}

// Answers are stored with these numbers.
TEST(StockQuestions, HaveNumbersThatNeverChange) {
  ASSERT_EQ(stock_questions().size(), 19U);
  std::set<std::string_view> texts;
  for (std::size_t i = 0; i < stock_questions().size(); ++i) {
    const StockQuestionText& question = stock_questions()[i];
    EXPECT_EQ(question.id, i + 1);
    EXPECT_EQ(stock_question(question.id), question.text);
    EXPECT_TRUE(question.text.ends_with('?')) << question.text;
    texts.insert(question.text);
  }
  EXPECT_EQ(texts.size(), 19U);
  EXPECT_EQ(stock_question(0), "");
  EXPECT_EQ(stock_question(20), "");
  EXPECT_THAT(stock_question(1), HasSubstr("food"));
  EXPECT_THAT(stock_question(13), HasSubstr("become"));
  EXPECT_THAT(stock_question(19), HasSubstr("athlete"));
}

}  // namespace
}  // namespace countersign::policies
