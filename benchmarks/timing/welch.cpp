// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/timing/welch.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace countersign::bench {
namespace {

constexpr double kCropAt = 0.9;

}  // namespace

Moments moments_of(const std::vector<float>& samples) {
  // Welford's way: a sum of squares would lose what is small in what is large.
  Moments moments;
  double squares = 0;
  for (const float sample : samples) {
    ++moments.count;
    const double apart = sample - moments.mean;
    moments.mean += apart / static_cast<double>(moments.count);
    squares += apart * (sample - moments.mean);
  }
  if (moments.count > 1) moments.variance = squares / static_cast<double>(moments.count - 1);
  return moments;
}

double welch_t(const Moments& a, const Moments& b) {
  const double error = std::sqrt(a.variance / static_cast<double>(a.count) +
                                 b.variance / static_cast<double>(b.count));
  const double apart = a.mean - b.mean;
  if (error > 0) return apart / error;
  return apart == 0 ? 0 : std::copysign(std::numeric_limits<double>::max(), apart);
}

Cropped below_p90(const std::vector<float>& a, const std::vector<float>& b) {
  std::vector<float> both = a;
  both.insert(both.end(), b.begin(), b.end());
  const auto at = static_cast<std::ptrdiff_t>(kCropAt * static_cast<double>(both.size()));
  std::ranges::nth_element(both, both.begin() + at);
  const auto is_kept = [limit = both[static_cast<std::size_t>(at)]](float sample) {
    return sample <= limit;
  };
  Cropped cropped;
  std::ranges::copy_if(a, std::back_inserter(cropped.a), is_kept);
  std::ranges::copy_if(b, std::back_inserter(cropped.b), is_kept);
  return cropped;
}

}  // namespace countersign::bench
