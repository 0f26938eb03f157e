// SPDX-License-Identifier: Apache-2.0
// The subjects that were asked for lately, with their names and factors; nothing unchecked.
//
// Twenty thousand records do not fit into the processor's caches, so that what costs time here is
// touching memory. Eviction gives everyone a second chance (a mark and a hand that goes round)
// instead of keeping a list in order, whose neighbours every look-up would have to touch.
#pragma once

#include "daemon/store/store.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <optional>

namespace countersign::store {

class SubjectCache {
 public:
  // REQUIRES: subjects_max > 0.
  explicit SubjectCache(std::size_t subjects_max) : subjects_max_{subjects_max} {}

  // Null when it is not here.
  SubjectPtr find(SubjectId id);
  [[nodiscard]] std::optional<SubjectId> find(const SubjectName& name) const;
  [[nodiscard]] std::optional<SubjectId> owner(FactorId factor) const;
  // As Store's: of a Yubico OTP factor that is not revoked.
  [[nodiscard]] std::optional<FactorOwner> owner_of_public_id(std::string_view public_id) const;

  // Replaces what was there.
  void put(SubjectPtr subject);
  void evict(SubjectId id);
  void clear();

 private:
  using Place = std::uint32_t;
  struct Slot {
    SubjectPtr subject;  // null: free
    bool used_lately = false;
  };

  void index(const SubjectRecord& subject, Place place);
  // A free slot; takes one from whoever was not asked for since the hand last came by.
  Place make_room();
  void forget(Place place);

  std::size_t subjects_max_;
  std::vector<Slot> slots_;
  std::vector<Place> free_;
  std::size_t hand_ = 0;
  boost::unordered_flat_map<std::int64_t, Place> by_id_;
  boost::unordered_flat_map<std::int64_t, Place> by_factor_;
  // By a hash of the name: of two names with one hash the later is found, the other read again.
  boost::unordered_flat_map<std::size_t, Place> by_name_;
  boost::unordered_flat_map<std::size_t, Place> by_public_id_;
};

}  // namespace countersign::store
