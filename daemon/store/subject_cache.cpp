// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/subject_cache.hpp"

#include <functional>
#include <utility>

namespace countersign::store {
namespace {

std::size_t hash_of(const SubjectName& name) {
  const std::hash<std::string> hash;
  return hash(name.username.text()) * 31 + hash(name.realm.text());
}

}  // namespace

SubjectPtr SubjectCache::find(SubjectId id) {
  const auto found = by_id_.find(number(id));
  if (found == by_id_.end()) return nullptr;
  Slot& slot = slots_[found->second];
  slot.used_lately = true;
  return slot.subject;
}

std::optional<SubjectId> SubjectCache::find(const SubjectName& name) const {
  const auto found = by_name_.find(hash_of(name));
  if (found == by_name_.end()) return std::nullopt;
  const Subject& subject = slots_[found->second].subject->fixed;
  if (subject.name != name) return std::nullopt;
  return subject.id;
}

std::optional<SubjectId> SubjectCache::owner(FactorId factor) const {
  const auto found = by_factor_.find(number(factor));
  if (found == by_factor_.end()) return std::nullopt;
  return slots_[found->second].subject->fixed.id;
}

void SubjectCache::put(SubjectPtr subject) {
  const SubjectId id = subject->fixed.id;
  const auto found = by_id_.find(number(id));
  if (found != by_id_.end()) {
    SubjectPtr& before = slots_[found->second].subject;
    // The usual case: what moves has moved, and every index still holds.
    if (before->factors.size() == subject->factors.size()) {
      before = std::move(subject);
      return;
    }
    forget(found->second);
  }
  const Place place = make_room();
  by_id_[number(id)] = place;
  if (!is_decoy(id)) {  // all decoys share one name
    by_name_[hash_of(subject->fixed.name)] = place;
    for (const FactorRecord& factor : subject->factors) {
      by_factor_[number(factor.fixed.id)] = place;
    }
  }
  slots_[place] = {std::move(subject), false};
}

SubjectCache::Place SubjectCache::make_room() {
  if (free_.empty() && slots_.size() < subjects_max_) {
    slots_.emplace_back();
    return static_cast<Place>(slots_.size() - 1);
  }
  while (free_.empty()) {
    hand_ = (hand_ + 1) % slots_.size();
    Slot& slot = slots_[hand_];
    if (!std::exchange(slot.used_lately, false)) forget(static_cast<Place>(hand_));
  }
  const Place place = free_.back();
  free_.pop_back();
  return place;
}

void SubjectCache::evict(SubjectId id) {
  const auto found = by_id_.find(number(id));
  if (found != by_id_.end()) forget(found->second);
}

void SubjectCache::forget(Place place) {
  const SubjectPtr subject = std::move(slots_[place].subject);
  const auto name = by_name_.find(hash_of(subject->fixed.name));
  if (name != by_name_.end() && name->second == place) by_name_.erase(name);
  for (const FactorRecord& factor : subject->factors) by_factor_.erase(number(factor.fixed.id));
  by_id_.erase(number(subject->fixed.id));
  slots_[place] = {};
  free_.push_back(place);
}

void SubjectCache::clear() {
  slots_.clear();
  free_.clear();
  hand_ = 0;
  by_id_.clear();
  by_name_.clear();
  by_factor_.clear();
}

}  // namespace countersign::store
