// SPDX-License-Identifier: Apache-2.0
// `store check`: reads everything and believes nothing.
//
// In this order: subjects with all that belongs to them, then factors, motions and budgets that
// belong to nobody, then the journal: its chain, and the rows against it. A row taken back to an
// older true state fits its MACs and contradicts the journal. Each slice is one snapshot; the
// cursor says where the next begins, and nothing is remembered in between.
#pragma once

#include "daemon/store/authenticate.hpp"
#include "daemon/store/sqlite/reader.hpp"

namespace countersign::store {

class Check {
 public:
  static constexpr std::size_t kSubjectsMax = 256;
  static constexpr std::size_t kRowsMax = 2000;

  // All outlive this.
  Check(sqlite::Reader& reader, const Authenticator& authenticator, const MovingKey& key)
      : reader_{reader}, authenticator_{authenticator}, key_{key} {}

  // Fails with `malformed` for a cursor that no slice gave, and with `unavailable`.
  awaitable<Result<CheckedSlice>> slice(std::string cursor);

 private:
  struct Subjects;

  awaitable<Result<CheckedSlice>> subjects(std::int64_t after);
  awaitable<void> subjects_lane(Subjects& work);
  awaitable<Result<CheckedSlice>> factors(std::int64_t after);
  awaitable<Result<CheckedSlice>> motions(std::int64_t after);
  awaitable<Result<CheckedSlice>> budgets(std::int64_t after);
  awaitable<Result<CheckedSlice>> journal(std::int64_t after);

  sqlite::Reader& reader_;
  const Authenticator& authenticator_;
  const MovingKey& key_;
};

}  // namespace countersign::store
