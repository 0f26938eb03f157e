// SPDX-License-Identifier: Apache-2.0
// RFC 4648 section 10, and the neighbours of what is accepted.
#include "firmware-interface/base64.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace countersign::base64 {
namespace {

constexpr std::pair<const char*, const char*> kVectors[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xfb\xff\xfe", "+//+"},
};

TEST(Base64, ReadsAndWritesTheVectorsOfRfc4648) {
  for (const auto& [plain, text] : kVectors) {
    EXPECT_EQ(as_text(encode(as_bytes(plain)).expose()), text);
    const auto decoded = decode(text);
    ASSERT_TRUE(decoded) << text;
    EXPECT_EQ(as_text(decoded->expose()), plain);
  }
}

TEST(Base64, RefusesEveryOtherSpelling) {
  for (const char* bad : {"Zg", "Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=", "Zm9v\n", "Zm 9v",
                          "-__-", "Zg==Zg==", "=Zg=", "Zm9vYg==="}) {
    EXPECT_FALSE(decode(bad)) << bad;
  }
}

}  // namespace
}  // namespace countersign::base64
