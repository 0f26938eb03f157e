// SPDX-License-Identifier: Apache-2.0
#include "http/server/server.hpp"

#include "base/log.hpp"

#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

namespace countersign::http {
namespace {

const auto kAsTuple = boost::asio::as_tuple(use_awaitable);

// How long accepting rests when the kernel has no descriptor or memory left for a connection.
constexpr std::chrono::milliseconds kAcceptPause{100};
// Whoever knocks too often must not fill the log.
constexpr std::chrono::seconds kComplaintInterval{10};

constexpr Error kNoRoom{ErrorCode::unavailable, "server.connections"};

Error failed(Literal call, const boost::system::error_code& code) {
  return Error{ErrorCode::unavailable, call, static_cast<std::uint64_t>(code.value())};
}

}  // namespace

Status read_listen(std::string_view text, ServerSettings& settings) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return Error{ErrorCode::malformed, "listen.port"};
  std::string_view host = text.substr(0, colon);
  const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(std::string{host}, failed);
  if (failed || address.is_v6() != is_bracketed) {
    return Error{ErrorCode::malformed, "listen.address"};
  }
  std::uint16_t port = 0;
  const std::string_view digits = text.substr(colon + 1);
  const char* const end = digits.data() + digits.size();
  const auto [stopped, wrong] = std::from_chars(digits.data(), end, port);
  if (wrong != std::errc{} || stopped != end) return Error{ErrorCode::malformed, "listen.port"};
  settings.address = address;
  settings.port = port;
  return {};
}

Server::Server(Executor executor, const ServerSettings& settings, Handler& handler)
    : executor_{executor},
      settings_{settings},
      shared_{.handler = handler,
              .trusted_proxies = settings.trusted_proxies,
              .body_bytes_max = settings.body_bytes_max,
              .patience = {}},
      acceptor_{executor} {}

Status Server::adopt_passed_socket() {
  const int passed = SD_LISTEN_FDS_START;
  if (::sd_is_socket_inet(passed, AF_UNSPEC, SOCK_STREAM, 1, 0) <= 0) {
    return Error{ErrorCode::malformed, "socket.passed"};
  }
  const bool is_v6 = ::sd_is_socket_inet(passed, AF_INET6, SOCK_STREAM, 1, 0) > 0;
  boost::system::error_code code;
  acceptor_.assign(is_v6 ? boost::asio::ip::tcp::v6() : boost::asio::ip::tcp::v4(), passed, code);
  if (code) return failed("assign", code);
  return {};
}

Status Server::open() {
  const int passed = ::sd_listen_fds(1);
  if (passed == 0) return listen_as_set();
  if (passed == 1) return adopt_passed_socket();
  if (passed < 0) {
    return Error{ErrorCode::unavailable, "sd_listen_fds", static_cast<std::uint64_t>(-passed)};
  }
  // Whoever connected to one that nobody looks at would wait for ever.
  return Error{ErrorCode::malformed, "socket.several_passed"};
}

Status Server::listen_as_set() {
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

boost::asio::ip::address Server::address() const {
  boost::system::error_code ignored;
  return acceptor_.local_endpoint(ignored).address();
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
    log::warning("http.accept", {{"error", code.value()}});
    Timer pause{executor_};
    pause.expires_after(kAcceptPause);
    co_await pause.async_wait(kAsTuple);
  }
}

// Whether this source has all the connections that one may have.
bool Server::is_full_for(const IpAddress& peer) const {
  const auto trusts = [&](const Network& proxy) { return proxy.holds(peer); };
  if (std::ranges::any_of(settings_.trusted_proxies, trusts)) return false;
  const auto found = per_source_.find(peer.subscriber());
  return found != per_source_.end() && found->second >= settings_.connections_per_source;
}

// Who has nothing under way gives their place to who comes: the one that has rested longest, of the
// same source if that has all it may have. Nobody holds places by doing nothing, and an office
// behind one address is not shut out by its own browsers, which keep connections for a while.
bool Server::make_room(const IpAddress& peer) {
  const bool of_this_source = is_full_for(peer);
  if (!of_this_source && connections_.size() < settings_.connections) return true;
  const SteadyTime now = std::chrono::steady_clock::now();
  Connection* longest = nullptr;
  for (const auto& connection : connections_) {
    const bool is_eligible =
        connection->rests(now) &&
        (!of_this_source || connection->peer().subscriber() == peer.subscriber());
    if (!is_eligible) continue;
    if (longest == nullptr || connection->limit() < longest->limit()) longest = connection.get();
  }
  if (longest == nullptr) return false;
  longest->stop();
  return true;
}

void Server::adopt(TcpSocket socket) {
  boost::system::error_code gone;
  const auto endpoint = socket.remote_endpoint(gone);
  if (gone) return;
  const IpAddress peer = address_of(endpoint.address());
  if (!make_room(peer)) {
    const auto now = std::chrono::steady_clock::now();
    if (now - complained_at_ >= kComplaintInterval) {
      complained_at_ = now;
      log::warning("http.connections", {{"connections", connections_.size()}});
    }
    // As far as that goes without waiting. Over TLS it would not be understood.
    const std::string refusal = shared_.handler.refusal(kNoRoom);
    if (!tls_) {
      ::send(socket.native_handle(), refusal.data(), refusal.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    return;
  }
  socket.set_option(boost::asio::ip::tcp::no_delay{true}, gone);
  auto connection = tls_ ? make_connection(std::move(socket), peer, shared_, tls_)
                         : make_connection(std::move(socket), peer, shared_);
  ++per_source_[peer.subscriber()];
  connections_.insert(connection);
  auto running = connection->run();
  auto ended = [this, connection = std::move(connection)](const std::exception_ptr& failure) {
    connection_ended(connection, failure);
  };
  boost::asio::co_spawn(executor_, std::move(running), std::move(ended));
}

// A connection that failed in a way that nobody foresaw takes only itself down.
void Server::connection_ended(const std::shared_ptr<Connection>& connection,
                              const std::exception_ptr& failure) {
  if (failure) log::error("http.connection_failed");
  const auto counted = per_source_.find(connection->peer().subscriber());
  if (counted != per_source_.end() && --counted->second == 0) per_source_.erase(counted);
  connections_.erase(connection);
  check_stopped();
}

void Server::accepting_ended(const std::exception_ptr& failure) {
  if (failure) log::error("http.accepting_failed");
  accepting_ = false;
  check_stopped();
}

void Server::check(SteadyTime now) {
  for (const auto& connection : connections_) connection->check(now);
  if (now < drain_limit_) return;
  log::warning("http.drain_limit", {{"connections", connections_.size()}});
  drain_limit_ = SteadyTime::max();
  for (const auto& connection : connections_) connection->close();
}

awaitable<void> Server::stop() {
  stopping_ = true;
  drain_limit_ = std::chrono::steady_clock::now() + kDrainLimit;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  for (const auto& connection : connections_) connection->stop();
  check_stopped();
  co_await stopped_.wait();
}

void Server::check_stopped() {
  if (!stopping_ || !connections_.empty() || accepting_) return;
  if (!std::exchange(stopped_said_, true)) stopped_.complete(true);
}

}  // namespace countersign::http
