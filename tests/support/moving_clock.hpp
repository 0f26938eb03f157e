// SPDX-License-Identifier: Apache-2.0
// A wall clock for programs under test that goes on by itself and can be put forward.
#pragma once

#include "tests/support/daemon_clock.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

namespace countersign::test {

class MovingClock {
 public:
  MovingClock() : clock_{now()}, ticking_{[this] { tick(); }} {}
  MovingClock(const MovingClock&) = delete;
  MovingClock& operator=(const MovingClock&) = delete;
  ~MovingClock() {
    ending_ = true;
    ticking_.join();
  }

  // At once: whoever asks after this sees it.
  void skip(std::chrono::seconds time) {
    ahead_ += time.count();
    clock_.set(now() + ahead_);
  }
  [[nodiscard]] std::vector<std::string> prefix() const { return clock_.prefix(); }

 private:
  static std::int64_t now() { return std::time(nullptr); }
  void tick() {
    while (!ending_) {
      clock_.set(now() + ahead_);
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
  }

  DaemonClock clock_;
  std::atomic<std::int64_t> ahead_ = 0;
  std::atomic<bool> ending_ = false;
  std::thread ticking_;
};

}  // namespace countersign::test
