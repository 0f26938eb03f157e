// SPDX-License-Identifier: Apache-2.0
// However a name is spelt, the daemon knows it under one name, or not at all.
#include "daemon/model/names.hpp"

#include "tests/support/failure.hpp"

#include <gtest/gtest.h>
#include <utf8proc.h>

#include <array>
#include <random>
#include <string>
#include <vector>

namespace countersign {
namespace {

using test::failure;

constexpr int kSpellings = 10'000;
constexpr utf8proc_int32_t kCodePointLast = 0x10ffff;

std::string canonical(std::string_view typed) {
  const auto name = Username::from(typed);
  return name ? name->text() : "refused";
}

std::string utf8(utf8proc_int32_t point) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto size = ::utf8proc_encode_char(point, bytes.data());
  return {reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size)};
}

TEST(Realm, IsDefaultWhenNobodyNamesOne) { EXPECT_EQ(Realm::from("")->text(), "default"); }

TEST(Realm, TakesLowerCaseLettersDigitsAndHyphens) {
  for (const std::string& text : {std::string{"shop"}, std::string{"a-9"}, std::string{"0"},
                                  std::string(Realm::kBytesMax, 'z')}) {
    EXPECT_EQ(Realm::from(text)->text(), text);
  }
  for (const std::string& text :
       {std::string{"Shop"}, std::string{"a b"}, std::string{"a_b"}, std::string{"a.b"},
        std::string{"a/b"}, std::string{" "}, std::string{"a\0", 2}, std::string{"\xc3\xa9"},
        std::string(Realm::kBytesMax + 1, 'z')}) {
    EXPECT_EQ(failure(Realm::from(text)), ErrorCode::malformed) << text;
  }
}

struct Spelling {
  const char* what;
  std::string_view typed;
  std::string_view canonical;
};

class UsernameSpelling : public testing::TestWithParam<Spelling> {};

TEST_P(UsernameSpelling, HasOneCanonicalForm) {
  EXPECT_EQ(canonical(GetParam().typed), GetParam().canonical);
}

TEST_P(UsernameSpelling, IsCanonicalWhenSeenAgain) {
  EXPECT_EQ(canonical(GetParam().canonical), GetParam().canonical);
}

INSTANTIATE_TEST_SUITE_P(
    Unicode, UsernameSpelling,
    testing::Values(Spelling{"Plain", "alice", "alice"}, Spelling{"UpperCase", "ALICE", "alice"},
                    Spelling{"FullWidth", "\uff21\uff4c\uff49\uff43\uff45", "alice"},
                    Spelling{"FullWidthDigits", "\uff11\uff12", "12"},
                    Spelling{"MathematicalBold", "\U0001d400lice", "alice"},
                    Spelling{"Circled", "\u24d0lice", "alice"},
                    Spelling{"Ligature", "\ufb01ona", "fiona"},
                    Spelling{"LongS", "\u017fam", "sam"}, Spelling{"Kelvin", "\u212aim", "kim"},
                    Spelling{"SharpS", "stra\u00dfe", "strasse"},
                    Spelling{"CapitalSharpS", "STRA\u1e9eE", "strasse"},
                    Spelling{"Composed", "zo\u00eb", "zo\u00eb"},
                    Spelling{"Decomposed", "zoe\u0308", "zo\u00eb"},
                    Spelling{"MarksInOneOrder", "q\u0323\u0307", "q\u0323\u0307"},
                    Spelling{"MarksInTheOther", "q\u0307\u0323", "q\u0323\u0307"},
                    Spelling{"FinalSigma", "\u03bf\u03b4\u03cc\u03c2", "\u03bf\u03b4\u03cc\u03c3"},
                    Spelling{"CapitalSigma", "\u039f\u0394\u038c\u03a3",
                             "\u03bf\u03b4\u03cc\u03c3"},
                    Spelling{"DotlessI", "\u0131van", "\u0131van"},
                    Spelling{"DottedCapitalI", "\u0130van", "i\u0307van"},
                    Spelling{"Ypogegrammeni", "\u1f80", "\u1f00\u03b9"},
                    Spelling{"HangulSyllable", "\u1112\u1161\u11ab", "\ud55c"},
                    Spelling{"Angstrom", "\u212b", "\u00e5"},
                    Spelling{"AsciiSpacesAround", "  alice ", "alice"},
                    Spelling{"WideSpacesAround", "\u3000\u00a0alice\u2003\u1680", "alice"},
                    Spelling{"SpaceInside", "alice\u00a0liddell", "alice liddell"},
                    Spelling{"SpacingDiaeresisInFront", "\u00a8alice", "\u0308alice"},
                    Spelling{"Emoji", "\U0001f600", "\U0001f600"},
                    Spelling{"Address", "A@B.Example", "a@b.example"}),
    [](const auto& spelling) { return spelling.param.what; });

