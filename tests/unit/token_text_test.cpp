// SPDX-License-Identifier: Apache-2.0
// Bytes and numbers as token files write them.
#include "firmware-interface/files/text.hpp"

#include "tests/support/hex.hpp"

#include <gtest/gtest.h>

namespace countersign::files {
namespace {

std::string hex(const std::optional<SecretBytes>& bytes) {
  return bytes ? test::to_hex(bytes->expose()) : "refused";
}

TEST(TokenText, ReadsHexadecimal) {
  EXPECT_EQ(hex(decode_hex("00ffAbCd")), "00ffabcd");
  EXPECT_EQ(hex(decode_hex("")), "");
  for (const char* text : {"0", "0g", "0x00", "00 00", "-1", "00\n"}) {
    EXPECT_FALSE(decode_hex(text)) << text;
  }
}

TEST(TokenText, ReadsTheBase64OfRfc4648) {
  const char* const rows[][2] = {{"", ""},
                                 {"Zg==", "f"},
                                 {"Zm8=", "fo"},
                                 {"Zm9v", "foo"},
                                 {"Zm9vYg==", "foob"},
                                 {"Zm9vYmE=", "fooba"},
                                 {"Zm9vYmFy", "foobar"}};
  for (const auto& [text, bytes] : rows) {
    EXPECT_EQ(as_text(decode_base64(text)->expose()), bytes) << text;
  }
  EXPECT_EQ(as_text(decode_base64(" Zm9v\n\tYmFy\r\n")->expose()), "foobar");
  EXPECT_EQ(hex(decode_base64("+/+/")), "fbffbf");
}

TEST(TokenText, RefusesWhatIsAlmostBase64) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "Z===", "Zg==Zg==", "=Zg=", "Zm9v-", "Zm9_",
                           "Zm9v====", "===="}) {
    EXPECT_FALSE(decode_base64(text)) << text;
  }
}

TEST(TokenText, ReadsNumbers) {
  EXPECT_EQ(parse_number("0"), 0u);
  EXPECT_EQ(parse_number("18446744073709551615"), ~std::uint64_t{0});
  for (const char* text : {"", "-1", "+1", "1 ", "1.0", "0x1", "18446744073709551616"}) {
    EXPECT_FALSE(parse_number(text)) << text;
  }
}

}  // namespace
}  // namespace countersign::files
