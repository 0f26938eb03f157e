// SPDX-License-Identifier: Apache-2.0
// What the pages of factors compute by themselves: what a YubiKey typed, QR codes, names of
// countries, which card a factor belongs to, where a hand-over leads.
#include "companion/pages/card.hpp"
#include "companion/pages/portal.hpp"
#include "companion/pages/scan_page.hpp"
#include "companion/pages/typed_otp.hpp"
#include "companion/view/qr.hpp"
#include "companion/words/countries.hpp"

#include <gmock/gmock.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::companion {
namespace {

using Form = TypedOtp::Form;
using testing::ElementsAre;

const std::string kOtp = "cccccckdvvulbdefghijklnrtuvcbdefghijklnrtuvc";
const std::string kNext = "cccccckdvvulvutrnlkjihgfedbcvutrnlkjihgfedbc";

void expect_otp(const std::string& typed, const std::string& otp = kOtp) {
  const TypedOtp read = read_typed_otp(typed);
  EXPECT_EQ(read.form, Form::otp) << typed;
  EXPECT_EQ(read.text, otp) << typed;
}

TEST(TypedOtp, IsTakenAsItIs) {
  expect_otp(kOtp);
  EXPECT_EQ(read_typed_otp(kOtp).public_id(), "cccccckdvvul");
}

TEST(TypedOtp, WithoutAPublicIdItIsWhole) {
  const std::string secret = kOtp.substr(12);
  expect_otp(secret, secret);
  EXPECT_EQ(read_typed_otp(secret).public_id(), "");
}

TEST(TypedOtp, WhatStandsAroundItIsLeftOut) {
  expect_otp("  " + kOtp + "\r\n");
  expect_otp(kOtp.substr(0, 12) + " \t" + kOtp.substr(12));
  expect_otp("\xEF\xBB\xBF" + kOtp + "\xC2\xA0");
  expect_otp("https://my.yubico.com/yk/#" + kOtp);
  expect_otp("https://my.yubico.com/neo/" + kOtp);
  expect_otp("https://my.yubi.co/yk/#" + kOtp);
}

TEST(TypedOtp, CapsLockDoesNoHarm) {
  std::string upper = kOtp;
  for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
  expect_otp(upper);
}

// As those keyboards would type the sixteen letters.
TEST(TypedOtp, IsRebuiltFromOtherLayouts) {
  constexpr std::string_view kModhex = "cbdefghijklnrtuv";
  const std::array<std::array<std::string_view, 16>, 6> layouts{{
      {"j", "x", "e", ".", "u", "i", "d", "c", "h", "t", "n", "b", "p", "y", "g", "k"},
      {"с", "и", "в", "у", "а", "п", "р", "ш", "о", "л", "д", "т", "к", "е", "г", "м"},
      {"С", "И", "В", "У", "А", "П", "Р", "Ш", "О", "Л", "Д", "Т", "К", "Е", "Г", "М"},
      {"c", "b", "d", "e", "f", "g", "h", "ı", "j", "k", "l", "n", "r", "t", "u", "v"},
      {"C", "B", "D", "E", "F", "G", "H", "İ", "J", "K", "L", "N", "R", "T", "U", "V"},
      {"ψ", "β", "δ", "ε", "φ", "γ", "η", "ι", "ξ", "κ", "λ", "ν", "ρ", "τ", "θ", "ω"},
  }};
  for (const auto& layout : layouts) {
    std::string typed;
    for (const char letter : kOtp) typed += layout.at(kModhex.find(letter));
    expect_otp(typed);
  }
}

TEST(TypedOtp, OfTwoTapsTheFirstCounts) {
  expect_otp(kOtp + kNext);
  expect_otp(kOtp + "\n" + kNext + "\n");
  expect_otp(kOtp + kNext.substr(0, 7));
  expect_otp(kOtp + kNext + kOtp);
}

TEST(TypedOtp, EachOtherInputIsWhatItIs) {
  EXPECT_EQ(read_typed_otp("").form, Form::nothing);
  EXPECT_EQ(read_typed_otp(" \n").form, Form::nothing);
  EXPECT_EQ(read_typed_otp("12345").form, Form::foreign);
  EXPECT_EQ(read_typed_otp("123456").form, Form::digits);
  EXPECT_EQ(read_typed_otp("12345678").form, Form::digits);
  EXPECT_EQ(read_typed_otp("123456789").form, Form::foreign);
  EXPECT_EQ(read_typed_otp("ubhe12345678123456").form, Form::digits);
  EXPECT_EQ(read_typed_otp(kOtp.substr(0, 31)).form, Form::partial);
  EXPECT_EQ(read_typed_otp(kOtp.substr(0, 43)).form, Form::partial);
  EXPECT_EQ(read_typed_otp(kOtp + std::string(44, 'v')).form, Form::partial);
  EXPECT_EQ(read_typed_otp("a password").form, Form::foreign);
  EXPECT_EQ(read_typed_otp("\xff\xfe").form, Form::foreign);
}

TEST(QrCode, HasAQuietZoneAndOddSides) {
  const auto code = make_qr_code("otpauth://totp/Example:bob?secret=JBSWY3DPEHPK3PXP");
  ASSERT_TRUE(code);
  EXPECT_EQ((code->size - 17 - 2 * kQuietZone) % 4, 0);
  // The finder pattern in the corner: seven dark modules in a row.
  EXPECT_THAT(code->path, testing::StartsWith("M4 4h7v1h-7z"));
  EXPECT_FALSE(make_qr_code(std::string(4000, 'a')));
}

TEST(OtpauthLink, IsEscapedAndNothingElse) {
  EXPECT_EQ(link_of("otpauth://totp/A%20B:bob?secret=ABC&issuer=A%20B"),
            "otpauth://totp/A%20B:bob?secret=ABC&amp;issuer=A%20B");
  EXPECT_EQ(link_of("javascript:alert(1)"), "");
  EXPECT_EQ(link_of("otpauth://totp/x\" onclick=\"y"), "");
  EXPECT_EQ(link_of("otpauth://totp/x?secret=<b>"), "");
}

TEST(Countries, AreNamedAndSortedAsReadersExpect) {
  constexpr std::array<std::string_view, 4> kCodes{"SE", "AX", "FI", "DE"};
  const auto codes_in = [&kCodes](const std::string& language) {
    std::vector<std::string> names;
    for (const Country& country : countries_in(language, kCodes)) names.push_back(country.name);
    return names;
  };
  EXPECT_THAT(codes_in("en"), ElementsAre("Åland Islands", "Finland", "Germany", "Sweden"));
  // In Swedish Å comes after Z.
  EXPECT_THAT(codes_in("sv"), ElementsAre("Finland", "Sverige", "Tyskland", "Åland"));
}

TEST(Countries, AreGuessedFromLanguages) {
  EXPECT_EQ(likely_country("en-GB,en;q=0.9"), "GB");
  EXPECT_EQ(likely_country("fi"), "FI");
  EXPECT_EQ(likely_country("*"), "");
  EXPECT_EQ(likely_country(""), "");
  EXPECT_EQ(likely_country("\"><script>"), "");
}

v1::Factor app(const std::string& label) {
  v1::Factor factor;
  factor.set_kind(v1::TOTP);
  factor.set_label(label);
  return factor;
}

TEST(Card, IsKnownByTheAppInTheLabel) {
  EXPECT_EQ(card_of(app("Okta Verify"))->id, "okta");
  EXPECT_EQ(card_of(app("Google Authenticator – my phone"))->id, "google");
  EXPECT_EQ(card_of(app("Okta Verifying"))->id, "authenticator");
  EXPECT_EQ(card_of(app(""))->id, "authenticator");
  v1::Factor password;
  password.set_kind(v1::PASSWORD);
  EXPECT_EQ(card_of(password), nullptr);
}

TEST(Card, KeepsItsAppWhenAFactorIsRenamed) {
  const Card& okta = *find_card("okta");
  for (const std::string nickname : {"", "my phone", "– –"}) {
    const v1::Factor renamed = app(label_of(okta, nickname));
    EXPECT_EQ(card_of(renamed), &okta);
    EXPECT_EQ(nickname_of(renamed), nickname);
  }
}

TEST(Portal, HasAnOriginOfTheWebOrNone) {
  EXPECT_EQ(origin_of("https://portal.example.com/in?x=1"), "https://portal.example.com");
  EXPECT_EQ(origin_of("http://localhost:8080"), "http://localhost:8080");
  EXPECT_EQ(origin_of("javascript:alert(1)"), "");
  EXPECT_EQ(origin_of("https://"), "");
  EXPECT_EQ(origin_of("https://a;script-src *"), "");
  EXPECT_EQ(origin_of("https://a\r\nSet-Cookie: b/"), "");
}

}  // namespace
}  // namespace countersign::companion