TEST(Username, RefusesWhatNobodyCanSeeOrType) {
  for (const std::string_view typed : {std::string_view{""},
                                       std::string_view{" "},
                                       std::string_view{"\u3000\u00a0"},
                                       std::string_view{"a\0b", 3},
                                       std::string_view{"\0", 1},
                                       std::string_view{"a\nb"},
                                       std::string_view{"a\tb"},
                                       std::string_view{"a\x1b[2J"},
                                       std::string_view{"a\x7f"},
                                       std::string_view{"a\u0085"},
                                       std::string_view{"a\u2028"},
                                       std::string_view{"a\u2029"},
                                       std::string_view{"a\u00ad"},
                                       std::string_view{"a\u200b"},
                                       std::string_view{"a\u200c"},
                                       std::string_view{"a\u200d"},
                                       std::string_view{"a\u2060"},
                                       std::string_view{"\ufeffa"},
                                       std::string_view{"a\ufe0f"},
                                       std::string_view{"a\u034f"},
                                       std::string_view{"a\u115f"},
                                       std::string_view{"a\u3164"},
                                       std::string_view{"a\uffa0"},
                                       std::string_view{"a\u180e"},
                                       std::string_view{"a\U000e0041"},
                                       std::string_view{"a\u202e"},
                                       std::string_view{"a\u2066"},
                                       std::string_view{"a\u200f"},
                                       std::string_view{"a\u061c"},
                                       std::string_view{"a\u0378"},
                                       std::string_view{"a\ufffe"},
                                       std::string_view{"a\U0010ffff"}}) {
    EXPECT_EQ(failure(Username::from(typed)), ErrorCode::malformed)
        << testing::PrintToString(typed);
  }
}

TEST(Username, RefusesBytesThatAreNotUtf8) {
  for (const std::string_view typed :
       {"\xff", "a\x80", "a\xc3", "\xc0\xaf", "\xc1\xa1", "\xe0\x80\xaf", "\xf0\x80\x80\xaf",
        "\xed\xa0\x80", "\xed\xa0\xbd\xed\xb8\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf8\x88\x80\x80\x80", "\xe2\x82", "alice\xe2\x28\xa1"}) {
    EXPECT_EQ(failure(Username::from(typed)), ErrorCode::malformed)
        << testing::PrintToString(typed);
  }
}

TEST(Username, IsBoundedInWhatIsTypedAndWhatIsKept) {
  EXPECT_TRUE(Username::from(std::string(Username::kBytesMax, 'a')));
  EXPECT_EQ(failure(Username::from(std::string(Username::kBytesMax + 1, 'a'))),
            ErrorCode::limit_exceeded);
  std::string wide;
  for (std::size_t i = 0; i < Username::kBytesMax; ++i) wide += "\U0001d400";
  EXPECT_EQ(canonical(wide), std::string(Username::kBytesMax, 'a'));
  EXPECT_EQ(failure(Username::from(wide + "a")), ErrorCode::limit_exceeded);
  // One code point that comes to eighteen.
  std::string growing;
  for (int i = 0; i < 300; ++i) growing += "\ufdfa";
  EXPECT_EQ(failure(Username::from(growing)), ErrorCode::limit_exceeded);
}

// Every code point there is, alone and between letters: a canonical name is a fixed point, and is
// made of nothing that would have been refused.
TEST(Username, IsAFixedPointForEveryCodePoint) {
  for (utf8proc_int32_t point = 0; point <= kCodePointLast; ++point) {
    const std::string typed = "a" + utf8(point) + "b";
    const auto name = Username::from(typed);
    if (!name) continue;
    ASSERT_EQ(canonical(name->text()), name->text()) << std::hex << point;
  }
}

