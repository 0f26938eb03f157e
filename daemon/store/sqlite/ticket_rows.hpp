// SPDX-License-Identifier: Apache-2.0
// The statements that read and write tickets.
//
// A ticket is held against the journal, which knows whether it was spent or superseded: a row that
// was taken back to when it was open fits its MAC, and is none the more open for it.
#pragma once

#include "daemon/store/loaded_rows.hpp"
#include "daemon/store/sqlite/account_change.hpp"
#include "daemon/store/sqlite/ids.hpp"

namespace countersign::store::sqlite {

class TicketReads {
 public:
  static Result<TicketReads> open(Connection& connection);

  // A row with a value longer than any of ours is given as one that cannot fit its MAC.
  Result<std::optional<LoadedTicket>> ticket(TicketId id);
  // Those that stand there as open and expire after `now`, in no order.
  Result<std::vector<LoadedTicket>> open_tickets(SubjectId subject, Time now);
  // Those made after `since`, the newest first.
  Result<std::vector<LoadedTicket>> issued(SubjectId subject, TicketPurpose purpose, Time since);

  // The ids above `after`, in order, at most `max`.
  Result<Ids> all(std::int64_t after, std::size_t max) { return ids(all_, after, max); }
  // Whether the journal tells of its beginning.
  Result<bool> was_issued(TicketId id);
  // Subjects that have more open ones than `max`.
  Result<Ids> crowded(std::size_t max) { return ids(crowded_, max); }

 private:
  Result<std::vector<LoadedTicket>> rows(const Ids& ids);

  Statement ticket_, told_, open_, issued_, all_, was_issued_, crowded_;
};

class TicketWrites {
 public:
  static Result<TicketWrites> open(Connection& connection);

  // Fails like RowWrites::write(). Tickets that give way are told in `rows.told`, as `entry` is.
  Status put(AccountRows& rows, const JournalEntry& entry);
  Status erase(SubjectId subject);

 private:
  Status insert(const NewTicket& ticket);
  Status displace(AccountRows& rows, TicketPurpose purpose, const JournalEntry& entry);

  Statement insert_, move_, sweep_, displace_, erase_;
};

}  // namespace countersign::store::sqlite
