// SPDX-License-Identifier: Apache-2.0
// Slots that the real ykpersonalize has programmed, taken in by their values.
#include "tests/integration/yubikey_suite.hpp"

namespace countersign::test {
namespace {

TEST_F(YubikeyDesk, TakesInTheYubicoOtpsThatYkpersonalizeProgrammed) {
  create("old-hand");
  ASSERT_EQ(keys.run({"ykpersonalize", "-y", "-1", "-ofixed=vvcbdefghijk", "-ouid=a1a2a3a4a5a6",
                      "-a000102030405060708090a0b0c0d0e0f"})
                .status,
            0);
  const Words words{"enrol", "old-hand", "--values-file", "-"};
  const std::string values = "vvcbdefghijk,a1a2a3a4a5a6,000102030405060708090a0b0c0d0e0f";
  Desk wrong{*appliance, keys, words};
  wrong.type("vvcbdefghijk,a1a2a3a4a5a6,000102030405060708090a0b0c0d0e00");
  for (int i = 0; i < 3; ++i) wrong.type(keys.touch(1));
  EXPECT_EQ(wrong.ends(), kRefused) << wrong.said();
  EXPECT_EQ(states("old-hand"), std::vector{REVOKED});

  Desk desk{*appliance, keys, words};
  desk.type(values);
  ASSERT_TRUE(desk.asks("Touch the key:")) << desk.said();
  desk.type(keys.touch(1));
  ASSERT_EQ(desk.ends(), kDone) << desk.said();
  EXPECT_TRUE(opens("old-hand", keys.touch(1)));
}

TEST_F(YubikeyDesk, TakesInWhatYkpersonalizeProgrammed) {
  create("veteran");
  const std::string secret = "0123456789abcdef0123456789abcdef01234567";
  ASSERT_EQ(
      keys.run({"ykpersonalize", "-y", "-2", "-ooath-hotp", "-oappend-cr", "-a" + secret}).status,
      0);
  Desk desk{*appliance, keys, {"enrol", "veteran", "--kind", "hotp", "--values-file", "-"}};
  desk.type(secret);
  ASSERT_TRUE(desk.asks("Touch the key:")) << desk.said();
  desk.type(keys.touch(2));
  ASSERT_EQ(desk.ends(), kDone) << desk.said();
  EXPECT_TRUE(opens("veteran", keys.touch(2)));
}

TEST_F(YubikeyDesk, WrongValuesEnrolNothing) {
  create("typo");
  Desk malformed{*appliance, keys, {"enrol", "typo", "--kind", "hotp", "--values-file", "-"}};
  malformed.type("0123456789abcdef");
  EXPECT_EQ(malformed.ends(), kRefused);
  EXPECT_TRUE(states("typo").empty());

  Desk other{*appliance, keys, {"enrol", "typo", "--kind", "hotp", "--values-file", "-"}};
  other.type("0123456789abcdef0123456789abcdef01234567");
  for (int i = 0; i < 3; ++i) other.type("123456");
  EXPECT_EQ(other.ends(), kRefused);
  EXPECT_EQ(states("typo"), std::vector{REVOKED});
}

}  // namespace
}  // namespace countersign::test
