// SPDX-License-Identifier: Apache-2.0
// Time limits on waiting for a peer, without a timer for each wait.
//
// A busy connection sets and lifts a limit thousands of times a second. So a limit is a number in a
// list, and one timer looks through the list four times a second, while there is anybody in it.
// What expires is late by up to kTick.
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <chrono>
#include <functional>
#include <list>
#include <memory>

namespace countersign::net {

using SteadyTime = std::chrono::steady_clock::time_point;

inline constexpr std::chrono::milliseconds kTick{250};

class Sweep : public std::enable_shared_from_this<Sweep> {
 public:
  explicit Sweep(Executor executor) : timer_{executor} {}

  [[nodiscard]] static SteadyTime now() { return std::chrono::steady_clock::now(); }

 private:
  friend class Watch;
  struct Entry {
    SteadyTime limit;
    std::function<void()> expired;
  };
  using Place = std::list<Entry>::iterator;

  Place add(std::function<void()> expired);
  void remove(Place place);
  void wait_for_tick();
  void tick();

  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>, Executor>
      timer_;
  std::list<Entry> entries_;
  bool ticking_ = false;
};

// One place in the list.
class Watch {
 public:
  // Calls `expired`, on the loop's thread, when a limit is passed; the limit is lifted before that.
  // `expired` may set another, and must not destroy a Watch.
  Watch(std::shared_ptr<Sweep> sweep, std::function<void()> expired)
      : sweep_{std::move(sweep)}, place_{sweep_->add(std::move(expired))} {}
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() { sweep_->remove(place_); }

  void until(SteadyTime limit) { place_->limit = limit; }
  void within(std::chrono::milliseconds limit) { until(Sweep::now() + limit); }
  void lift() { until(SteadyTime::max()); }

 private:
  std::shared_ptr<Sweep> sweep_;
  Sweep::Place place_;
};

}  // namespace countersign::net
