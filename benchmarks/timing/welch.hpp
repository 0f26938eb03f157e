// SPDX-License-Identifier: Apache-2.0
// Whether two sets of measurements differ in their mean: Welch's t-test.
#pragma once

#include <cstddef>
#include <vector>

namespace countersign::bench {

struct Moments {
  std::size_t count = 0;
  double mean = 0;
  double variance = 0;  // of the samples, unbiased
};

[[nodiscard]] Moments moments_of(const std::vector<float>& samples);

// REQUIRES: two samples of each at least. 0 where nothing varies and nothing differs.
[[nodiscard]] double welch_t(const Moments& a, const Moments& b);

// Those up to the value below which nine tenths of both lie together: what interrupts a program now
// and then takes a thousand times as long as what it computes, and says nothing about it.
struct Cropped {
  std::vector<float> a;
  std::vector<float> b;
};
[[nodiscard]] Cropped below_p90(const std::vector<float>& a, const std::vector<float>& b);

}  // namespace countersign::bench
