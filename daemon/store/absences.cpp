// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/absences.hpp"

#include <utility>

namespace countersign::store {

void Absences::add(Print name, Moment asked) {
  if (asked != now() || has(name)) return;
  if (by_age_.size() < names_max_) {
    by_age_.push_back(number(name));
  } else {
    // It may have been forgotten and have come again since: then it goes a little early.
    names_.erase(std::exchange(by_age_[oldest_], number(name)));
    oldest_ = (oldest_ + 1) % names_max_;
  }
  names_.insert(number(name));
}

void Absences::forget(Print name) {
  ++comings_;
  names_.erase(number(name));
}

void Absences::clear() {
  ++comings_;
  names_.clear();
  by_age_.clear();
  oldest_ = 0;
}

}  // namespace countersign::store
