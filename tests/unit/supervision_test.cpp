// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/supervision.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdlib>

namespace countersign::app {
namespace {

using namespace std::chrono_literals;

using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr auto kEndsWithin = 2s;

class Supervised : public testing::Test {
 protected:
  // An interval of nothing: the watchdog wants to be fed at every turn of the loop.
  Supervised() { ::setenv("WATCHDOG_USEC", "1", 1); }
  ~Supervised() override { ::unsetenv("WATCHDOG_USEC"); }

  boost::asio::io_context loop{1};
  Supervision supervision{loop.get_executor()};
};

TEST_F(Supervised, FeedsTheWatchdogForAsLongAsTheLoopTurns) {
  supervision.ready();
  loop.run_for(20ms);
  EXPECT_FALSE(loop.stopped());
}

// Both timers have expired before the loop looks, so the watchdog's handler is queued behind the
// one that ends it.
TEST_F(Supervised, LetsTheLoopEndAlthoughTheWatchdogIsDue) {
  Timer earlier{loop.get_executor()};
  earlier.expires_after(-1s);
  auto stop = [this](const boost::system::error_code&) { supervision.stopping(); };
  earlier.async_wait(stop);
  supervision.ready();
  loop.run_for(kEndsWithin);
  EXPECT_TRUE(loop.stopped());
}

}  // namespace
}  // namespace countersign::app
