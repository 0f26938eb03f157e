// SPDX-License-Identifier: Apache-2.0
// The statements that read and write sessions.
//
// A session that has ended is no row any more, and the journal tells of its end: one that is put
// back fits its MAC, and has ended.
#pragma once

#include "daemon/store/loaded_rows.hpp"
#include "daemon/store/sqlite/account_change.hpp"
#include "daemon/store/sqlite/ids.hpp"

namespace countersign::store::sqlite {

class SessionReads {
 public:
  static Result<SessionReads> open(Connection& connection);

  // A row with a value longer than any of ours is given as one that cannot fit its MAC.
  Result<std::optional<LoadedSession>> session(SessionId id);
  // Those that expire after `now`, in no order.
  Result<std::vector<LoadedSession>> sessions(SubjectId subject, Time now);

  // The ids above `after`, in order, at most `max`.
  Result<Ids> all(std::int64_t after, std::size_t max) { return ids(all_, after, max); }
  // Subjects that have more than `max`.
  Result<Ids> crowded(std::size_t max) { return ids(crowded_, max); }

 private:
  Statement session_, ended_, of_subject_, all_, crowded_;
};

class SessionWrites {
 public:
  static Result<SessionWrites> open(Connection& connection);

  // Fails like RowWrites::write(). Sessions that end unnamed are told in `rows.told`, as `entry`
  // is.
  Status put(AccountRows& rows, const JournalEntry& entry);
  Status erase(SubjectId subject);

 private:
  Status change(const SessionChange& change);
  Status begin(AccountRows& rows, const JournalEntry& entry);
  static void tell(AccountRows& rows, const JournalEntry& entry, const Ids& ended);

  Statement insert_, update_, remove_, see_, end_all_, sweep_, displace_, erase_;
};

}  // namespace countersign::store::sqlite
