// SPDX-License-Identifier: Apache-2.0
// How many there were within the last so long, for numbers too large to remember each of them.
//
// Time is cut into slices, and what falls into one counts until the slice's end is as long ago as
// the window is long. So whoever stays below a budget by this count stays below it in every window
// of that length, wherever it begins; and has to wait up to a sixtieth of it longer than need be.
#pragma once

#include "base/clock.hpp"

#include <array>
#include <chrono>
#include <cstdint>

namespace countersign::outbox {

// When something was, as far as is known now.
struct When {
  Time at{};
  Time now{};
};

class SlidingCount {
 public:
  static constexpr std::int64_t kSlices = 60;  // in a window

  explicit SlidingCount(std::chrono::milliseconds window) : width_{window / kSlices} {}

  // In any order. ENSURES: nothing counts for less than a window, even if the clock steps back by
  // as much as that.
  void add(When when);
  // Takes back what was added, as long as its slice is known.
  void remove(Time at);

  [[nodiscard]] std::uint64_t count(Time now) const;
  // How long until fewer than `budget` count; zero when it is so now.
  [[nodiscard]] std::chrono::milliseconds until_below(std::uint64_t budget, Time now) const;

 private:
  struct Slice {
    std::int64_t number = -1;  // since 1970
    std::uint64_t count = 0;
  };

  [[nodiscard]] std::int64_t number_of(Time at) const;
  [[nodiscard]] Time end_of_counting(const Slice& slice) const;
  [[nodiscard]] Slice& slice_of(std::int64_t number);

  std::chrono::milliseconds width_;
  std::array<Slice, 2 * kSlices + 1> slices_{};  // of two windows: the clock may step back
};

}  // namespace countersign::outbox
