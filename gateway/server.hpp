// SPDX-License-Identifier: Apache-2.0
// The listening socket and every connection on it.
#pragma once

#include "async/completion.hpp"
#include "gateway/session.hpp"
#include "gateway/settings.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>

#include <memory>
#include <unordered_map>
#include <unordered_set>

namespace countersign::gateway {

class Server {
 public:
  // How often limits are looked at.
  static constexpr std::chrono::milliseconds kTick{250};
  // What has begun when we are told to stop may take so long.
  static constexpr std::chrono::seconds kDrainLimit{10};

  // REQUIRES: the settings and the backend outlive the Server, the Server what it serves.
  Server(Executor executor, const Settings& settings, Backend& backend);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Listens. Fails with `unavailable`: the call that failed and its errno.
  Status open();
  [[nodiscard]] std::uint16_t port() const;

  // Serves new connections with this certificate; plainly if there is none.
  void set(TlsContext tls) { tls_ = std::move(tls); }
  // Takes connections from now on.
  void start();
  // Closes what has passed a limit. To be called every kTick.
  void check(SteadyTime now);

  // Takes no connection any more, and is complete when everything that had begun is answered; what
  // takes longer than kDrainLimit is cut off. REQUIRES: called once; check() goes on.
  awaitable<void> stop();

 private:
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;

  awaitable<void> accept_all();
  void adopt(TcpSocket socket);
  [[nodiscard]] bool has_room(const IpAddress& peer) const;
  void session_ended(const std::shared_ptr<Session>& session, const std::exception_ptr& failure);
  void accepting_ended(const std::exception_ptr& failure);
  void check_stopped();

  Executor executor_;
  const Settings& settings_;
  SystemClock clock_;
  RateLimit rate_limit_;
  Shared shared_;
  Acceptor acceptor_;
  TlsContext tls_;
  std::unordered_set<std::shared_ptr<Session>> sessions_;
  std::unordered_map<std::uint64_t, std::uint32_t> per_source_;  // by subscriber
  bool accepting_ = false;
  bool stopping_ = false;
  bool stopped_said_ = false;
  SteadyTime drain_limit_ = SteadyTime::max();
  SteadyTime complained_at_{};
  Completion<bool> stopped_;
};

}  // namespace countersign::gateway
