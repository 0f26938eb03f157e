// SPDX-License-Identifier: Apache-2.0
#include "daemon/outbox/sliding_count.hpp"

#include <algorithm>

namespace countersign::outbox {

using std::chrono::milliseconds;

std::int64_t SlidingCount::number_of(Time at) const {
  return std::max<std::int64_t>(0, at.time_since_epoch() / width_);
}

Time SlidingCount::end_of_counting(const Slice& slice) const {
  return Time{} + (slice.number + 1 + kSlices) * width_;
}

SlidingCount::Slice& SlidingCount::slice_of(std::int64_t number) {
  return slices_[static_cast<std::size_t>(number) % slices_.size()];
}

void SlidingCount::add(When when) {
  const std::int64_t number = number_of(when.at);
  // What is over must not meet a later slice in its place, where it would count again.
  if (end_of_counting({number, 0}) <= when.now) return;
  Slice& slice = slice_of(number);
  // A later slice stands there when the clock stepped back: then this one counts for longer.
  if (slice.number < number) slice = {number, 0};
  ++slice.count;
}

void SlidingCount::remove(Time at) {
  const std::int64_t number = number_of(at);
  Slice& slice = slice_of(number);
  if (slice.number == number && slice.count > 0) --slice.count;
}

std::uint64_t SlidingCount::count(Time now) const {
  std::uint64_t count = 0;
  for (const Slice& slice : slices_) {
    if (end_of_counting(slice) > now) count += slice.count;
  }
  return count;
}

milliseconds SlidingCount::until_below(std::uint64_t budget, Time now) const {
  std::uint64_t left = count(now);
  if (left < budget) return milliseconds{0};
  auto slices = slices_;
  std::ranges::sort(slices, {}, &Slice::number);
  for (const Slice& slice : slices) {
    const Time end = end_of_counting(slice);
    if (end <= now) continue;
    left -= slice.count;
    if (left < budget) return end - now;
  }
  return milliseconds{0};  // there is no budget of zero
}

}  // namespace countersign::outbox
