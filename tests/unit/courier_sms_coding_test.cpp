// SPDX-License-Identifier: Apache-2.0
// Which alphabet a text takes, and how many messages. The limits are those of 3GPP TS 23.038 and
// 23.040: 160 septets or 70 words alone, 153 or 67 in a segment.
#include "courier/words/sms_coding.hpp"

#include "tests/support/failure.hpp"

#include <gtest/gtest.h>

#include <string>

namespace countersign::courier {
namespace {

using test::failure;

struct Vector {
  const char* name;
  std::string text;
  SmsAlphabet alphabet;
  std::size_t units;
  std::size_t segments;
};

std::string times(std::size_t count, const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

class Shape : public testing::TestWithParam<Vector> {};

TEST_P(Shape, IsAsTheStandardCounts) {
  const Vector& vector = GetParam();
  const auto shape = shape_of(vector.text);
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->alphabet, vector.alphabet);
  EXPECT_EQ(shape->units, vector.units);
  EXPECT_EQ(shape->segments, vector.segments);
}

constexpr auto kGsm7 = SmsAlphabet::gsm7;
constexpr auto kUcs2 = SmsAlphabet::ucs2;

INSTANTIATE_TEST_SUITE_P(
    Texts, Shape,
    testing::Values(
        Vector{"Empty", "", kGsm7, 0, 0}, Vector{"Digits", "123456", kGsm7, 6, 1},
        Vector{"DefaultAlphabet",
               "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMN"
               "OPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
               kGsm7, 127, 1},
        Vector{"ExtensionTable", "\f^{}\\[~]|€", kGsm7, 20, 1},
        Vector{"GsmFull", times(160, "a"), kGsm7, 160, 1},
        Vector{"GsmOneMore", times(161, "a"), kGsm7, 161, 2},
        Vector{"GsmTwoFull", times(306, "a"), kGsm7, 306, 2},
        Vector{"GsmThree", times(307, "a"), kGsm7, 307, 3},
        Vector{"EscapesFillOne", times(80, "€"), kGsm7, 160, 1},
        // 153 is odd: each segment ends one septet early rather than between escape and letter.
        Vector{"EscapesAreNotCut", times(153, "€"), kGsm7, 306, 3},
        Vector{"EscapeAtTheSeam", times(152, "a") + "€" + times(152, "a"), kGsm7, 306, 3},
        // Small c with cedilla is not in the alphabet, though its capital is.
        Vector{"CedillaCapital", "Ç", kGsm7, 1, 1}, Vector{"CedillaSmall", "ç", kUcs2, 1, 1},
        Vector{"Backtick", "`", kUcs2, 1, 1}, Vector{"Tab", "\t", kUcs2, 1, 1},
        Vector{"Escape", "\x1b", kUcs2, 1, 1}, Vector{"Apostrophe", "don’t", kUcs2, 5, 1},
        Vector{"UcsFull", times(70, "й"), kUcs2, 70, 1},
        Vector{"UcsOneMore", times(71, "й"), kUcs2, 71, 2},
        Vector{"UcsTwoFull", times(134, "й"), kUcs2, 134, 2},
        Vector{"UcsThree", times(135, "й"), kUcs2, 135, 3},
        Vector{"SurrogatesFillOne", times(35, "😀"), kUcs2, 70, 1},
        // 67 is odd, too.
        Vector{"SurrogatesAreNotCut", times(67, "😀"), kUcs2, 134, 3},
        Vector{"OneLetterMakesAllUcs2", times(70, "a") + "й", kUcs2, 71, 2}),
    [](const auto& vector) { return vector.param.name; });

TEST(SmsShape, RefusesWhatIsNotUtf8) {
  for (const char* text : {"\xff", "a\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                           "\xe2\x82", "\x80", "\xe0\x80\xaf"}) {
    EXPECT_EQ(failure(shape_of(text)), ErrorCode::malformed);
  }
}

}  // namespace
}  // namespace countersign::courier
