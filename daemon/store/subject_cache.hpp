// SPDX-License-Identifier: Apache-2.0
// The subjects that were asked for lately, with their names and factors; nothing unchecked.
#pragma once

#include "daemon/store/store.hpp"

#include <list>
#include <optional>
#include <unordered_map>

namespace countersign::store {

class SubjectCache {
 public:
  // REQUIRES: subjects_max > 0.
  explicit SubjectCache(std::size_t subjects_max) : subjects_max_{subjects_max} {}

  // Null when it is not here.
  SubjectPtr find(SubjectId id);
  [[nodiscard]] std::optional<SubjectId> find(const SubjectName& name) const;
  [[nodiscard]] std::optional<SubjectId> owner(FactorId factor) const;

  // Replaces what was there.
  void put(SubjectPtr subject);
  void evict(SubjectId id);
  void clear();

 private:
  using Recent = std::list<SubjectPtr>;  // the latest first

  void forget(Recent::iterator place);

  std::size_t subjects_max_;
  Recent recent_;
  std::unordered_map<std::int64_t, Recent::iterator> by_id_;
  // By a hash of the name: of two names with one hash the later is found, the other read again.
  std::unordered_map<std::size_t, SubjectId> by_name_;
  std::unordered_map<std::int64_t, SubjectId> by_factor_;
};

}  // namespace countersign::store
