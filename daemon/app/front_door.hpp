// SPDX-License-Identifier: Apache-2.0
// One socket's door: bytes become a request, the service answers, the answer becomes bytes.
#pragma once

#include "async/awaitable.hpp"
#include "daemon/net/handler.hpp"
#include "daemon/service/service.hpp"

#include <boost/asio/io_context.hpp>

namespace countersign::app {

class FrontDoor final : public net::Handler {
 public:
  FrontDoor(boost::asio::io_context& loop, Role role, Service& service, const CurrentPolicy& policy)
      : loop_{loop}, role_{role}, service_{service}, policy_{policy} {}

  Status admit(const net::Peer& peer) override;
  void answer_frame(const net::Peer& peer, BytesView body, net::FrameReply reply) override;
  void answer_http(const net::Peer& peer, const net::HttpRequest& request,
                   net::HttpReply reply) override;
  void refuse_frame(const Error& error, std::string& out) override;
  net::HttpAnswer refuse_http(const Error& error) override;

 private:
  [[nodiscard]] Peer with_role(const net::Peer& peer) const {
    return {.uid = peer.uid, .gid = peer.gid, .role = role_};
  }
  // Fails with `malformed`.
  [[nodiscard]] Status check_session(const Request& request) const;
  awaitable<void> serve_frame(Peer peer, Request request, net::FrameReply reply);
  awaitable<void> serve_verify(Peer peer, RequestId id, Verify ask, net::FrameReply reply);
  awaitable<void> serve_http(Peer peer, Request request, net::HttpReply reply);

  boost::asio::io_context& loop_;
  Role role_;
  Service& service_;
  const CurrentPolicy& policy_;
};

}  // namespace countersign::app
