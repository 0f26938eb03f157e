// SPDX-License-Identifier: Apache-2.0
// The words: plurals, what is missing or broken, which language somebody reads, and whether every
// language that is there says all that English says.
#include "companion/words/languages.hpp"
#include "tests/support/failure.hpp"
#include "tests/support/process.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace countersign::companion {
namespace {

using countersign::test::failure;
using countersign::test::TemporaryFolder;
using testing::HasSubstr;

constexpr const char* kRest = R"("language.name": "English", "language.direction": "ltr"})";

class Words : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) const {
    std::ofstream{file(name), std::ios::binary} << text;
  }
  [[nodiscard]] std::string file(const std::string& name) const {
    return folder_.path().string() + "/" + name;
  }
  [[nodiscard]] auto load(const std::string& text) const {
    write("en.json", text);
    return Catalogue::load(file("en.json"), "en");
  }

  TemporaryFolder folder_;
};

TEST_F(Words, ValuesStandWhereTheyAreNamed) {
  const auto words = load(R"({"hello": "{who}, hello from {where}. It’s {{who}}"})");
  EXPECT_FALSE(words);  // no pattern: a brace too many
  const auto good = load(R"({"hello": "{who}, hello from {where}"})");
  ASSERT_TRUE(good);
  EXPECT_EQ((**good)("hello", {{"where", "Åbo"}, {"who", "<b>Bob</b>"}}),
            "<b>Bob</b>, hello from Åbo");
  // A value is no pattern.
  EXPECT_EQ((**good)("hello", {{"where", "{who}"}, {"who", "Bob"}}), "Bob, hello from {who}");
  EXPECT_EQ((**good)("hello", {{"where", "Åbo"}}), "{who}, hello from Åbo");
}

