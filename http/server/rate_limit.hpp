// SPDX-License-Identifier: Apache-2.0
// How fast one source may ask: a bucket that fills steadily, and is emptied by asking.
#pragma once

#include "async/timer.hpp"
#include "base/network.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace countersign::http {

struct Rate {
  double per_second = 1'000;  // 0: no limit
  double burst = 2'000;       // so many at once, after a pause
};

class RateLimit {
 public:
  // Sources that are remembered. One too many shares a bucket with all others that are.
  static constexpr std::size_t kSourcesMax = 65'536;

  explicit RateLimit(Rate rate) : rate_{rate} {}

  // Takes one request from the bucket of the source's subscriber; false if it is empty.
  [[nodiscard]] bool admits(const IpAddress& source, SteadyTime now);

  [[nodiscard]] std::size_t sources() const { return buckets_.size(); }

 private:
  struct Bucket {
    double tokens;
    SteadyTime filled_at;
  };
  using Key = std::uint64_t;

  [[nodiscard]] double level(const Bucket& bucket, SteadyTime now) const;
  Bucket& bucket_of(Key key, SteadyTime now);
  void forget_full(SteadyTime now);

  Rate rate_;
  std::unordered_map<Key, Bucket> buckets_;
  Bucket crowd_{0, SteadyTime::min()};
  SteadyTime forgot_at_ = SteadyTime::min();
};

}  // namespace countersign::http
