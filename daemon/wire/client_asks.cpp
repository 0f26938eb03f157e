// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/client_asks.hpp"

#include "daemon/wire/wipe.hpp"

#include "api/countersign.pb.h"

namespace countersign::wire {
namespace {

constexpr std::size_t kApiKeyBytesMin = 16;
constexpr std::size_t kApiKeyBytesMax = 64;
constexpr std::size_t kSignatureBytesMax = 64;  // longer than any; a wrong one is no good request

template <class Message>
Status parse(BytesView bytes, Message& message) {
  // Cannot fail after check_message(); if Protobuf should disagree, it is right.
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return {};
  return Error{ErrorCode::malformed, "wire.field_bytes"};
}

Result<ClientId> client_from(std::uint32_t id) {
  if (id == 0) return Error{ErrorCode::malformed, "client_id"};
  return ClientId{id};
}

// Takes the text out of the message and wipes what it leaves behind.
Result<SecretBytes> text_from(std::string& text) {
  SecretBytes taken{as_bytes(text)};
  wipe(text);
  if (taken.size() > CheckClient::kTextBytesMax) return Error{ErrorCode::malformed, "text"};
  return taken;
}

Result<std::vector<Network>> networks_from(const v1::AddClient& message) {
  if (message.networks_size() > static_cast<int>(Client::kNetworksMax)) {
    return Error{ErrorCode::malformed, "network.count"};
  }
  std::vector<Network> networks;
  for (const std::string& text : message.networks()) {
    CS_TRY(networks.emplace_back(), Network::from(text));
  }
  return networks;
}

Result<std::optional<SecretBytes>> api_key_from(std::string& key) {
  if (key.empty()) return std::optional<SecretBytes>{};
  SecretBytes taken{as_bytes(key)};
  wipe(key);
  if (taken.size() < kApiKeyBytesMin || taken.size() > kApiKeyBytesMax) {
    return Error{ErrorCode::malformed, "api_key"};
  }
  return std::optional{std::move(taken)};
}

}  // namespace

Result<Ask> check_client_from(BytesView bytes) {
  // The hot one keeps its message, and with it every block that it ever needed.
  thread_local v1::CheckClient message;
  CS_CHECK(parse(bytes, message));
  CS_TRY(SecretBytes text, text_from(*message.mutable_text()));
  CS_TRY(const ClientId client, client_from(message.client_id()));
  if (message.signature().size() > kSignatureBytesMax) {
    return Error{ErrorCode::malformed, "signature"};
  }
  const BytesView signature = as_bytes(message.signature());
  const auto source = IpAddress::from(message.source_address());
  if (!source) return Error{ErrorCode::malformed, "source_address"};
  return Ask{CheckClient{client, std::move(text), {signature.begin(), signature.end()}, *source}};
}

Result<Ask> sign_for_client_from(BytesView bytes) {
  thread_local v1::SignForClient message;
  CS_CHECK(parse(bytes, message));
  CS_TRY(SecretBytes text, text_from(*message.mutable_text()));
  CS_TRY(const ClientId client, client_from(message.client_id()));
  return Ask{SignForClient{client, std::move(text)}};
}

Result<Ask> add_client_from(BytesView bytes) {
  v1::AddClient message;
  CS_CHECK(parse(bytes, message));
  CS_TRY(auto api_key, api_key_from(*message.mutable_api_key()));
  CS_TRY(Label name, Label::from(message.name()));
  CS_TRY(auto networks, networks_from(message));
  return Ask{AddClient{std::move(name), std::move(networks), message.require_signature(),
                       ClientId{message.id()}, std::move(api_key)}};
}

Result<Ask> list_clients_from(BytesView bytes) {
  v1::ListClients message;
  CS_CHECK(parse(bytes, message));
  return Ask{ListClients{ClientId{message.after_id()}}};
}

Result<Ask> revoke_client_from(BytesView bytes) {
  v1::RevokeClient message;
  CS_CHECK(parse(bytes, message));
  CS_TRY(const ClientId client, client_from(message.client_id()));
  return Ask{RevokeClient{client}};
}

}  // namespace countersign::wire
