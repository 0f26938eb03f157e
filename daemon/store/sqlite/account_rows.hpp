// SPDX-License-Identifier: Apache-2.0
// All that one commit writes of an account beside its subject and factors.
#pragma once

#include "daemon/store/sqlite/profile_rows.hpp"
#include "daemon/store/sqlite/session_rows.hpp"
#include "daemon/store/sqlite/ticket_rows.hpp"

namespace countersign::store::sqlite {

class AccountWrites {
 public:
  static Result<AccountWrites> open(Connection& connection);

  // Fails like RowWrites::write(). `entry` is the commit's own record.
  Status put(AccountRows& rows, const JournalEntry& entry);

 private:
  // What the person has left in other tables goes as well; SQLite overwrites it.
  Status erase(SubjectId subject);

  TicketWrites tickets_;
  SessionWrites sessions_;
  ProfileWrites profiles_;
  Statement erase_sources_, erase_challenges_, erase_messages_;
};

}  // namespace countersign::store::sqlite
