// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/other_writes.hpp"

namespace countersign::store::sqlite {
namespace {

// Nothing, when a factor bears its name: it may have been made since anybody looked.
constexpr auto kInsertToken =
    "INSERT INTO token SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 "
    "WHERE NOT EXISTS (SELECT 1 FROM factor WHERE serial = ?3 AND serial <> '' AND kind = ?2) "
    "AND NOT EXISTS (SELECT 1 FROM factor WHERE public_id = ?4 AND public_id <> '' AND kind = ?2)";

// Not when the journal knows that it has gone before: a row that was put back is true, and used.
constexpr auto kTakeToken =
    "DELETE FROM token WHERE id = ?1 AND mac = ?2 AND NOT EXISTS (SELECT 1 FROM journal "
    "WHERE event >= 40 AND event < 50 AND outcome = 0 AND event IN (41, 42, 43) AND count = ?1)";

}  // namespace

Result<OtherWrites> OtherWrites::open(Connection& connection) {
  OtherWrites writes;
  CS_TRY(writes.insert_client_,
         connection.prepare("INSERT INTO client VALUES(?, ?, ?, ?, ?, ?, ?, ?)"));
  CS_TRY(writes.update_client_,
         connection.prepare("UPDATE client SET state = ?, mac = ? WHERE id = ? AND state = ?"));
  CS_TRY(writes.insert_token_, connection.prepare(kInsertToken));
  CS_TRY(writes.delete_token_, connection.prepare(kTakeToken));
  return writes;
}

Status OtherWrites::write(const OtherRows& rows) {
  if (rows.client) CS_CHECK(put(*rows.client));
  for (const TokenRecord& token : rows.new_tokens) CS_CHECK(put(token));
  if (rows.taken_token) return take(*rows.taken_token);
  return {};
}

Status OtherWrites::put(const TokenRecord& token) {
  const Token& row = token.fixed;
  return one_row(insert_token_.run(row.id, row.kind, row.serial, row.public_id, row.oath.algorithm,
                                   row.oath.digits, row.oath.period_seconds, row.oath.secret_bytes,
                                   row.sealed, row.position, to_milliseconds(row.created_at),
                                   token.mac));
}

Status OtherWrites::take(const TokenRecord& token) {
  return one_row(delete_token_.run(token.fixed.id, token.mac));
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
