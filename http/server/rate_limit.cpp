// SPDX-License-Identifier: Apache-2.0
#include "http/server/rate_limit.hpp"

#include <algorithm>

namespace countersign::http {
namespace {

// Looking through all of them is work: not for each stranger that comes while the table is full.
constexpr std::chrono::seconds kForgetInterval{1};

}  // namespace

double RateLimit::level(const Bucket& bucket, SteadyTime now) const {
  const std::chrono::duration<double> since = now - bucket.filled_at;
  return std::min(rate_.burst, bucket.tokens + since.count() * rate_.per_second);
}

void RateLimit::forget_full(SteadyTime now) {
  forgot_at_ = now;
  std::erase_if(buckets_,
                [&](const auto& entry) { return level(entry.second, now) >= rate_.burst; });
}

RateLimit::Bucket& RateLimit::bucket_of(Key key, SteadyTime now) {
  const auto known = buckets_.find(key);
  if (known != buckets_.end()) return known->second;
  const bool is_full = buckets_.size() >= kSourcesMax;
  if (is_full && (forgot_at_ == SteadyTime::min() || now - forgot_at_ >= kForgetInterval)) {
    forget_full(now);
  }
  if (buckets_.size() >= kSourcesMax) {
    if (crowd_.filled_at == SteadyTime::min()) crowd_ = {rate_.burst, now};
    return crowd_;
  }
  return buckets_.try_emplace(key, Bucket{rate_.burst, now}).first->second;
}

bool RateLimit::admits(const IpAddress& source, SteadyTime now) {
  if (rate_.per_second <= 0) return true;
  Bucket& bucket = bucket_of(source.subscriber(), now);
  bucket = {level(bucket, now), now};
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

}  // namespace countersign::http
