// SPDX-License-Identifier: Apache-2.0
// What counts as the text of a secret, and what does not.
#include "firmware-interface/base32.hpp"

#include "tests/support/failure.hpp"
#include "tests/vectors/rfc4648.hpp"

#include <gtest/gtest.h>
#include <liboath/oath.h>

#include <cctype>
#include <cstdlib>
#include <random>
#include <string>

namespace countersign::base32 {
namespace {

using test::failure;

std::string decoded(std::string_view text) {
  const auto secret = decode(text);
  return secret ? std::string{as_text(secret->expose())} : "refused";
}

std::string encoded(BytesView secret, Padding padding = Padding::none) {
  const auto text = encode(secret, padding);
  return text ? std::string{as_text(text->expose())} : "refused";
}

class Rfc4648Section10 : public testing::TestWithParam<vectors::Base32Row> {};

TEST_P(Rfc4648Section10, Encodes) {
  EXPECT_EQ(encoded(as_bytes(GetParam().bytes), Padding::full), GetParam().text);
}

TEST_P(Rfc4648Section10, Decodes) { EXPECT_EQ(decoded(GetParam().text), GetParam().bytes); }

INSTANTIATE_TEST_SUITE_P(Rows, Rfc4648Section10, testing::ValuesIn(vectors::kRfc4648Rows),
                         [](const auto& row) { return "Row" + std::to_string(row.index); });

TEST(Base32, LeavesPaddingOffUnlessAsked) { EXPECT_EQ(encoded(as_bytes("foobar")), "MZXW6YTBOI"); }

TEST(Base32, ForgivesWhatPeopleDoToASecret) {
  for (const std::string_view text :
       {"MZXW6YTBOI======", "MZXW6YTBOI", "mzxw6ytboi", "MZXW 6YTB OI",
        "  mZxW 6yTb oI == ====", "M Z X W 6 Y T B O I"}) {
    EXPECT_EQ(decoded(text), "foobar") << text;
  }
}

TEST(Base32, IgnoresBitsBehindTheLastWholeByte) {
  EXPECT_EQ(decoded("MZXW6YTBOJ"), "foobar");
  EXPECT_EQ(decoded("MZ"), "f");
}

TEST(Base32, RefusesEverythingElse) {
  const std::string with_nul{"MZXW\0YTB", 8};
  for (const std::string_view text : {std::string_view{"MZXW6YTB0"},
                                      std::string_view{"MZXW1YTB"},
                                      std::string_view{"MZXW8YTB"},
                                      std::string_view{"MZXW-6YTB"},
                                      std::string_view{"MZXW\t6YTB"},
                                      std::string_view{"MZXW6YTB\n"},
                                      std::string_view{"M"},
                                      std::string_view{"MZX"},
                                      std::string_view{"MZXW6Y"},
                                      std::string_view{"MZXW6YTBO"},
                                      std::string_view{"MY====="},
                                      std::string_view{"MY======="},
                                      std::string_view{"MZXW6YTB="},
                                      std::string_view{"MZXW6YTB========"},
                                      std::string_view{"="},
                                      std::string_view{"========"},
                                      std::string_view{"MY======MY======"},
                                      std::string_view{"M=Y"},
                                      std::string_view{with_nul},
                                      std::string_view{"MZXW6YT\xc3\xa9"},
                                      std::string_view{"\xef\xbc\xad\xef\xbc\xb9"}}) {
    EXPECT_EQ(failure(decode(text)), ErrorCode::malformed) << text;
  }
}

TEST(Base32, IsBounded) {
  EXPECT_EQ(encoded(Bytes(kSecretBytesMax)).size(), 820U);
  EXPECT_EQ(failure(encode(Bytes(kSecretBytesMax + 1))), ErrorCode::limit_exceeded);
  EXPECT_EQ(decoded(std::string(820, 'A')).size(), kSecretBytesMax);
  EXPECT_EQ(failure(decode(std::string(824, 'A'))), ErrorCode::limit_exceeded);
  EXPECT_EQ(decoded(std::string(kTextBytesMax, ' ')), "");
  EXPECT_EQ(failure(decode(std::string(kTextBytesMax + 1, ' '))), ErrorCode::limit_exceeded);
}

TEST(Base32, RoundTripsEverySecretUnderEverySpelling) {
  std::mt19937 random{4648};
  for (int i = 0; i < 2'000; ++i) {
    Bytes secret(random() % 200);
    for (std::byte& b : secret) b = static_cast<std::byte>(random());
    std::string text = encoded(secret, i % 2 == 0 ? Padding::none : Padding::full);
    for (char& c : text) {
      if (random() % 2 == 0) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    for (std::size_t spaces = random() % 5; spaces > 0; --spaces) {
      text.insert(random() % (text.size() + 1), " ");
    }
    ASSERT_EQ(decoded(text), as_text(secret)) << text;
  }
}

// Whatever we accept, liboath reads the same way; what it refuses, we refuse. It takes more than we
// do, padding in the middle of a text for one.
TEST(Base32, AgreesWithLiboathOnRandomTexts) {
  ASSERT_EQ(::oath_init(), OATH_OK);
  static constexpr std::string_view kCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abcxyz ==0189-";
  std::mt19937 random{2653};
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 20, ' ');
    const std::size_t characters = i % 4 == 0 ? kCharacters.size() : 39;
    for (char& c : text) c = kCharacters[random() % characters];
    char* bytes = nullptr;
    std::size_t size = 0;
    const int status = ::oath_base32_decode(text.data(), text.size(), &bytes, &size);
    const std::string expected = status == OATH_OK ? std::string{bytes, size} : "refused";
    if (status == OATH_OK) std::free(bytes);
    const std::string ours = decoded(text);
    if (ours == "refused") continue;
    ++accepted;
    ASSERT_EQ(ours, expected) << text;
  }
  EXPECT_GT(accepted, 2'000);
}

}  // namespace
}  // namespace countersign::base32
