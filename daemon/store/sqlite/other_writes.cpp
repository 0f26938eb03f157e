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

constexpr auto kInsertChallenge = "INSERT INTO challenge VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
// Used or given up by too many tries, it never changes again.
constexpr auto kUpdateChallenge =
    "UPDATE challenge SET tries = ?, position = ?, mac = ? "
    "WHERE id = ? AND tries = ? AND position = -1";
// More than are made at once, so that none is left over; few enough for everybody who waits.
constexpr auto kSweepChallenges =
    "DELETE FROM challenge WHERE id IN "
    "(SELECT id FROM challenge WHERE expires_at_ms < ? ORDER BY expires_at_ms LIMIT 4)";
constexpr auto kDisplaceChallenges =
    "DELETE FROM challenge WHERE id IN (SELECT id FROM challenge WHERE subject = ? "
    "ORDER BY expires_at_ms DESC, id LIMIT -1 OFFSET ?)";

}  // namespace

Result<OtherWrites> OtherWrites::open(Connection& connection) {
  OtherWrites writes;
  CS_TRY(writes.insert_client_,
         connection.prepare("INSERT INTO client VALUES(?, ?, ?, ?, ?, ?, ?, ?)"));
  CS_TRY(writes.update_client_,
         connection.prepare("UPDATE client SET state = ?, mac = ? WHERE id = ? AND state = ?"));
  CS_TRY(writes.insert_token_, connection.prepare(kInsertToken));
  CS_TRY(writes.delete_token_, connection.prepare(kTakeToken));
  CS_TRY(writes.insert_challenge_, connection.prepare(kInsertChallenge));
  CS_TRY(writes.update_challenge_, connection.prepare(kUpdateChallenge));
  CS_TRY(writes.sweep_challenges_, connection.prepare(kSweepChallenges));
  CS_TRY(writes.displace_challenges_, connection.prepare(kDisplaceChallenges));
  return writes;
}

Status OtherWrites::write(const OtherRows& rows) {
  if (rows.new_challenge) CS_CHECK(put(*rows.new_challenge));
  if (rows.challenge) CS_CHECK(put(*rows.challenge));
  if (rows.client) CS_CHECK(put(*rows.client));
  for (const TokenRecord& token : rows.new_tokens) CS_CHECK(put(token));
  if (rows.taken_token) return take(*rows.taken_token);
  return {};
}

Status OtherWrites::put(const NewChallenge& challenge) {
  const Challenge& row = challenge.row;
  CS_CHECK(sweep_challenges_.run(to_milliseconds(challenge.gone_by)));
  CS_CHECK(displace_challenges_.run(row.subject, challenge.open_max - 1));
  return one_row(insert_challenge_.run(row.id, row.subject, row.factor, row.purpose, row.value,
                                       row.tries, row.position, to_milliseconds(row.created_at),
                                       to_milliseconds(row.expires_at), challenge.mac));
}

Status OtherWrites::put(const ChallengeChange& change) {
  const Challenge& row = change.row;
  return one_row(
      update_challenge_.run(row.tries, row.position, change.mac, row.id, change.tries_before));
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
