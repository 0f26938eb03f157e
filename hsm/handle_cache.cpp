// SPDX-License-Identifier: Apache-2.0
#include "hsm/handle_cache.hpp"

#include <string.h>

namespace countersign::hsm {

const KeptKey* HandleCache::find(BytesView sealed) {
  const auto found = by_sealed_.find(sealed);
  if (found == by_sealed_.end()) return nullptr;
  const Index index = found->second;
  if (index != newest_) {
    unlink(index);
    link_newest(index);
  }
  return &entries_[index].key;
}

std::optional<Handle> HandleCache::insert(BytesView sealed, const KeptKey& key) {
  std::optional<Handle> displaced;
  if (by_sealed_.size() >= handles_max_) {
    displaced = forget(Bytes{entries_[oldest_].sealed});
  }
  const Index index = vacant_entry();
  Entry& entry = entries_[index];
  entry.sealed.assign(sealed.begin(), sealed.end());
  entry.key = key;
  by_sealed_.emplace(entry.sealed, index);
  link_newest(index);
  return displaced;
}

std::optional<Handle> HandleCache::forget(BytesView sealed) {
  const auto found = by_sealed_.find(sealed);
  if (found == by_sealed_.end()) return std::nullopt;
  const Index index = found->second;
  by_sealed_.erase(found);
  unlink(index);
  vacant_.push_back(index);
  KeptKey& key = entries_[index].key;
  ::explicit_bzero(key.private_id.data(), key.private_id.size());
  return key.handle;
}

HandleCache::Index HandleCache::vacant_entry() {
  if (vacant_.empty()) {
    entries_.emplace_back();
    return static_cast<Index>(entries_.size() - 1);
  }
  const Index index = vacant_.back();
  vacant_.pop_back();
  return index;
}

void HandleCache::unlink(Index index) {
  Entry& entry = entries_[index];
  (entry.newer == kNone ? newest_ : entries_[entry.newer].older) = entry.older;
  (entry.older == kNone ? oldest_ : entries_[entry.older].newer) = entry.newer;
  entry.newer = entry.older = kNone;
}

void HandleCache::link_newest(Index index) {
  Entry& entry = entries_[index];
  entry.older = newest_;
  (newest_ == kNone ? oldest_ : entries_[newest_].newer) = index;
  newest_ = index;
}

}  // namespace countersign::hsm
