// SPDX-License-Identifier: Apache-2.0
// Numbers are narrowed without a check, as in row_reads.cpp.
#include "daemon/store/sqlite/client_rows.hpp"

namespace countersign::store::sqlite {
namespace {

LoadedClient client_of(ClientId id, const Statement& row) {
  LoadedClient client;
  client.row.id = id;
  client.row.name = row.text(0);
  client.networks = row.text(1);
  client.row.require_signature = row.integer(2) != 0;
  client.row.state = static_cast<ClientState>(row.integer(3));
  const BytesView sealed = row.blob(4);
  client.row.sealed.assign(sealed.begin(), sealed.end());
  client.row.created_at = from_milliseconds(row.integer(5));
  client.mac = row.fixed<32>(6);
  return client;
}

// In the index's own words, so that it is used.
constexpr auto kWasAdded =
    "SELECT 1 FROM journal WHERE event >= 40 AND outcome = 0 AND event = 45 AND count = ? LIMIT 1";

}  // namespace

Result<ClientReads> ClientReads::open(Connection& connection) {
  ClientReads reads;
  CS_TRY(reads.client_, connection.prepare("SELECT name, networks, require_signature, state, "
                                           "sealed, created_at_ms, mac FROM client WHERE id = ?"));
  CS_TRY(reads.clients_,
         connection.prepare("SELECT id FROM client WHERE id > ? ORDER BY id LIMIT ?"));
  CS_TRY(reads.was_added_, connection.prepare(kWasAdded));
  return reads;
}

Result<std::optional<LoadedClient>> ClientReads::client(ClientId id) {
  const Rewind rewind{client_};
  const Result<bool> found = client_.start(id);
  if (!found && is_too_long(found.error())) {
    LoadedClient forged;
    forged.row.id = id;
    return forged;
  }
  if (!found) return found.error();
  if (!*found) return std::nullopt;
  return client_of(id, client_);
}

Result<bool> ClientReads::was_added(ClientId id) {
  const Rewind rewind{was_added_};
  return was_added_.start(id);
}

Result<ClientWrites> ClientWrites::open(Connection& connection) {
  ClientWrites writes;
  CS_TRY(writes.insert_, connection.prepare("INSERT INTO client VALUES(?, ?, ?, ?, ?, ?, ?, ?)"));
  CS_TRY(writes.update_,
         connection.prepare("UPDATE client SET state = ?, mac = ? WHERE id = ? AND state = ?"));
  return writes;
}

Status ClientWrites::put(const ClientChange& change) {
  const Client& row = change.row;
  if (change.before) return one_row(update_.run(row.state, change.mac, row.id, *change.before));
  return one_row(insert_.run(row.id, row.name, text_of(row.networks), row.require_signature,
                             row.state, row.sealed, to_milliseconds(row.created_at), change.mac));
}

}  // namespace countersign::store::sqlite
