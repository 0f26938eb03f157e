// SPDX-License-Identifier: Apache-2.0
// When a provider is given messages, with a clock that is a variable.
#include "courier/engine/health.hpp"

#include <gtest/gtest.h>

namespace countersign::courier {
namespace {

using namespace std::chrono_literals;

constexpr Instant kStart{1h};

// Fails it until it is down.
Health broken(Instant now) {
  Health health;
  for (unsigned i = 0; i < Health::kFailuresMax; ++i) {
    health.begin(now);
    health.failed(now);
  }
  return health;
}

TEST(CourierHealth, WorksUntilItIsKnownNotTo) {
  Health health;
  EXPECT_EQ(health.condition(kStart), Condition::works);
  EXPECT_TRUE(health.may_begin(kStart));
  EXPECT_EQ(health.percent(), 100U);
}

TEST(CourierHealth, IsDownAfterFailuresInARowAndNotOneEarlier) {
  Health health;
  for (unsigned i = 1; i < Health::kFailuresMax; ++i) {
    health.failed(kStart);
    ASSERT_EQ(health.condition(kStart), Condition::works);
  }
  health.failed(kStart);
  EXPECT_EQ(health.condition(kStart), Condition::down);
  EXPECT_FALSE(health.may_begin(kStart));
}

TEST(CourierHealth, ASuccessInBetweenStartsTheRowAnew) {
  Health health;
  for (int i = 0; i < 4; ++i) {
    health.failed(kStart);
    health.sent();
  }
  EXPECT_EQ(health.condition(kStart), Condition::works);
}

TEST(CourierHealth, IsDownWhenMostOfTheLastFailedThoughNeverInARow) {
  Health health;
  for (int i = 0; i < 3; ++i) {
    health.sent();
    health.failed(kStart);
    health.failed(kStart);
  }
  ASSERT_EQ(health.condition(kStart), Condition::works);  // nine are too few to tell
  health.sent();
  health.failed(kStart);
  EXPECT_EQ(health.condition(kStart), Condition::down);
}

TEST(CourierHealth, ASuspectIsGivenOneMessageAtATime) {
  Health health = broken(kStart);
  const Instant later = kStart + Health::kPauseMin;
  EXPECT_FALSE(health.may_begin(later - 1ns));
  EXPECT_EQ(health.condition(later), Condition::suspect);
  ASSERT_TRUE(health.may_begin(later));
  health.begin(later);
  EXPECT_FALSE(health.may_begin(later));
  health.sent();
  EXPECT_EQ(health.condition(later), Condition::works);
  EXPECT_TRUE(health.may_begin(later));
}

TEST(CourierHealth, EachFailedProbeDoublesThePauseUpToTheLimit) {
  Health health = broken(kStart);
  Instant now = kStart;
  for (auto pause = Health::kPauseMin; pause < 3 * Health::kPauseMax; pause *= 2) {
    const auto expected = std::min(pause, Health::kPauseMax);
    EXPECT_EQ(health.retry_at() - now, expected);
    now = health.retry_at();
    health.begin(now);
    health.failed(now);
  }
}

TEST(CourierHealth, WhatHadBegunBeforeItWasDownMakesThePauseNoLonger) {
  Health health = broken(kStart);
  const Instant retry_at = health.retry_at();
  for (int i = 0; i < 10; ++i) health.failed(kStart + 500ms);
  EXPECT_EQ(health.retry_at(), retry_at);
}

TEST(CourierHealth, OneThatCameBackIsNotDownForItsPast) {
  Health health = broken(kStart);
  for (int i = 0; i < 20; ++i) health.failed(kStart);
  const Instant later = kStart + Health::kPauseMin;
  health.begin(later);
  health.sent();
  health.failed(later);
  EXPECT_EQ(health.condition(later), Condition::works);
  // The next pause is short again.
  health.failed(later);
  health.failed(later);
  EXPECT_EQ(health.retry_at() - later, Health::kPauseMin);
}

TEST(CourierHealth, WhatTheDestinationIsToBlameForIsNoFailure) {
  Health health;
  for (int i = 0; i < 100; ++i) health.refused();
  EXPECT_EQ(health.condition(kStart), Condition::works);
  EXPECT_EQ(health.percent(), 0U);
}

TEST(CourierHealth, ThePercentageIsOfTheLastTwenty) {
  Health health;
  for (int i = 0; i < 100; ++i) health.refused();
  for (int i = 0; i < 5; ++i) health.sent();
  EXPECT_EQ(health.percent(), 25U);
}

}  // namespace
}  // namespace countersign::courier
