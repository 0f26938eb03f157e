// SPDX-License-Identifier: Apache-2.0
// Clients of the Yubico validation protocol, beside the people.
#include "daemon/store/records.hpp"

#include <limits>

namespace countersign::store {
namespace {

using Statements = sqlite::Reader::Statements;

constexpr std::int64_t kIdMax = std::numeric_limits<std::uint32_t>::max();

}  // namespace

awaitable<Result<ClientPtr>> Records::client(ClientId id) {
  const auto cached = clients_.find(id);
  if (cached != clients_.end()) co_return cached->second;
  const std::uint64_t changes = clients_changes_;
  CS_CO_TRY(ClientPtr loaded, co_await load_client(id));
  if (changes == clients_changes_) clients_.try_emplace(id, loaded);
  co_return loaded;
}

awaitable<Result<ClientPtr>> Records::load_client(ClientId id) {
  auto read = [id](Statements& statements) { return statements.clients.client(id); };
  CS_CO_TRY(const auto row, co_await reader_.ask<std::optional<LoadedClient>>(read));
  if (!row) co_return Error{ErrorCode::not_found, "client.unknown"};
  Result<ClientPtr> client = co_await authenticator_.client(*row);
  if (!client && client.error().code == ErrorCode::corrupt) {
    co_await report(Tampered::client, number(id));
  }
  co_return client;
}

awaitable<Result<std::vector<ClientPtr>>> Records::clients(ClientId after) {
  auto read = [after](Statements& statements) {
    return statements.clients.clients(number(after), kClientsListed);
  };
  CS_CO_TRY(const auto ids, co_await reader_.ask<std::vector<std::int64_t>>(read));
  std::vector<ClientPtr> found;
  for (const std::int64_t id : ids) {
    CS_CO_TRY(found.emplace_back(), co_await client(static_cast<ClientId>(id)));
  }
  co_return found;
}

awaitable<Result<ClientId>> Records::add(Client client, JournalEntry entry) {
  if (client_count_ >= kClientsMax) co_return Error{ErrorCode::limit_exceeded, "client.count"};
  std::int64_t id = number(client.id);
  if (id == 0) id = last_client_ + 1;
  if (id > kIdMax) co_return Error{ErrorCode::limit_exceeded, "client.count"};
  last_client_ = std::max(last_client_, id);
  client.id = static_cast<ClientId>(id);
  const ClientId made = client.id;
  CS_CO_CHECK(co_await write(std::move(client), std::nullopt, std::move(entry)));
  ++client_count_;
  co_return made;
}

awaitable<Status> Records::change(ClientPtr from, ClientState state, JournalEntry entry) {
  Client client = *from;
  client.state = state;
  co_return co_await write(std::move(client), from->state, std::move(entry));
}

awaitable<Status> Records::write(Client client, std::optional<ClientState> before,
                                 JournalEntry entry) {
  const Bytes encoded = encode(client);
  CS_CO_TRY(const RowMac mac, co_await authenticator_.seal(encoded));
  const ClientId id = client.id;
  sqlite::Change change;
  change.client =
      std::make_unique<sqlite::ClientChange>(sqlite::ClientChange{std::move(client), mac, before});
  change.record.entry = std::move(entry);
  change.record.entry.count = number(id);
  Status written = co_await write(change);
  ++clients_changes_;
  clients_.erase(id);
  co_return written;
}

}  // namespace countersign::store
