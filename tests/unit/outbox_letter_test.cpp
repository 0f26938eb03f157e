// SPDX-License-Identifier: Apache-2.0
// What is sealed of a message, byte by byte, and what is no letter.
#include "daemon/outbox/letter.hpp"

#include "tests/support/failure.hpp"
#include "tests/support/hex.hpp"

#include <gmock/gmock.h>

namespace countersign::outbox {
namespace {

Letter letter() {
  Letter letter;
  letter.destination = {FactorKind::sms, "+358401234567"};
  letter.kind = MessageKind::transaction;
  letter.realm = "staff";
  letter.language = "fi";
  letter.values = {{"transaction", "EUR 1,250.00 to Ääkköset Oy"}, {"lifetime_minutes", "5"}};
  return letter;
}

Bytes bytes_of(const Letter& letter) {
  const auto written = write(letter);
  EXPECT_TRUE(written);
  return {written->expose().begin(), written->expose().end()};
}

TEST(Letter, IsReadAsItWasWritten) {
  const auto read = read_letter(bytes_of(letter()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->destination.channel, FactorKind::sms);
  EXPECT_EQ(read->destination.text, "+358401234567");
  EXPECT_EQ(read->kind, MessageKind::transaction);
  EXPECT_EQ(read->realm, "staff");
  EXPECT_EQ(read->language, "fi");
  ASSERT_EQ(read->values.size(), 2U);
  EXPECT_EQ(read->values[0].name, "transaction");
  EXPECT_EQ(read->values[0].value, "EUR 1,250.00 to Ääkköset Oy");
  EXPECT_EQ(read->values[1].value, "5");
}

TEST(Letter, HasTheBytesThatItsHeaderSays) {
  Letter one;
  one.destination = {FactorKind::email, "a@b.example"};
  one.kind = MessageKind::test;
  one.realm = "default";
  EXPECT_EQ(bytes_of(one), test::from_hex("01"
                                          "06"
                                          "1e"
                                          "000b6140622e6578616d706c65"
                                          "000764656661756c74"
                                          "0000"
                                          "00"));
}

TEST(Letter, CutOffOrLongerIsNone) {
  Bytes bytes = bytes_of(letter());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(test::failure(read_letter(BytesView{bytes}.first(size))), ErrorCode::malformed);
  }
  bytes.push_back(std::byte{0});
  EXPECT_EQ(test::failure(read_letter(bytes)), ErrorCode::malformed);
}

TEST(Letter, OfAnotherVersionIsNone) {
  Bytes bytes = bytes_of(letter());
  bytes[0] = std::byte{2};
  EXPECT_EQ(test::failure(read_letter(bytes)), ErrorCode::malformed);
}

TEST(Letter, HasPlaceForATransactionOf200Characters) {
  Letter one = letter();
  one.values[0].value.clear();
  for (int i = 0; i < 200; ++i) one.values[0].value += "\U0001f4b6";
  EXPECT_TRUE(read_letter(bytes_of(one)));
}

TEST(Letter, IsBounded) {
  Letter one = letter();
  one.destination = {FactorKind::email, std::string(240, 'a') + "@b.example"};
  one.values[0].value = std::string(Letter::kValueBytesMax, 'x');
  EXPECT_TRUE(write(one));
  one.values.push_back({"b", std::string(Letter::kBytesMax / 4, 'x')});
  EXPECT_EQ(test::failure(write(one)), ErrorCode::limit_exceeded);
}

struct Wrong {
  const char* name;
  void (*make)(Letter&);
};

class WrongLetter : public testing::TestWithParam<Wrong> {};

TEST_P(WrongLetter, IsNotWritten) {
  Letter one = letter();
  GetParam().make(one);
  EXPECT_EQ(test::failure(write(one)), ErrorCode::malformed);
}

INSTANTIATE_TEST_SUITE_P(
    Neighbours, WrongLetter,
    testing::Values(
        Wrong{"Channel", [](Letter& one) { one.destination.channel = FactorKind::totp; }},
        Wrong{"ChannelOfText", [](Letter& one) { one.destination.channel = FactorKind::email; }},
        Wrong{"NoPlus", [](Letter& one) { one.destination.text = "358401234567"; }},
        Wrong{"PhoneTooLong", [](Letter& one) { one.destination.text += "8901"; }},
        Wrong{"PhoneWithSpace", [](Letter& one) { one.destination.text[4] = ' '; }},
        Wrong{"PhoneOfZero", [](Letter& one) { one.destination.text[1] = '0'; }},
        Wrong{"NoDestination", [](Letter& one) { one.destination.text.clear(); }},
        Wrong{"AddressWithLineFeed",
              [](Letter& one) {
                one.destination = {FactorKind::email, "a@b.example\nBcc: c@d.example"};
              }},
        Wrong{"AddressTooLong",
              [](Letter& one) {
                one.destination = {FactorKind::email, std::string(250, 'a') + "@b.example"};
              }},
        Wrong{"AddressWithoutName",
              [](Letter& one) {
                one.destination = {FactorKind::email, "@b.example"};
              }},
        Wrong{"Kind", [](Letter& one) { one.kind = static_cast<MessageKind>(7); }},
        Wrong{"Realm", [](Letter& one) { one.realm = "Staff"; }},
        Wrong{"NoRealm", [](Letter& one) { one.realm.clear(); }},
        Wrong{"Language", [](Letter& one) { one.language = "../fi"; }},
        Wrong{"LanguageTooLong", [](Letter& one) { one.language = std::string(36, 'a'); }},
        Wrong{"ValueWithControl", [](Letter& one) { one.values[0].value = "a\tb"; }},
        Wrong{"ValueWithC1", [](Letter& one) { one.values[0].value = "a\xc2\x85"; }},
        Wrong{"ValueWithLineSeparator", [](Letter& one) { one.values[0].value = "\u2028"; }},
        Wrong{"ValueOverlong", [](Letter& one) { one.values[0].value = "\xc0\xaf"; }},
        Wrong{"ValueOverlongOfThree", [](Letter& one) { one.values[0].value = "\xe0\x80\xaf"; }},
        Wrong{"ValueSurrogate", [](Letter& one) { one.values[0].value = "\xed\xa0\x80"; }},
        Wrong{"ValueBeyondUnicode", [](Letter& one) { one.values[0].value = "\xf4\x90\x80\x80"; }},
        Wrong{"ValueCutOff", [](Letter& one) { one.values[0].value = "\xc3"; }},
        Wrong{"ValueTooLong", [](Letter& one) { one.values[0].value = std::string(801, 'a'); }},
        Wrong{"ValueWithoutName", [](Letter& one) { one.values[0].name.clear(); }},
        Wrong{"NameInCapitals", [](Letter& one) { one.values[0].name = "Code"; }},
        Wrong{"NameTooLong", [](Letter& one) { one.values[0].name = std::string(33, 'a'); }},
        Wrong{"TooManyValues",
              [](Letter& one) {
                one.values.assign(9, {"a", "b"});
              }}),
    [](const auto& wrong) { return std::string{wrong.param.name}; });

}  // namespace
}  // namespace countersign::outbox
