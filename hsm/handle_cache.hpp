// SPDX-License-Identifier: Apache-2.0
// Which sealed secret is already unwrapped, under which handle: a bounded memory, of all kinds of
// secrets together, that forgets what was used longest ago.
//
// It only remembers. Whoever puts a handle in gets back the one that had to leave, and destroys it.
// Finding allocates nothing and takes constant time.
#pragma once

#include "base/bytes.hpp"
#include "hsm/protocol/operations.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
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

  // The key, which becomes the one used last; null if there is none. Valid until the next insert
  // or forget.
  [[nodiscard]] const KeptKey* find(BytesView sealed);

  // Remembers a key and returns the handle of the one that made room for it.
  // REQUIRES: find(sealed) gave none.
  std::optional<Handle> insert(BytesView sealed, const KeptKey& key);

  // Forgets one, wiping its private id, and returns its handle.
  std::optional<Handle> forget(BytesView sealed);

  [[nodiscard]] std::size_t size() const { return by_sealed_.size(); }

 private:
  using Index = std::uint32_t;
  static constexpr Index kNone = UINT32_MAX;

  // The entries form a list, by last use, inside one vector.
  struct Entry {
    Bytes sealed;
    KeptKey key;
    Index newer = kNone;
    Index older = kNone;
  };
  struct Hash {
    std::size_t operator()(BytesView bytes) const {
      return std::hash<std::string_view>{}(as_text(bytes));
    }
  };
  struct Equal {
    bool operator()(BytesView a, BytesView b) const { return as_text(a) == as_text(b); }
  };

  void unlink(Index index);
  void link_newest(Index index);
  Index vacant_entry();

  std::size_t handles_max_;
  std::vector<Entry> entries_;
  std::vector<Index> vacant_;
  // The keys point into the entries' own bytes, which keep their place when the vector grows.
  std::unordered_map<BytesView, Index, Hash, Equal> by_sealed_;
  Index newest_ = kNone;
  Index oldest_ = kNone;
};

}  // namespace countersign::hsm
