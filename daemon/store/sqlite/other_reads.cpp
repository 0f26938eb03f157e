// SPDX-License-Identifier: Apache-2.0
// Numbers are narrowed without a check, as in row_reads.cpp.
#include "daemon/store/sqlite/other_reads.hpp"

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

}  // namespace

Result<OtherReads> OtherReads::open(Connection& connection) {
  OtherReads reads;
  CS_TRY(reads.client_, connection.prepare("SELECT name, networks, require_signature, state, "
                                           "sealed, created_at_ms, mac FROM client WHERE id = ?"));
  CS_TRY(reads.clients_,
         connection.prepare("SELECT id FROM client WHERE id > ? ORDER BY id LIMIT ?"));
  CS_TRY(reads.was_added_,
         connection.prepare("SELECT 1 FROM journal WHERE event >= 40 AND event < 50 AND "
                            "outcome = 0 AND event = 45 AND count = ? LIMIT 1"));
  return reads;
}

Result<std::optional<LoadedClient>> OtherReads::client(ClientId id) {
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

Result<std::vector<std::int64_t>> OtherReads::clients(std::int64_t after, std::size_t max) {
  const Rewind rewind{clients_};
  std::vector<std::int64_t> found;
  CS_TRY(bool more, clients_.start(after, max));
  while (more) {
    found.push_back(clients_.integer(0));
    CS_TRY(more, clients_.step());
  }
  return found;
}

Result<bool> OtherReads::was_added(ClientId id) {
  const Rewind rewind{was_added_};
  return was_added_.start(id);
}

}  // namespace countersign::store::sqlite
