// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/subject_cache.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace countersign::store {
namespace {

std::size_t hash_of(const SubjectName& name) {
  const std::hash<std::string> hash;
  return hash(name.username.text()) * 31 + hash(name.realm.text());
}

std::size_t hash_of(std::string_view public_id) { return std::hash<std::string_view>{}(public_id); }

// The public id that leads to this factor; empty if none does.
std::string_view leads_to(const FactorRecord& factor) {
  const Factor& row = factor.fixed;
  const bool is_found = row.kind == FactorKind::yubico_otp && row.state != FactorState::revoked;
  return is_found ? row.public_id : std::string_view{};
}

// Names never change, but what leads to a subject by its factors may.
bool are_found_alike(const SubjectRecord& before, const SubjectRecord& after) {
  const auto alike = [](const FactorRecord& a, const FactorRecord& b) {
    return a.fixed.id == b.fixed.id && leads_to(a) == leads_to(b);
  };
  return std::ranges::equal(before.factors, after.factors, alike);
}

// If it is there and leads to this place: the entry may be another's with the same hash.
template <class Index>
void erase(Index& index, std::size_t hash, std::uint32_t place) {
  const auto found = index.find(hash);
  if (found != index.end() && found->second == place) index.erase(found);
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

std::optional<FactorOwner> SubjectCache::owner_of_public_id(std::string_view public_id) const {
  const auto found = by_public_id_.find(hash_of(public_id));
  if (found == by_public_id_.end() || public_id.empty()) return std::nullopt;
  const SubjectRecord& subject = *slots_[found->second].subject;
  for (const FactorRecord& factor : subject.factors) {
    if (leads_to(factor) == public_id) return FactorOwner{subject.fixed.id, factor.fixed.id};
  }
  return std::nullopt;
}

void SubjectCache::put(SubjectPtr subject) {
  const SubjectId id = subject->fixed.id;
  const auto found = by_id_.find(number(id));
  if (found != by_id_.end()) {
    SubjectPtr& before = slots_[found->second].subject;
    // The usual case: what moves has moved, and every index still holds.
    if (are_found_alike(*before, *subject)) {
      before = std::move(subject);
      return;
    }
    forget(found->second);
  }
  const Place place = make_room();
  by_id_[number(id)] = place;
  if (!is_decoy(id)) index(*subject, place);  // all decoys share one name
  slots_[place] = {std::move(subject), false};
}

void SubjectCache::index(const SubjectRecord& subject, Place place) {
  by_name_[hash_of(subject.fixed.name)] = place;
  for (const FactorRecord& factor : subject.factors) {
    by_factor_[number(factor.fixed.id)] = place;
    const std::string_view public_id = leads_to(factor);
    if (!public_id.empty()) by_public_id_[hash_of(public_id)] = place;
  }
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
  erase(by_name_, hash_of(subject->fixed.name), place);
  for (const FactorRecord& factor : subject->factors) {
    by_factor_.erase(number(factor.fixed.id));
    const std::string_view public_id = leads_to(factor);
    if (!public_id.empty()) erase(by_public_id_, hash_of(public_id), place);
  }
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
  by_public_id_.clear();
}

}  // namespace countersign::store
