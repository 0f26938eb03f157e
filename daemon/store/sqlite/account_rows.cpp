// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/account_rows.hpp"

namespace countersign::store::sqlite {

Result<AccountWrites> AccountWrites::open(Connection& connection) {
  AccountWrites writes;
  CS_TRY(writes.tickets_, TicketWrites::open(connection));
  CS_TRY(writes.sessions_, SessionWrites::open(connection));
  CS_TRY(writes.profiles_, ProfileWrites::open(connection));
  CS_TRY(writes.erase_sources_, connection.prepare("DELETE FROM source WHERE subject = ?"));
  CS_TRY(writes.erase_challenges_, connection.prepare("DELETE FROM challenge WHERE subject = ?"));
  CS_TRY(writes.erase_messages_, connection.prepare("DELETE FROM message WHERE subject = ?"));
  return writes;
}

Status AccountWrites::put(AccountRows& rows, const JournalEntry& entry) {
  if (rows.erases) return erase(rows.subject);
  CS_CHECK(tickets_.put(rows, entry));
  CS_CHECK(sessions_.put(rows, entry));
  return profiles_.put(rows);
}

Status AccountWrites::erase(SubjectId subject) {
  CS_CHECK(tickets_.erase(subject));
  CS_CHECK(sessions_.erase(subject));
  CS_CHECK(profiles_.erase(subject));
  CS_CHECK(erase_sources_.run(subject));
  CS_CHECK(erase_challenges_.run(subject));
  CS_CHECK(erase_messages_.run(subject));
  return {};
}

}  // namespace countersign::store::sqlite
