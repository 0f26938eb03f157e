// SPDX-License-Identifier: Apache-2.0
// A wait that ends after a while, or as soon as somebody rings.
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <chrono>
#include <list>

namespace countersign {

class Alarm {
 public:
  // Waits until ring() is called, `limit` at most. A ring that came before is missed: look for what
  // it would have told, and wait with no other await in between.
  //
  // REQUIRES: the loop's thread; the Alarm outlives the wait.
  awaitable<void> wait(std::chrono::steady_clock::duration limit);

  // Ends every wait that has begun.
  void ring();

 private:
  using Timer = boost::asio::basic_waitable_timer<
      std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;
  std::list<Timer> waiting_;
};

}  // namespace countersign
