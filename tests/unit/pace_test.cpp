// SPDX-License-Identifier: Apache-2.0
// When strangers are answered: after whole steps, and at once when the daemon stops.
#include "daemon/service/gate/pace.hpp"

#include "base/error.hpp"
#include "tests/support/world_run.hpp"

#include <gtest/gtest.h>

namespace countersign {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

TEST(Pace, EndsAtTheStepThatFollowsWhateverTookSoLong) {
  EXPECT_EQ(until_step(1ns, 50ms), 50ms - 1ns);
  EXPECT_EQ(until_step(2ms, 50ms), 48ms);
  EXPECT_EQ(until_step(50ms - 1ns, 50ms), 1ns);
  EXPECT_EQ(until_step(50ms, 50ms), 50ms);
  EXPECT_EQ(until_step(120ms, 50ms), 30ms);
}

TEST(Pace, OfNoStepsKeepsNobodyWaiting) { EXPECT_EQ(until_step(2ms, 0ms), 0ms); }

awaitable<Status> keep(Pace& pace, steady_clock::time_point asked, std::chrono::milliseconds step) {
  co_await pace.keep(asked, step);
  co_return Status{};
}

TEST(Pace, LetsNobodyGoBeforeTheirStep) {
  Pace pace;
  const auto asked = steady_clock::now();
  ASSERT_TRUE(test::run(keep(pace, asked, 20ms)));
  EXPECT_GE(steady_clock::now() - asked, 20ms);
}

TEST(Pace, KeepsNobodyWhenItHasStopped) {
  Pace pace;
  pace.stop();
  const auto asked = steady_clock::now();
  ASSERT_TRUE(test::run(keep(pace, asked, 1h)));
  EXPECT_LT(steady_clock::now() - asked, 1h);
}

}  // namespace
}  // namespace countersign