TEST(Username, IsAFixedPointForRandomSequences) {
  std::mt19937 random{1991};
  // Where normalisation has something to do: Latin, Greek, Hebrew, Arabic, Hangul, compatibility.
  static constexpr std::array<std::pair<int, int>, 9> kBlocks{{{0x20, 0x7e},
                                                               {0xa0, 0x24f},
                                                               {0x300, 0x3ff},
                                                               {0x590, 0x6ff},
                                                               {0x900, 0xd7f},
                                                               {0x1100, 0x11ff},
                                                               {0x1e00, 0x1fff},
                                                               {0xf900, 0xffef},
                                                               {0x1d400, 0x1d7ff}}};
  int accepted = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string typed;
    for (std::size_t points = 1 + random() % 6; points > 0; --points) {
      const auto [first, last] = kBlocks[random() % kBlocks.size()];
      typed += utf8(first + static_cast<int>(random() % static_cast<unsigned>(last - first + 1)));
    }
    const auto name = Username::from(typed);
    if (!name) continue;
    ++accepted;
    ASSERT_EQ(canonical(name->text()), name->text()) << testing::PrintToString(typed);
  }
  EXPECT_GT(accepted, 5'000);
}

// The ways in which one person could write one letter.
struct Letter {
  std::vector<std::string> spellings;
};

std::vector<Letter> letters_of(std::string_view word) {
  std::vector<Letter> letters;
  for (const char c : word) {
    const int index = c - 'a';
    letters.push_back(
        {{std::string{c}, std::string{static_cast<char>('A' + index)}, utf8(0xff21 + index),
          utf8(0xff41 + index), utf8(0x24b6 + index), utf8(0x24d0 + index), utf8(0x1d400 + index),
          utf8(0x1d41a + index), utf8(0x1d5a0 + index), utf8(0x1d670 + index)}});
  }
  return letters;
}

TEST(Username, TenThousandSpellingsAreOnePerson) {
  std::vector<Letter> name = letters_of("zo");
  name.push_back({{"\u00eb", "e\u0308", "E\u0308", "\u00cb", "\uff45\u0308"}});
  name.push_back({{"."}});
  for (Letter& letter : letters_of("gro")) name.push_back(std::move(letter));
  name.push_back({{"\u00df", "ss", "SS", "\u1e9e", "\u017fs", "\uff33\u017f"}});
  name.push_back({{"fi", "\ufb01", "FI", "\uff26\uff29"}});
  name.push_back({{"\u03c3", "\u03c2", "\u03a3"}});
  const std::array<std::string, 5> spaces{"", " ", "\u00a0", "\u3000", " \u2003 "};

  std::mt19937 random{10'000};
  for (int i = 0; i < kSpellings; ++i) {
    std::string typed = spaces[random() % spaces.size()];
    for (const Letter& letter : name) typed += letter.spellings[random() % letter.spellings.size()];
    typed += spaces[random() % spaces.size()];
    ASSERT_EQ(canonical(typed), "zo\u00eb.grossfi\u03c3") << typed;
  }
}

TEST(Label, KeepsWhatItsOwnerWrote) {
  for (const std::string_view text : {"", "My phone", " spaced ", "\u0130\ufb01\uff21",
                                      "\U0001f3f3\ufe0f\u200d\U0001f308", "\u03c2"}) {
    const auto label = Label::from(text);
    ASSERT_TRUE(label) << text;
    EXPECT_EQ(label->text(), text);
  }
}

TEST(Label, IsComposed) { EXPECT_EQ(Label::from("e\u0301")->text(), "\u00e9"); }

TEST(Label, CountsCodePointsAndNotBytes) {
  std::string text;
  for (std::size_t i = 0; i < Label::kCodePointsMax; ++i) text += "\U0001f600";
  EXPECT_TRUE(Label::from(text));
  EXPECT_EQ(failure(Label::from(text + "x")), ErrorCode::limit_exceeded);
  EXPECT_EQ(failure(Label::from(std::string(2'000, 'x'))), ErrorCode::limit_exceeded);
}

TEST(Label, RefusesControlCharacters) {
  for (const std::string_view text :
       {std::string_view{"a\nb"}, std::string_view{"a\0", 2}, std::string_view{"\x1b[2J"},
        std::string_view{"a\u0085"}, std::string_view{"a\u2028"}, std::string_view{"a\u202e"},
        std::string_view{"a\u2066"}, std::string_view{"\xed\xa0\x80"}, std::string_view{"\xc3"}}) {
    EXPECT_EQ(failure(Label::from(text)), ErrorCode::malformed) << testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace countersign
