// SPDX-License-Identifier: Apache-2.0
// What systemd is told: ready, alive, reloading, stopping. Silent when systemd did not start us.
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <chrono>

namespace countersign::app {

class Supervision {
 public:
  explicit Supervision(Executor executor) : timer_{executor} {}

  // Says READY=1 and begins to feed the watchdog, at half its interval, from the event loop: a loop
  // that no longer turns is restarted.
  void ready();
  void reloading();
  void reloaded();
  // Ends the feeding, so that the loop can come to its end.
  void stopping();

 private:
  using Timer = boost::asio::basic_waitable_timer<
      std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;
  void feed();

  Timer timer_;
  std::chrono::microseconds interval_{0};
  bool stopping_ = false;
};

}  // namespace countersign::app
