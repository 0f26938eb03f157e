// SPDX-License-Identifier: Apache-2.0
// Letters for bytes and back; nothing that is not quite modhex.
#include "firmware-interface/modhex.hpp"

#include "tests/support/hex.hpp"

#include <gtest/gtest.h>

namespace countersign::modhex {
namespace {

TEST(Modhex, IsHexadecimalInOtherLetters) {
  EXPECT_EQ(encode(test::from_hex("0123456789abcdef")), kAlphabet);
  EXPECT_EQ(encode(test::from_hex("8792ebfe26cc")), "jikdunvudhrr");
  EXPECT_EQ(test::to_hex(*decode("jikdunvudhrr")), "8792ebfe26cc");
  EXPECT_EQ(encode({}), "");
  EXPECT_TRUE(decode("")->empty());
}

TEST(Modhex, GivesEveryByteBack) {
  Bytes all;
  for (unsigned i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));
  EXPECT_EQ(decode(encode(all)), all);
}

TEST(Modhex, RefusesEverythingElse) {
  using namespace std::string_view_literals;
  for (const std::string_view text :
       {"c"sv, "ccc"sv, "ca"sv, "cC"sv, "00"sv, "c "sv, "cc\n"sv, "c\0"sv, "c\xc3"sv}) {
    EXPECT_FALSE(decode(text)) << text;
  }
}

}  // namespace
}  // namespace countersign::modhex
