// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/server.hpp"

#include "base/log.hpp"

#include <sys/socket.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>

#include <chrono>
#include <utility>

namespace countersign::net {
namespace {

// How long accepting rests when the kernel has no descriptor or memory left for a connection.
constexpr std::chrono::milliseconds kAcceptPause{100};

using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

// Tells a peer over its limit what is wrong, as far as that goes without waiting: it must not cost
// more than that, and whether it would have spoken frames or HTTP is not known yet.
void turn_away(Socket& socket, Handler& handler, const Error& error) {
  std::string refusal;
  handler.refuse_frame(error, refusal);
  ::send(socket.native_handle(), refusal.data(), refusal.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

Server::Server(Executor executor, Limits limits, Patience patience)
    : executor_{executor},
      patience_{patience},
      quota_{std::make_shared<Quota>(limits)},
      sweep_{std::make_shared<Sweep>(executor)} {}

void Server::serve(Listener listener, Handler& handler) {
  Door& door = doors_.emplace_back(Door{std::move(listener), handler});
  ++accepting_;
  auto ended = [this](std::exception_ptr failure) { accepting_ended(std::move(failure)); };
  boost::asio::co_spawn(executor_, accept_all(door), std::move(ended));
}

awaitable<void> Server::accept_all(Door& door) {
  const auto token = boost::asio::as_tuple(use_awaitable);
  while (!stopping_) {
    Socket socket{executor_};
    const auto [code] = co_await door.listener.acceptor().async_accept(socket, token);
    if (stopping_) break;
    if (!code) {
      adopt(std::move(socket), door.handler);
      continue;
    }
    log::warning("net.accept", {{"error", code.value()}});
    Timer pause{executor_};
    pause.expires_after(kAcceptPause);
    co_await pause.async_wait(token);
  }
}

void Server::adopt(Socket socket, Handler& handler) {
  const Result<Peer> peer = identify_peer(socket.native_handle());
  if (!peer) {
    turn_away(socket, handler, peer.error());
    return;
  }
  auto share = quota_->connect(peer->uid);
  if (!share) {
    log::warning("net.connections", {{"uid", peer->uid}});
    turn_away(socket, handler, Error{ErrorCode::limit_exceeded, "net.connections"});
    return;
  }
  const auto session = std::make_shared<Session>(std::move(socket), *peer, handler,
                                                 std::move(share), sweep_, patience_);
  sessions_.insert(session);
  auto ended = [this, session](std::exception_ptr failure) {
    session_ended(session, std::move(failure));
  };
  boost::asio::co_spawn(executor_, session->run(), std::move(ended));
}

// A session that failed in a way that nobody foresaw takes only itself down.
void Server::session_ended(const std::shared_ptr<Session>& session, std::exception_ptr failure) {
  if (failure) log::error("net.session_failed");
  sessions_.erase(session);
  check_stopped();
}

void Server::accepting_ended(std::exception_ptr failure) {
  if (failure) log::error("net.accepting_failed");
  --accepting_;
  check_stopped();
}

awaitable<void> Server::stop() {
  stopping_ = true;
  for (Door& door : doors_) door.listener.close();
  for (const auto& session : sessions_) session->stop();
  check_stopped();
  co_await stopped_.wait();
}

void Server::check_stopped() {
  if (!stopping_ || !sessions_.empty() || accepting_ != 0) return;
  if (!std::exchange(stopped_said_, true)) stopped_.complete(true);
}

}  // namespace countersign::net
