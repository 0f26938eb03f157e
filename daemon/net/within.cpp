// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/within.hpp"

#include <utility>

namespace countersign::net {

Sweep::Place Sweep::add(std::function<void()> expired) {
  entries_.push_front({SteadyTime::max(), std::move(expired)});
  if (!std::exchange(ticking_, true)) wait_for_tick();
  return entries_.begin();
}

void Sweep::remove(Place place) {
  entries_.erase(place);
  // Lets an io_context that has nothing else to do come to its end.
  if (entries_.empty()) timer_.cancel();
}

void Sweep::wait_for_tick() {
  timer_.expires_after(kTick);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code&) {
    if (const auto self = weak.lock()) self->tick();
  });
}

void Sweep::tick() {
  if (entries_.empty()) {
    ticking_ = false;
    return;
  }
  const SteadyTime time = now();
  for (Entry& entry : entries_) {
    if (entry.limit > time) continue;
    entry.limit = SteadyTime::max();
    entry.expired();
  }
  wait_for_tick();
}

}  // namespace countersign::net
