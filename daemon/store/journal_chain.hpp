// SPDX-License-Identifier: Apache-2.0
// The journal's records, each bound to all before it.
//
//   hash(0) = SHA-256("countersign journal v1" ‖ store id)
//   hash(n) = SHA-256(hash(n - 1) ‖ record n, encoded)
//
// Editing, deleting, inserting or reordering a record breaks every hash after it.
#pragma once

#include "daemon/hmac/hmac_key.hpp"
#include "daemon/model/attempt.hpp"

#include <array>

namespace countersign::store {

using JournalHash = std::array<std::byte, 32>;
using StoreId = std::array<std::byte, 16>;

// What stands at one place of the journal: the entry, and what the store knows besides.
struct JournalRecord {
  std::uint64_t seq = 0;
  JournalEntry entry;
  Version budget_version{};  // of the subject's budget after the event; 0: none
  // Further factors that the event moved: factor, version, position, eight bytes each.
  Bytes also_moved;
};

[[nodiscard]] JournalHash first_hash(const StoreId& store);
[[nodiscard]] JournalHash next_hash(const JournalHash& before, const JournalRecord& record);

// Where the journal ends. Sealed and stored with every commit, so that a journal cut off at its
// end no longer fits.
struct JournalHead {
  std::uint64_t seq = 0;
  JournalHash hash{};
};
[[nodiscard]] RowMac mac_of(const HmacKey& key, const JournalHead& head);

}  // namespace countersign::store
