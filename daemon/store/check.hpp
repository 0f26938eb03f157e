// SPDX-License-Identifier: Apache-2.0
// `store check`: reads everything and believes nothing.
//
// In this order: subjects with all that belongs to them, then factors, motions and budgets that
// belong to nobody, then clients, tokens, challenges, messages and familiar places, tickets,
// sessions, profiles and pending secrets, then the journal: its chain, and the rows against it. A
// row taken back to an older true state fits its MACs and contradicts the journal. Last the journal
// again, for rows that were taken back and have moved on since. Each slice is one snapshot; the
// cursor says where the next begins. Nothing but that last reading is remembered in between.
#pragma once

#include "daemon/store/authenticate.hpp"
#include "daemon/store/check_order.hpp"
#include "daemon/store/sqlite/reader.hpp"

#include <map>

namespace countersign::store {

// A problem with row `id` of whatever it is, in words.
[[nodiscard]] std::string say(std::string_view what, std::int64_t id, std::string_view problem);
// Where to go on: behind the last of these ids, or, where there are fewer than `max`, at the start
// of the next table.
[[nodiscard]] std::string next_cursor(const sqlite::Ids& ids, std::size_t max,
                                      std::string_view table, std::string_view next_table);

class Check {
 public:
  static constexpr std::size_t kSubjectsMax = 256;
  static constexpr std::size_t kRowsMax = 2000;
  // Checks that may be under way at once; one more, and the one that rested longest is given up.
  static constexpr std::size_t kOrdersMax = 3;

  // All outlive this.
  Check(sqlite::Reader& reader, const Authenticator& authenticator, const HmacKey& key,
        const Clock& clock)
      : reader_{reader}, authenticator_{authenticator}, key_{key}, clock_{clock} {}

  // Fails with `malformed` for a cursor that no slice gave, with `conflict` for a check that was
  // given up, and with `unavailable`.
  awaitable<Result<CheckedSlice>> slice(std::string cursor);

 private:
  struct Subjects;

  awaitable<Result<CheckedSlice>> subjects(std::int64_t after);
  awaitable<void> subjects_lane(Subjects& work);
  awaitable<Result<CheckedSlice>> factors(std::int64_t after);
  awaitable<Result<CheckedSlice>> motions(std::int64_t after);
  awaitable<Result<CheckedSlice>> budgets(std::int64_t after);
  awaitable<Result<CheckedSlice>> clients(std::int64_t after);
  awaitable<Result<CheckedSlice>> tokens(std::int64_t after);
  awaitable<Result<CheckedSlice>> challenges(std::int64_t after);
  awaitable<Result<CheckedSlice>> messages(std::int64_t after);
  awaitable<Result<CheckedSlice>> sources(std::int64_t after);
  awaitable<Result<CheckedSlice>> tickets(std::int64_t after);
  awaitable<Result<CheckedSlice>> sessions(std::int64_t after);
  awaitable<Result<CheckedSlice>> profiles(std::int64_t after);
  awaitable<Result<CheckedSlice>> pending_secrets(std::int64_t after);
  awaitable<Result<CheckedSlice>> journal(std::int64_t after);
  awaitable<Result<CheckedSlice>> order(std::int64_t ticket);

  sqlite::Reader& reader_;
  const Authenticator& authenticator_;
  const HmacKey& key_;
  const Clock& clock_;
  std::map<std::int64_t, std::unique_ptr<OrderCheck>> orders_;  // resting, by their cursor's number
  std::int64_t last_ticket_ = 0;
};

}  // namespace countersign::store
