// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/admin/client_service.hpp"

#include "base/passcode.hpp"

namespace countersign {
namespace {

Answer outcome(ClientOutcome outcome) { return ClientCheck{outcome}; }

// No less than what it takes in a frame.
std::size_t size_in_frame(const Client& client) {
  constexpr std::size_t kRest = 64;
  std::size_t size = kRest + client.name.size();
  for (const Network& network : client.networks) size += network.text().size() + 2;
  return size;
}

}  // namespace

awaitable<Result<Answer>> ClientService::check(const CheckClient& ask) {
  const auto found = co_await store_.client(ask.client);
  if (!found && found.error().code == ErrorCode::not_found) {
    co_return outcome(ClientOutcome::no_such_client);
  }
  if (!found) co_return found.error();
  const Client& client = **found;
  if (client.state != ClientState::active || !client.may_ask_from(ask.source)) {
    co_return outcome(ClientOutcome::may_not);
  }
  if (ask.signature.empty()) {
    const bool enough = !client.require_signature;
    co_return outcome(enough ? ClientOutcome::may : ClientOutcome::bad_signature);
  }
  CS_CO_TRY(const auto expected, co_await hsm_.sign_for_client(client.sealed, ask.text.expose()));
  const bool good = equal_in_constant_time(as_text(expected), as_text(ask.signature));
  co_return outcome(good ? ClientOutcome::may : ClientOutcome::bad_signature);
}

awaitable<Result<Answer>> ClientService::sign(const SignForClient& ask) {
  CS_CO_TRY(const ClientPtr client, co_await store_.client(ask.client));
  CS_CO_TRY(const auto signature, co_await hsm_.sign_for_client(client->sealed, ask.text.expose()));
  co_return Answer{Signature{signature}};
}

awaitable<Result<hsm::Generated>> ClientService::key_of(AddClient& ask) {
  if (!ask.api_key) co_return co_await hsm_.generate_client();
  SecretBytes imported = std::move(*ask.api_key);
  ask.api_key.reset();
  CS_CO_TRY(Bytes sealed, co_await hsm_.seal_client(std::move(imported)));
  co_return hsm::Generated{std::move(sealed), SecretBytes{}};
}

awaitable<Result<Answer>> ClientService::add(Peer peer, AddClient ask) {
  CS_CO_TRY(hsm::Generated made, co_await key_of(ask));
  Client client{.id = ask.id,
                .name = ask.name.text(),
                .networks = std::move(ask.networks),
                .require_signature = ask.require_signature,
                .sealed = std::move(made.sealed),
                .created_at = clock_.now()};
  JournalEntry record{.at = client.created_at, .event = Event::client_added, .peer_uid = peer.uid};
  CS_CO_TRY(client.id, co_await store_.add(client, std::move(record)));
  co_return Answer{ClientReport{std::move(client), std::move(made.secret)}};
}

awaitable<Result<Answer>> ClientService::list(const ListClients& ask) {
  CS_CO_TRY(const auto found, co_await store_.clients(ask.after));
  ClientList list;
  std::size_t size = 0;
  for (const ClientPtr& client : found) {
    size += size_in_frame(*client);
    if (size > kListBytesMax) break;
    list.clients.push_back(*client);
  }
  co_return Answer{std::move(list)};
}

awaitable<Result<Answer>> ClientService::revoke(Peer peer, const RevokeClient& ask) {
  CS_CO_TRY(const ClientPtr client, co_await store_.client(ask.client));
  if (client->state == ClientState::revoked) co_return Error{ErrorCode::conflict, "client.state"};
  JournalEntry record{.at = clock_.now(), .event = Event::client_revoked, .peer_uid = peer.uid};
  CS_CO_CHECK(co_await store_.change(client, ClientState::revoked, std::move(record)));
  Client revoked = *client;
  revoked.state = ClientState::revoked;
  co_return Answer{ClientReport{std::move(revoked), SecretBytes{}}};
}

}  // namespace countersign
