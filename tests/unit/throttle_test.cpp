// SPDX-License-Identifier: Apache-2.0
// No guess is free for long, and none at all comes after the last.
#include "policies/throttle.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace countersign::policies {
namespace {

using namespace std::chrono_literals;

constexpr Time kNow = from_milliseconds(1'800'000'000'000);

std::chrono::seconds delay(const Throttle& throttle, std::uint32_t failures) {
  return std::chrono::duration_cast<std::chrono::seconds>(
      not_before_after(throttle, failures, kNow) - kNow);
}

TEST(Throttle, CostsNothingForTheFreeFailures) {
  for (std::uint32_t failures = 0; failures <= 5; ++failures) {
    EXPECT_EQ(delay({}, failures), 0s) << failures;
  }
}

TEST(Throttle, DoublesFromTheFirstDelayToTheLast) {
  EXPECT_EQ(delay({}, 6), 1s);
  EXPECT_EQ(delay({}, 7), 2s);
  EXPECT_EQ(delay({}, 8), 4s);
  EXPECT_EQ(delay({}, 15), 512s);
  EXPECT_EQ(delay({}, 16), 900s);
  EXPECT_EQ(delay({}, 100), 900s);
}

TEST(Throttle, DelaysAtOnceWhereNothingIsFree) {
  const Throttle throttle{.failures_free = 0, .delay_first = 10s, .delay_max = 40s};
  EXPECT_EQ(delay(throttle, 0), 0s);
  EXPECT_EQ(delay(throttle, 1), 10s);
  EXPECT_EQ(delay(throttle, 2), 20s);
  EXPECT_EQ(delay(throttle, 3), 40s);
  EXPECT_EQ(delay(throttle, 4), 40s);
}

TEST(Throttle, NeverShortensWithMoreFailures) {
  for (const auto first : {1s, 7s, 900s}) {
    const Throttle throttle{.delay_first = first};
    std::chrono::seconds before{0};
    for (std::uint32_t failures = 0; failures < 300; ++failures) {
      ASSERT_GE(delay(throttle, failures), before);
      before = delay(throttle, failures);
    }
  }
}

TEST(Throttle, NeverOverflows) {
  static constexpr auto kFailuresMax = std::numeric_limits<std::uint32_t>::max();
  EXPECT_EQ(delay({}, kFailuresMax), 900s);
  EXPECT_EQ(delay({.delay_first = 0s}, kFailuresMax), 900s);
  EXPECT_EQ(delay({.delay_first = 900s, .delay_max = 1s}, kFailuresMax), 1s);
  EXPECT_EQ(not_before_after({}, 50, Time::max()), Time::max());
  EXPECT_EQ(not_before_after({}, 50, Time::max() - 1s), Time::max());
}

TEST(Throttle, OpensExactlyWhenTheDelayIsOver) {
  EXPECT_FALSE(closed({}, 6, kNow, kNow));
  EXPECT_FALSE(closed({}, 6, kNow, kNow + 1ms));
  EXPECT_TRUE(closed({}, 6, kNow, kNow - 1ms));
}

TEST(Throttle, SaysHowLongRoundedUp) {
  EXPECT_EQ(closed({}, 6, kNow + 1ms, kNow)->retry_after, 1s);
  EXPECT_EQ(closed({}, 6, kNow + 1000ms, kNow)->retry_after, 1s);
  EXPECT_EQ(closed({}, 6, kNow + 1001ms, kNow)->retry_after, 2s);
}

TEST(Throttle, ClosesForGoodAtTheLastFailure) {
  EXPECT_FALSE(closed({}, 99, {}, kNow));
  for (const std::uint32_t failures : {100U, 101U, std::numeric_limits<std::uint32_t>::max()}) {
    const auto shut = closed({}, failures, kNow + 1h, kNow);
    ASSERT_TRUE(shut);
    EXPECT_EQ(shut->retry_after, 0s);
  }
}

TEST(Throttle, StaysClosedUnderABrokenClock) {
  const auto shut = closed({}, 6, Time::max(), Time::min());
  ASSERT_TRUE(shut);
  EXPECT_GT(shut->retry_after, 0s);
  EXPECT_EQ(closed({}, 6, Time{} - 1h, Time{} - 2h)->retry_after, 1s);
}

}  // namespace
}  // namespace countersign::policies
