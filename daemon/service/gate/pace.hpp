// SPDX-License-Identifier: Apache-2.0
// When strangers are answered: at whole steps of time since they asked, so that a stopwatch sees
// how many steps it was, and not what was done meanwhile.
//
// Names that nobody bears are treated as others are, and yet not to the microsecond: a person has
// rows to be read and checked, a letter and its place in the journal. All of that is over before
// the first step ends, unless the daemon has too much to do.
#pragma once

#include "async/alarm.hpp"

#include <chrono>

namespace countersign {

// From now until the next step begins; nothing where there are no steps.
[[nodiscard]] std::chrono::steady_clock::duration until_step(
    std::chrono::steady_clock::duration since_asked, std::chrono::milliseconds step);

class Pace {
 public:
  // REQUIRES: the loop's thread; outlives the wait.
  awaitable<void> keep(std::chrono::steady_clock::time_point asked, std::chrono::milliseconds step);

  // Whoever waits is answered at once, and so is everybody after them.
  void stop();

 private:
  Alarm end_;
  bool stopped_ = false;
};

}  // namespace countersign
