// SPDX-License-Identifier: Apache-2.0
// Which sealed secret is already unwrapped, under which handle: a bounded memory, of all kinds of
// secrets together, that forgets what was not used lately.
//
// It only remembers. Whoever puts a handle in gets back the one that had to leave, and destroys it.
// Finding allocates nothing and takes constant time. Twenty thousand keys do not fit into the
// processor's caches, so that what costs time here is touching memory: one look-up touches its
// place in the index and one entry. Everyone gets a second chance (a mark and a hand that goes
// round) instead of a place in a list, whose neighbours every look-up would have to touch.
#pragma once

#include "base/bytes.hpp"
#include "hsm/protocol/operations.hpp"

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace countersign::hsm {

using Handle = unsigned long;  // what PKCS#11 calls an object handle

// An unwrapped key, and the private id that belongs to a YubiKey's.
struct KeptKey {
  Handle handle{};
  std::array<std::byte, kYubicoPrivateIdBytes> private_id{};
};

class HandleCache {
 public:
  // REQUIRES: handles_max >= 1.
  explicit HandleCache(std::size_t handles_max) : handles_max_{handles_max} {}
  HandleCache(HandleCache&&) = default;
  HandleCache& operator=(HandleCache&&) = delete;

  // The key, which is then spared once; null if there is none. Valid until the next insert or
  // forget.
  [[nodiscard]] const KeptKey* find(BytesView sealed);

  // Remembers a key and returns the handle of the one that made room for it.
  // REQUIRES: find(sealed) gave none.
  std::optional<Handle> insert(BytesView sealed, const KeptKey& key);

  // Forgets one, wiping its private id, and returns its handle.
  std::optional<Handle> forget(BytesView sealed);

  [[nodiscard]] std::size_t size() const { return entries_.size() - vacant_.size(); }

 private:
  using Place = std::uint32_t;
  // The sealed secrets of SHA-1 and of YubiKeys stand in the entry itself.
  static constexpr std::size_t kSealedBytesUsual = 72;

  struct Entry {
    boost::container::small_vector<std::byte, kSealedBytesUsual> sealed;
    KeptKey key;
    bool used_lately = false;
  };

  [[nodiscard]] Entry* entry_of(BytesView sealed);
  Place make_room(std::optional<Handle>& displaced);
  Handle release(Place place);

  std::size_t handles_max_;
  std::vector<Entry> entries_;
  std::vector<Place> vacant_;
  std::size_t hand_ = 0;
  // By a hash: of two secrets with one hash the later takes the earlier's place.
  boost::unordered_flat_map<std::size_t, Place> by_hash_;
};

}  // namespace countersign::hsm
