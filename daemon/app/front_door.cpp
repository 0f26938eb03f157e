// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/front_door.hpp"

#include "base/log.hpp"
#include "daemon/wire/codec.hpp"
#include "policies/authorise.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>

namespace countersign::app {
namespace {

// An exception that reached the end of a request (out of memory, a bug) refuses that request: the
// reply object, let go unanswered, says so.
void finished(const std::exception_ptr& thrown) {
  if (thrown) log::error("request.exception");
}

net::HttpAnswer to_net(wire::HttpAnswer answer) { return {answer.status, std::move(answer.body)}; }

}  // namespace

// Sessions are people's, and other sockets know none.
Status FrontDoor::check_session(const Request& request) const {
  if (role_ == Role::enroll || request.session.size() == 0) return {};
  return Error{ErrorCode::malformed, "session.socket"};
}

Status FrontDoor::admit(const net::Peer& peer) {
  return policies::admit(*policy_, with_role(peer));
}

void FrontDoor::answer_frame(const net::Peer& peer, BytesView body, net::FrameReply reply) {
  auto request = wire::decode_frame(body);
  if (!request) {
    wire::encode_frame({wire::request_id_of(body), request.error()}, reply.out());
    return;
  }
  if (const Status allowed = check_session(*request); !allowed) {
    wire::encode_frame({request->id, allowed.error()}, reply.out());
    return;
  }
  if (auto* ask = std::get_if<Verify>(&request->ask)) {
    boost::asio::co_spawn(
        loop_.get_executor(),
        serve_verify(with_role(peer), request->id, std::move(*ask), std::move(reply)), &finished);
    return;
  }
  boost::asio::co_spawn(loop_.get_executor(),
                        serve_frame(with_role(peer), std::move(*request), std::move(reply)),
                        &finished);
}

awaitable<void> FrontDoor::serve_frame(Peer peer, Request request, net::FrameReply reply) {
  Result<Answer> answer = co_await service_.answer(peer, request);
  wire::encode_frame({request.id, std::move(answer)}, reply.out());
}

awaitable<void> FrontDoor::serve_verify(Peer peer, RequestId id, Verify ask,
                                        net::FrameReply reply) {
  const Result<Verdict> verdict = co_await service_.answer(peer, id, ask);
  if (verdict) {
    wire::encode_frame({id, Answer{*verdict}}, reply.out());
  } else {
    wire::encode_frame({id, verdict.error()}, reply.out());
  }
}

void FrontDoor::answer_http(const net::Peer& peer, const net::HttpRequest& request,
                            net::HttpReply reply) {
  auto decoded =
      wire::decode_json(request.operation, request.body, request.idempotency_key, request.session);
  if (!decoded) {
    reply.send(refuse_http(decoded.error()));
    return;
  }
  if (const Status allowed = check_session(*decoded); !allowed) {
    reply.send(refuse_http(allowed.error()));
    return;
  }
  boost::asio::co_spawn(loop_.get_executor(),
                        serve_http(with_role(peer), std::move(*decoded), std::move(reply)),
                        &finished);
}

awaitable<void> FrontDoor::serve_http(Peer peer, Request request, net::HttpReply reply) {
  Result<Answer> answer = co_await service_.answer(peer, request);
  reply.send(to_net(wire::encode_json({request.id, std::move(answer)})));
}

void FrontDoor::refuse_frame(const Error& error, std::string& out) {
  wire::encode_frame({RequestId{}, error}, out);
}

net::HttpAnswer FrontDoor::refuse_http(const Error& error) {
  return to_net(wire::encode_json({RequestId{}, error}));
}

}  // namespace countersign::app
