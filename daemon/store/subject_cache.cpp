// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/subject_cache.hpp"

#include <functional>

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
  recent_.splice(recent_.begin(), recent_, found->second);
  return *found->second;
}

std::optional<SubjectId> SubjectCache::find(const SubjectName& name) const {
  const auto found = by_name_.find(hash_of(name));
  if (found == by_name_.end()) return std::nullopt;
  const SubjectPtr& subject = *by_id_.at(number(found->second));
  if (subject->fixed.name != name) return std::nullopt;
  return found->second;
}

std::optional<SubjectId> SubjectCache::owner(FactorId factor) const {
  const auto found = by_factor_.find(number(factor));
  if (found == by_factor_.end()) return std::nullopt;
  return found->second;
}

void SubjectCache::put(SubjectPtr subject) {
  const SubjectId id = subject->fixed.id;
  const auto found = by_id_.find(number(id));
  if (found != by_id_.end() && (*found->second)->factors.size() == subject->factors.size()) {
    // The usual case: what moves has moved, and every index still holds.
    *found->second = std::move(subject);
    recent_.splice(recent_.begin(), recent_, found->second);
    return;
  }
  if (found != by_id_.end()) forget(found->second);
  if (recent_.size() >= subjects_max_) forget(std::prev(recent_.end()));
  recent_.push_front(std::move(subject));
  by_id_[number(id)] = recent_.begin();
  const SubjectRecord& record = *recent_.front();
  if (is_decoy(id)) return;  // all decoys share one name
  by_name_[hash_of(record.fixed.name)] = id;
  for (const FactorRecord& factor : record.factors) by_factor_[number(factor.fixed.id)] = id;
}

void SubjectCache::evict(SubjectId id) {
  const auto found = by_id_.find(number(id));
  if (found != by_id_.end()) forget(found->second);
}

void SubjectCache::forget(Recent::iterator place) {
  const SubjectRecord& record = **place;
  const auto name = by_name_.find(hash_of(record.fixed.name));
  if (name != by_name_.end() && name->second == record.fixed.id) by_name_.erase(name);
  for (const FactorRecord& factor : record.factors) by_factor_.erase(number(factor.fixed.id));
  by_id_.erase(number(record.fixed.id));
  recent_.erase(place);
}

void SubjectCache::clear() {
  recent_.clear();
  by_id_.clear();
  by_name_.clear();
  by_factor_.clear();
}

}  // namespace countersign::store
