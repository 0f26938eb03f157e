// SPDX-License-Identifier: Apache-2.0
#include "hsm/handle_cache.hpp"

#include <string.h>

#include <functional>
#include <string_view>
#include <utility>

namespace countersign::hsm {
namespace {

std::size_t hash_of(BytesView sealed) { return std::hash<std::string_view>{}(as_text(sealed)); }

}  // namespace

HandleCache::Entry* HandleCache::entry_of(BytesView sealed) {
  const auto found = by_hash_.find(hash_of(sealed));
  if (found == by_hash_.end()) return nullptr;
  Entry& entry = entries_[found->second];
  const BytesView its{entry.sealed.data(), entry.sealed.size()};
  return as_text(its) == as_text(sealed) ? &entry : nullptr;
}

const KeptKey* HandleCache::find(BytesView sealed) {
  Entry* const entry = entry_of(sealed);
  if (entry == nullptr) return nullptr;
  entry->used_lately = true;
  return &entry->key;
}

std::optional<Handle> HandleCache::insert(BytesView sealed, const KeptKey& key) {
  std::optional<Handle> displaced;
  const std::size_t hash = hash_of(sealed);
  const auto namesake = by_hash_.find(hash);
  if (namesake != by_hash_.end()) displaced = release(namesake->second);
  const Place place = make_room(displaced);
  Entry& entry = entries_[place];
  entry.sealed.assign(sealed.begin(), sealed.end());
  entry.key = key;
  by_hash_[hash] = place;
  return displaced;
}

std::optional<Handle> HandleCache::forget(BytesView sealed) {
  Entry* const entry = entry_of(sealed);
  if (entry == nullptr) return std::nullopt;
  return release(static_cast<Place>(entry - entries_.data()));
}

HandleCache::Place HandleCache::make_room(std::optional<Handle>& displaced) {
  if (vacant_.empty() && entries_.size() < handles_max_) {
    entries_.emplace_back();
    return static_cast<Place>(entries_.size() - 1);
  }
  while (vacant_.empty()) {
    hand_ = (hand_ + 1) % entries_.size();
    if (std::exchange(entries_[hand_].used_lately, false)) continue;
    displaced = release(static_cast<Place>(hand_));
  }
  const Place place = vacant_.back();
  vacant_.pop_back();
  return place;
}

Handle HandleCache::release(Place place) {
  Entry& entry = entries_[place];
  by_hash_.erase(hash_of({entry.sealed.data(), entry.sealed.size()}));
  ::explicit_bzero(entry.key.private_id.data(), entry.key.private_id.size());
  entry.used_lately = false;
  vacant_.push_back(place);
  return entry.key.handle;
}

}  // namespace countersign::hsm
