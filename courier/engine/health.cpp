// SPDX-License-Identifier: Apache-2.0
#include "courier/engine/health.hpp"

#include <algorithm>

namespace countersign::courier {

Condition Health::condition(Instant now) const {
  if (!is_open_) return Condition::works;
  return now < retry_at_ ? Condition::down : Condition::suspect;
}

bool Health::may_begin(Instant now) const { return !is_open_ || (now >= retry_at_ && !probing_); }

void Health::begin(Instant now) {
  if (condition(now) == Condition::suspect) probing_ = true;
}

void Health::worked(bool went) {
  note(went, false);
  failures_ = 0;
  if (!is_open_) return;
  is_open_ = false;
  probing_ = false;
  pause_ = std::chrono::seconds{0};
  failed_.reset();
  sampled_ = 0;
}

void Health::failed(Instant now) {
  note(false, true);
  ++failures_;
  if (!is_open_) {
    if (failures_ >= kFailuresMax || fails_too_often()) open(now);
    return;
  }
  // Attempts that began before it opened may still fail: only the probe makes the pause longer.
  if (probing_ && now >= retry_at_) open(now);
}

void Health::open(Instant now) {
  is_open_ = true;
  probing_ = false;
  pause_ = std::clamp(2 * pause_, kPauseMin, kPauseMax);
  retry_at_ = now + pause_;
}

void Health::note(bool went, bool failed) {
  went_ <<= 1;
  went_.set(0, went);
  failed_ <<= 1;
  failed_.set(0, failed);
  seen_ = std::min(seen_ + 1, kWindow);
  sampled_ = std::min(sampled_ + 1, kWindow);
}

bool Health::fails_too_often() const {
  return sampled_ >= kSampleMin && 2 * failed_.count() > sampled_;
}

unsigned Health::percent() const {
  return seen_ == 0 ? 100 : static_cast<unsigned>(100 * went_.count() / seen_);
}

}  // namespace countersign::courier
