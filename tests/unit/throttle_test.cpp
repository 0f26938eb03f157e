// SPDX-License-Identifier: Apache-2.0
// No guess is free for long, and none at all comes after the last.
#include "policies/throttle.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <random>

namespace countersign::policies {
namespace {

using namespace std::chrono_literals;

constexpr Time kNow = from_milliseconds(1'800'000'000'000);

constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();
constexpr Lane kLanes[] = {Lane::unfamiliar, Lane::familiar, Lane::unlock, Lane::familiar_unlock};

// What strangers wait after so many failures of theirs.
std::chrono::seconds delay(const Throttle& throttle, std::uint32_t failures) {
  const NotBefore opens =
      not_before_after(throttle, {failures, failures}, {}, Lane::unfamiliar, kNow);
  return std::chrono::duration_cast<std::chrono::seconds>(opens.unfamiliar - kNow);
}

std::optional<Closed> closed_to_strangers(std::uint32_t failures, Time not_before, Time now) {
  return closed({}, {failures, failures}, {.unfamiliar = not_before}, Lane::unfamiliar, now);
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
  EXPECT_EQ(delay({}, kMost), 900s);
  EXPECT_EQ(delay({.delay_first = 0s}, kMost), 900s);
  EXPECT_EQ(delay({.delay_first = 900s, .delay_max = 1s}, kMost), 1s);
  for (const Lane lane : kLanes) {
    for (const Time now : {Time::max(), Time::max() - 1s}) {
      const NotBefore opens = not_before_after({}, {100, 50}, {}, lane, now);
      EXPECT_EQ(is_familiar(lane) ? opens.familiar : opens.unfamiliar, Time::max());
    }
    EXPECT_EQ(charged({kMost, kMost}, lane).all, kMost);
    EXPECT_EQ(charged({kMost, kMost}, lane).unfamiliar, kMost);
    // More strangers' failures than there are at all: no row of ours, and no trap.
    EXPECT_EQ(not_before_after({}, {1, 9}, {}, Lane::familiar, kNow).familiar, kNow);
  }
}

TEST(Throttle, OpensExactlyWhenTheDelayIsOver) {
  EXPECT_FALSE(closed_to_strangers(6, kNow, kNow));
  EXPECT_FALSE(closed_to_strangers(6, kNow, kNow + 1ms));
  EXPECT_TRUE(closed_to_strangers(6, kNow, kNow - 1ms));
}

TEST(Throttle, SaysHowLongRoundedUp) {
  EXPECT_EQ(closed_to_strangers(6, kNow + 1ms, kNow)->retry_after, 1s);
  EXPECT_EQ(closed_to_strangers(6, kNow + 1000ms, kNow)->retry_after, 1s);
  EXPECT_EQ(closed_to_strangers(6, kNow + 1001ms, kNow)->retry_after, 2s);
}

struct Bound {
  Failures failures;
  bool open[4];  // in the order of kLanes
};

// 100 in all; 20 of them for familiar places, and 5 of the others for codes that unlock.
constexpr Bound kBounds[] = {
    {{0, 0}, {true, true, true, true}},
    {{74, 74}, {true, true, true, true}},
    {{75, 75}, {false, true, true, true}},
    {{99, 74}, {true, true, true, true}},
    {{99, 75}, {false, true, true, true}},
    {{79, 79}, {false, true, true, true}},
    {{80, 80}, {false, true, false, true}},
    {{99, 80}, {false, true, false, true}},
    {{100, 0}, {false, false, false, false}},  // the owner's own mistakes
    {{100, 80}, {false, false, false, false}},
    {{101, 0}, {false, false, false, false}},
    {{kMost, kMost}, {false, false, false, false}},
};

TEST(Throttle, KeepsAShareOfTheFailuresThatStrangersCannotUseUp) {
  for (const Bound& bound : kBounds) {
    for (std::size_t lane = 0; lane < std::size(kLanes); ++lane) {
      const auto shut = closed({}, bound.failures, {}, kLanes[lane], kNow);
      EXPECT_EQ(!shut, bound.open[lane])
          << bound.failures.all << " " << bound.failures.unfamiliar << " lane " << lane;
      EXPECT_EQ(shut.value_or(Closed{}).retry_after, 0s);
    }
  }
}

TEST(Throttle, LetsInNoMoreThanItsBoundsHoweverTheLanesMix) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random{seed};
    Failures failures;
    std::uint32_t strangers_codes = 0;
    for (int i = 0; i < 1000; ++i) {
      const Lane lane = kLanes[random() % std::size(kLanes)];
      if (closed({}, failures, {}, lane, kNow)) continue;
      failures = charged(failures, lane);
      if (lane == Lane::unfamiliar) ++strangers_codes;
    }
    EXPECT_LE(strangers_codes, 75U) << seed;
    EXPECT_LE(failures.unfamiliar, 80U) << seed;
    EXPECT_EQ(failures.all, 100U) << seed;
  }
}

TEST(Throttle, OfMistakenSharesLeavesStrangersNothing) {
  const Throttle throttle{.failures_max = 10, .kept_for_familiar = 8, .kept_for_unlock = 8};
  EXPECT_EQ(unfamiliar_max(throttle, Lane::unfamiliar), 0U);
  EXPECT_EQ(unfamiliar_max(throttle, Lane::unlock), 2U);
  EXPECT_EQ(unfamiliar_max(throttle, Lane::familiar), 10U);
}

TEST(Throttle, StrangersDoNotMakeTheOwnerWait) {
  const NotBefore opens = not_before_after({}, {75, 75}, {}, Lane::unfamiliar, kNow);
  EXPECT_EQ(opens.unfamiliar, kNow + 15min);
  EXPECT_EQ(opens.familiar, Time{});
  EXPECT_TRUE(closed({}, {60, 60}, opens, Lane::unfamiliar, kNow));
  EXPECT_FALSE(closed({}, {60, 60}, opens, Lane::familiar, kNow));
}

// 70 failures of strangers make none of the owner's: the first five are free.
TEST(Throttle, TheOwnerWaitsForTheirOwnMistakesAlone) {
  EXPECT_EQ(not_before_after({}, {75, 70}, {}, Lane::familiar, kNow).familiar, kNow);
  EXPECT_EQ(not_before_after({}, {76, 70}, {}, Lane::familiar, kNow).familiar, kNow + 1s);
  const NotBefore strangers{.unfamiliar = kNow + 1h};
  EXPECT_EQ(not_before_after({}, {76, 70}, strangers, Lane::familiar, kNow).unfamiliar, kNow + 1h);
}

TEST(Throttle, CodesThatUnlockAreNotDelayed) {
  const NotBefore both{kNow + 1h, kNow + 1h};
  EXPECT_FALSE(closed({}, {75, 75}, both, Lane::unlock, kNow));
  EXPECT_FALSE(closed({}, {75, 75}, both, Lane::familiar_unlock, kNow));
}

TEST(Throttle, StaysClosedUnderABrokenClock) {
  const auto shut = closed_to_strangers(6, Time::max(), Time::min());
  ASSERT_TRUE(shut);
  EXPECT_GT(shut->retry_after, 0s);
  EXPECT_EQ(closed_to_strangers(6, Time{} - 1h, Time{} - 2h)->retry_after, 1s);
}

}  // namespace
}  // namespace countersign::policies
