// SPDX-License-Identifier: Apache-2.0
#include "gateway/server.hpp"

#include "base/log.hpp"
#include "gateway/http.hpp"

#include <sys/socket.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <utility>

namespace countersign::gateway {
namespace {

const auto kAsTuple = boost::asio::as_tuple(use_awaitable);

// How long accepting rests when the kernel has no descriptor or memory left for a connection.
constexpr std::chrono::milliseconds kAcceptPause{100};
// Whoever knocks too often must not fill the log.
constexpr std::chrono::seconds kComplaintInterval{10};

Error failed(Literal call, const boost::system::error_code& code) {
  return Error{ErrorCode::unavailable, call, static_cast<std::uint64_t>(code.value())};
}

}  // namespace

Server::Server(Executor executor, const Settings& settings, Backend& backend)
    : executor_{executor},
      settings_{settings},
      rate_limit_{settings.rate},
      shared_{.backend = backend,
              .clock = clock_,
              .trusted_proxies = settings.trusted_proxies,
              .rate_limit = rate_limit_,
              .patience = {}},
      acceptor_{executor} {}

Status Server::open() {
  const boost::asio::ip::tcp::endpoint endpoint{settings_.address, settings_.port};
  boost::system::error_code code;
  acceptor_.open(endpoint.protocol(), code);
  if (code) return failed("socket", code);
  acceptor_.set_option(Acceptor::reuse_address{true}, code);
  if (code) return failed("setsockopt", code);
  acceptor_.bind(endpoint, code);
  if (code) return failed("bind", code);
  acceptor_.listen(Acceptor::max_listen_connections, code);
  if (code) return failed("listen", code);
  return {};
}

std::uint16_t Server::port() const {
  boost::system::error_code ignored;
  return acceptor_.local_endpoint(ignored).port();
}

void Server::start() {
  accepting_ = true;
  auto ended = [this](const std::exception_ptr& failure) { accepting_ended(failure); };
  boost::asio::co_spawn(executor_, accept_all(), std::move(ended));
}

awaitable<void> Server::accept_all() {
  while (!stopping_) {
    TcpSocket socket{executor_};
    const auto [code] = co_await acceptor_.async_accept(socket, kAsTuple);
    if (stopping_) break;
    if (!code) {
      adopt(std::move(socket));
      continue;
    }
    log::warning("gateway.accept", {{"error", code.value()}});
    Timer pause{executor_};
    pause.expires_after(kAcceptPause);
    co_await pause.async_wait(kAsTuple);
  }
}

bool Server::has_room(const IpAddress& peer) const {
  if (sessions_.size() >= settings_.connections) return false;
  const auto trusts = [&](const Network& proxy) { return proxy.holds(peer); };
  if (std::ranges::any_of(settings_.trusted_proxies, trusts)) return true;
  const auto found = per_source_.find(peer.subscriber());
  return found == per_source_.end() || found->second < settings_.connections_per_source;
}

void Server::adopt(TcpSocket socket) {
  boost::system::error_code gone;
  const auto endpoint = socket.remote_endpoint(gone);
  if (gone) return;
  const IpAddress peer = address_of(endpoint.address());
  if (!has_room(peer)) {
    const auto now = std::chrono::steady_clock::now();
    if (now - complained_at_ >= kComplaintInterval) {
      complained_at_ = now;
      log::warning("gateway.connections", {{"connections", sessions_.size()}});
    }
    // As far as that goes without waiting. Over TLS it would not be understood.
    const std::string refusal = write_http(kStatusUnavailable, {}, false);
    if (!tls_) {
      ::send(socket.native_handle(), refusal.data(), refusal.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    return;
  }
  socket.set_option(boost::asio::ip::tcp::no_delay{true}, gone);
  auto session = tls_ ? make_session(std::move(socket), peer, shared_, tls_)
                      : make_session(std::move(socket), peer, shared_);
  ++per_source_[peer.subscriber()];
  sessions_.insert(session);
  auto running = session->run();
  auto ended = [this, session = std::move(session)](const std::exception_ptr& failure) {
    session_ended(session, failure);
  };
  boost::asio::co_spawn(executor_, std::move(running), std::move(ended));
}

// A session that failed in a way that nobody foresaw takes only itself down.
void Server::session_ended(const std::shared_ptr<Session>& session,
                           const std::exception_ptr& failure) {
  if (failure) log::error("gateway.session_failed");
  const auto counted = per_source_.find(session->peer().subscriber());
  if (counted != per_source_.end() && --counted->second == 0) per_source_.erase(counted);
  sessions_.erase(session);
  check_stopped();
}

void Server::accepting_ended(const std::exception_ptr& failure) {
  if (failure) log::error("gateway.accepting_failed");
  accepting_ = false;
  check_stopped();
}

void Server::check(SteadyTime now) {
  for (const auto& session : sessions_) session->check(now);
  if (now < drain_limit_) return;
  log::warning("gateway.drain_limit", {{"connections", sessions_.size()}});
  drain_limit_ = SteadyTime::max();
  for (const auto& session : sessions_) session->close();
}

awaitable<void> Server::stop() {
  stopping_ = true;
  drain_limit_ = std::chrono::steady_clock::now() + kDrainLimit;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  for (const auto& session : sessions_) session->stop();
  check_stopped();
  co_await stopped_.wait();
}

void Server::check_stopped() {
  if (!stopping_ || !sessions_.empty() || accepting_) return;
  if (!std::exchange(stopped_said_, true)) stopped_.complete(true);
}

}  // namespace countersign::gateway
