// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/countersign_client.hpp"

#include "clients/cpp/connection.hpp"

#include <utility>

namespace countersign::client {
namespace {

// Asking these twice changes nothing that asking once would not have: a verify (or an answer) that
// was accepted is answered again under its id, the others only read.
bool may_be_repeated(const v1::Request& request) {
  switch (request.operation_case()) {
    case v1::Request::kVerify:
    case v1::Request::kAnswerChallenge:
    case v1::Request::kHealth:
    case v1::Request::kGetSubject:
    case v1::Request::kListFactors:
    case v1::Request::kListTokens:
    case v1::Request::kListClients:
    case v1::Request::kCheckStore:
    case v1::Request::kGetStatus:
    case v1::Request::kDescribeRealm:
    case v1::Request::kInspectTicket:
    case v1::Request::kGetSession:
    case v1::Request::kListSessions:
    case v1::Request::kGetQuestion:
    case v1::Request::kGetProfile:
    case v1::Request::kListActivity:
    case v1::Request::kExportSubject:
    case v1::Request::kExplainPolicy:
    case v1::Request::kReadJournal:
      return true;
    default:
      return false;
  }
}

// A refusal of the connection as a whole, or of a body that gave no id away, carries none.
bool answers(const v1::Reply& reply, const v1::Request& request) {
  if (reply.outcome_case() == v1::Reply::OUTCOME_NOT_SET) return false;
  if (reply.request_id().empty()) return reply.has_error();
  return reply.request_id() == request.request_id();
}

Status append(Connection& connection, const v1::Request& request) {
  CS_TRY(const std::span<std::byte> body, connection.append(request.ByteSizeLong()));
  request.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(body.data()));
  return {};
}

}  // namespace

Client::Client(std::string path, std::unique_ptr<Connection> connection)
    : path_{std::move(path)}, connection_{std::move(connection)} {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::connect(std::string path, Deadline deadline) {
  CS_TRY(auto connection, Connection::open(path, deadline));
  return Client{std::move(path), std::move(connection)};
}

Status Client::reconnect(Deadline deadline) {
  CS_TRY(connection_, Connection::open(path_, deadline));
  return {};
}

Result<v1::Reply> Client::call(v1::Request request, Deadline deadline) {
  if (request.request_id().empty()) {
    CS_TRY(*request.mutable_request_id(), new_request_id());
  }
  const bool was_open = connection_->native_handle() >= 0;
  if (!was_open) CS_CHECK(reconnect(deadline));
  Result<v1::Reply> reply = exchange(request, deadline);
  const bool is_lost = !reply && reply.error().code == ErrorCode::unavailable;
  if (!is_lost || !may_be_repeated(request)) return reply;
  CS_CHECK(reconnect(deadline));
  return exchange(request, deadline);
}

Result<v1::Reply> Client::exchange(const v1::Request& request, Deadline deadline) {
  CS_CHECK(append(*connection_, request));
  Result<v1::Reply> reply{v1::Reply{}};
  CS_CHECK(receive(*reply, deadline));
  if (!answers(*reply, request)) {
    CS_CHECK(reconnect(deadline));
    return Error{ErrorCode::malformed, "client.reply"};
  }
  return reply;
}

Status Client::send(const v1::Request& request) {
  CS_CHECK(append(*connection_, request));
  if (connection_->is_full()) return connection_->poll();
  return {};
}

Status Client::flush(Deadline deadline) { return connection_->flush(deadline); }
Status Client::poll() { return connection_->poll(); }
bool Client::has_answer() const { return connection_->has_answer(); }
int Client::native_handle() const { return connection_->native_handle(); }

Status Client::receive(v1::Reply& reply, Deadline deadline) {
  CS_TRY(const BytesView body, connection_->receive(deadline));
  if (reply.ParseFromArray(body.data(), static_cast<int>(body.size()))) return {};
  connection_->close();
  return Error{ErrorCode::malformed, "client.reply"};
}

}  // namespace countersign::client
