// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/other_writes.hpp"

namespace countersign::store::sqlite {

Result<OtherWrites> OtherWrites::open(Connection& connection) {
  OtherWrites writes;
  CS_TRY(writes.insert_client_,
         connection.prepare("INSERT INTO client VALUES(?, ?, ?, ?, ?, ?, ?, ?)"));
  CS_TRY(writes.update_client_,
         connection.prepare("UPDATE client SET state = ?, mac = ? WHERE id = ? AND state = ?"));
  return writes;
}

Status OtherWrites::write(const OtherRows& rows) {
  if (rows.client) return put(*rows.client);
  return {};
}

Status OtherWrites::put(const ClientChange& change) {
  const Client& row = change.row;
  if (change.before) {
    return one_row(update_client_.run(row.state, change.mac, row.id, *change.before));
  }
  return one_row(insert_client_.run(row.id, row.name, text_of(row.networks), row.require_signature,
                                    row.state, row.sealed, to_milliseconds(row.created_at),
                                    change.mac));
}

}  // namespace countersign::store::sqlite