TEST_F(Words, NumbersHaveTheirPlurals) {
  const auto words = load(R"({"left": "{n, plural, =0 {none} one {# code} other {# codes}}"})");
  ASSERT_TRUE(words);
  EXPECT_EQ((**words)("left", {{"n", std::int64_t{0}}}), "none");
  EXPECT_EQ((**words)("left", {{"n", std::int64_t{1}}}), "1 code");
  EXPECT_EQ((**words)("left", {{"n", std::int64_t{1200}}}), "1,200 codes");
}

TEST_F(Words, AMissingTextIsItsKey) {
  const auto words = load("{}");
  ASSERT_TRUE(words);
  EXPECT_FALSE((*words)->has("no.such"));
  EXPECT_EQ((**words)("no.such", {{"n", std::int64_t{1}}}), "no.such");
}

TEST_F(Words, ABrokenFileIsRefused) {
  for (const std::string text :
       {"", "{", "[]", R"({"a": 1})", R"({"a": "{n, plural, one {x}}"})", R"({"a": "{n"})"}) {
    EXPECT_EQ(failure(load(text)), ErrorCode::malformed) << text;
  }
  EXPECT_EQ(failure(Catalogue::load(file("none.json"), "en")), ErrorCode::malformed);
  EXPECT_EQ(failure(load(std::string(Catalogue::kFileBytesMax + 1, ' '))), ErrorCode::malformed);
}

TEST_F(Words, ALanguageThatLacksATextIsRefused) {
  write("en.json", std::string{R"({"a": "A", )"} + kRest);
  write("fi.json", std::string{"{"} + kRest);
  EXPECT_EQ(failure(Languages::load(folder_.path().string())), ErrorCode::malformed);
  write("fi.json", std::string{R"({"a": "Aa", )"} + kRest);
  EXPECT_TRUE(Languages::load(folder_.path().string()));
}

TEST_F(Words, WithoutEnglishThereIsNothing) {
  EXPECT_EQ(failure(Languages::load(folder_.path().string())), ErrorCode::malformed);
  write("fi.json", std::string{"{"} + kRest);
  EXPECT_EQ(failure(Languages::load(folder_.path().string())), ErrorCode::malformed);
  EXPECT_EQ(failure(Languages::load(file("none"))), ErrorCode::malformed);
}

TEST_F(Words, TheReaderChooses) {
  for (const char* tag : {"en", "fi", "pt-BR"}) {
    write(std::string{tag} + ".json", std::string{"{"} + kRest);
  }
  const auto languages = Languages::load(folder_.path().string());
  ASSERT_TRUE(languages);
  const auto chosen = [&](std::string_view choice, std::string_view preferred) {
    return languages->choose(choice, preferred).language();
  };
  EXPECT_EQ(chosen("fi", "en"), "fi");
  EXPECT_EQ(chosen("sv", "fi-FI,fi;q=0.9,en;q=0.8"), "fi");
  EXPECT_EQ(chosen("", "sv, FI;q=0.5"), "fi");
  EXPECT_EQ(chosen("", "pt-br"), "pt-BR");
  EXPECT_EQ(chosen("", "pt"), "en");
  EXPECT_EQ(chosen("", ""), "en");
  EXPECT_EQ(chosen("", ",;,,*;q=0"), "en");
  EXPECT_EQ(chosen("../../etc/passwd", "-,--"), "en");
}

TEST_F(Words, MomentsAreThoseOfThePlace) {
  const auto words = load("{}");
  ASSERT_TRUE(words);
  constexpr std::int64_t kLate = 1'772'575'500'000;  // 2026-03-03 22:05 UTC
  EXPECT_EQ((*words)->moment(kLate, Moment::date, "UTC"), "March 3, 2026");
  EXPECT_EQ((*words)->moment(kLate, Moment::date, "Europe/Helsinki"), "March 4, 2026");
  EXPECT_THAT((*words)->moment(kLate, Moment::date_and_time, "Europe/Helsinki"),
              HasSubstr("12:05"));
  EXPECT_EQ((*words)->moment(kLate, Moment::date, "Nowhere/At_all"), "March 3, 2026");
}

// The names of a pattern's values: "{name}", "{name, plural, ...}".
std::set<std::string> values_in(const std::string& pattern) {
  static const std::regex value{R"(\{([a-z_]+)[,}])"};
  std::set<std::string> names;
  for (std::sregex_iterator found{pattern.begin(), pattern.end(), value};
       found != std::sregex_iterator{}; ++found) {
    names.insert((*found)[1]);
  }
  return names;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream stream{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

// "key": "text" of a file as it stands, one a line.
std::map<std::string, std::string> patterns_in(const std::filesystem::path& path) {
  static const std::regex line{R"re("([^"]+)": "((?:[^"\\]|\\.)*)",?)re"};
  const std::string text = text_of(path);
  std::map<std::string, std::string> patterns;
  for (std::sregex_iterator found{text.begin(), text.end(), line}; found != std::sregex_iterator{};
       ++found) {
    EXPECT_TRUE(patterns.emplace((*found)[1], (*found)[2]).second)
        << "twice: " << (*found)[1] << " in " << path;
  }
  return patterns;
}

TEST(OurWords, EveryLanguageSaysAllThatEnglishSaysWithTheSameValues) {
  ASSERT_TRUE(Languages::load(CS_TEXTS));
  const auto english = patterns_in(std::string{CS_TEXTS} + "/en.json");
  ASSERT_GT(english.size(), 100U);
  for (const auto& entry : std::filesystem::directory_iterator{CS_TEXTS}) {
    const auto other = patterns_in(entry.path());
    EXPECT_EQ(other.size(), english.size()) << entry.path() << ": more texts than English has";
    for (const auto& [key, pattern] : english) {
      ASSERT_TRUE(other.contains(key)) << key << " in " << entry.path();
      EXPECT_EQ(values_in(other.at(key)), values_in(pattern)) << key << " in " << entry.path();
    }
  }
}

TEST(OurWords, EveryTextThatAPageNamesIsThere) {
  const auto languages = Languages::load(CS_TEXTS);
  ASSERT_TRUE(languages);
  static const std::regex named{R"(\[\[([^\]]*)\]\])"};
  std::size_t names = 0;
  for (const auto& entry : std::filesystem::directory_iterator{CS_TEMPLATES}) {
    const std::string text = text_of(entry.path());
    for (std::sregex_iterator found{text.begin(), text.end(), named};
         found != std::sregex_iterator{}; ++found, ++names) {
      EXPECT_TRUE(languages->find("en")->has((*found)[1].str()))
          << (*found)[1] << " in " << entry.path();
    }
  }
  EXPECT_GT(names, 50U);
}

TEST(OurWords, EveryTextThatThePagesAskForIsThere) {
  const auto languages = Languages::load(CS_TEXTS);
  ASSERT_TRUE(languages);
  static const std::regex asked{R"re(words(?:\(\))?\(\s*"([^"]+)"\s*[,)])re"};
  std::size_t names = 0;
  for (const char* const folder : {"pages", "door"}) {
    const std::filesystem::directory_iterator sources{std::string{CS_COMPANION} + "/" + folder};
    for (const auto& entry : sources) {
      const std::string text = text_of(entry.path());
      for (std::sregex_iterator found{text.begin(), text.end(), asked};
           found != std::sregex_iterator{}; ++found, ++names) {
        EXPECT_TRUE(languages->find("en")->has((*found)[1].str()))
            << (*found)[1] << " in " << entry.path();
      }
    }
  }
  EXPECT_GT(names, 50U);
}

}  // namespace
}  // namespace countersign::companion
