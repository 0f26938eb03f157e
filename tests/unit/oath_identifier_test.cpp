// SPDX-License-Identifier: Apache-2.0
// Codes with a token's identifier in front, and their nearest neighbours.
#include "firmware-interface/oath_identifier.hpp"

#include <gtest/gtest.h>

namespace countersign {
namespace {

using namespace std::string_view_literals;

TEST(IdentifiedOath, IsSplit) {
  for (const std::string_view identifier : {"ubhe00123456"sv, "ubnnccccccbc"sv, "000000000000"sv}) {
    for (const std::string_view digits : {"755224"sv, "84755224"sv}) {
      const auto oath = parse_identified_oath(std::string{identifier}.append(digits));
      ASSERT_TRUE(oath) << identifier << digits;
      EXPECT_EQ(oath->identifier, identifier);
      EXPECT_EQ(oath->digits, digits);
    }
  }
}

TEST(IdentifiedOath, IsLowerCase) {
  EXPECT_EQ(parse_identified_oath("UBHE00123456755224")->identifier, "ubhe00123456");
  EXPECT_EQ(canonical_oath_identifier("UbHe00123456"), "ubhe00123456");
}

TEST(IdentifiedOath, IsNothingElse) {
  for (const std::string_view typed :
       {""sv, "755224"sv, "84755224"sv, "ubhe00123456"sv, "ubhe0012345675522"sv,
        "ubhe001234567552241"sv, "ubhe00123456755224123"sv, "ubhe0012345675522a"sv,
        "ub-e00123456755224"sv, "ubhe00123456 55224"sv,
        "ubhe\0"
        "0123456755224"sv}) {
    EXPECT_FALSE(parse_identified_oath(typed)) << typed;
  }
  EXPECT_FALSE(canonical_oath_identifier("ubhe0012345"));
  EXPECT_FALSE(canonical_oath_identifier("ubhe001234567"));
}

}  // namespace
}  // namespace countersign
