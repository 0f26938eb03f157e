// SPDX-License-Identifier: Apache-2.0
// The lines at the top of a mail, and what cannot be smuggled into them.
#include "courier/mail/mail.hpp"

#include <gtest/gtest.h>

namespace countersign::courier {
namespace {

TEST(CourierMail, ShortAsciiStaysAsItIs) { EXPECT_EQ(header_text("Your code"), "Your code"); }

TEST(CourierMail, OtherTextsBecomeEncodedWords) {
  EXPECT_EQ(header_text("Älä"), "=?UTF-8?B?w4Rsw6Q=?=");
  // What reads as an encoded word without being one.
  EXPECT_EQ(header_text("=?x"), "=?UTF-8?B?PT94?=");
}

TEST(CourierMail, LongTextsAreFoldedBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "€";
  const std::string folded = header_text(text);
  std::size_t begin = 0;
  std::size_t lines = 0;
  while (begin < folded.size()) {
    const std::size_t end = std::min(folded.find("\r\n ", begin), folded.size());
    EXPECT_LE(end - begin, 75U);
    // 45 bytes are fifteen euro signs, which base64 encodes without padding.
    EXPECT_EQ(folded.substr(begin, 14), "=?UTF-8?B?4oKs");
    begin = end + 3;
    ++lines;
  }
  EXPECT_EQ(lines, 3U);
}

TEST(CourierMail, NoTextEndsItsLine) {
  for (const char* text : {"a\r\nBcc: b", "a\nb", "a\rb", "a\tb"}) {
    const std::string made = header_text(text);
    EXPECT_EQ(made.find_first_of("\r\n\t"), std::string::npos) << text;
  }
}

TEST(CourierMail, NamesAreQuoted) {
  EXPECT_EQ(mailbox("", "codes@example.com"), "codes@example.com");
  EXPECT_EQ(mailbox("Example, Inc.", "codes@example.com"), "\"Example, Inc.\" <codes@example.com>");
  EXPECT_EQ(mailbox("a\" <x@y>, \\", "codes@example.com"),
            "\"a\\\" <x@y>, \\\\\" <codes@example.com>");
  EXPECT_EQ(mailbox("Yhtiö", "codes@example.com"), "=?UTF-8?B?WWh0acO2?= <codes@example.com>");
}

TEST(CourierMail, AnAddressIsOneOrNone) {
  for (const char* good :
       {"a@b", "first.last+tag@example.co.uk", "o'brien@example.com", "a@xn--bcher-kva.example"}) {
    EXPECT_TRUE(is_plain_address(good)) << good;
  }
  for (const char* bad : {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b, c@d", "a@b>", "<a@b>",
                          "a@b\r\nc", "a@b\n", "\"a\"@b", "a@[127.0.0.1]", "a\\@b", "a@b(c)"}) {
    EXPECT_FALSE(is_plain_address(bad)) << bad;
  }
}

TEST(CourierMail, TheDateIsInUtcAndEnglish) {
  EXPECT_EQ(mail_date(from_milliseconds(1'795'348'268'999)), "Sun, 22 Nov 2026 11:51:08 +0000");
  EXPECT_EQ(mail_date(from_milliseconds(951'782'400'000)), "Tue, 29 Feb 2000 00:00:00 +0000");
}

TEST(CourierMail, TheIdIsTheMessagesOwn) {
  Outgoing message;
  message.id = MessageId{17};
  message.expires_at = from_milliseconds(5);
  EXPECT_EQ(mail_id(message, "codes@example.com"), "<17.5@example.com>");
}

TEST(CourierMail, LinesEndAsInMail) {
  EXPECT_EQ(with_crlf("a\nb\r\nc\rd"), "a\r\nb\r\nc\r\nd");
  EXPECT_EQ(with_crlf("\r\r\n\n"), "\r\n\r\n\r\n");
}

}  // namespace
}  // namespace countersign::courier
