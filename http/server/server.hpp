// SPDX-License-Identifier: Apache-2.0
// The listening socket and every connection on it.
#pragma once

#include "async/completion.hpp"
#include "http/server/connection.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace countersign::http {

// Where a server listens, and for how many.
struct ServerSettings {
  boost::asio::ip::address address = boost::asio::ip::address_v4::loopback();
  std::uint16_t port = 0;  // 0: one that is free
  std::vector<Network> trusted_proxies;
  std::uint32_t connections = 1'024;           // in all
  std::uint32_t connections_per_source = 256;  // a trusted proxy has no such limit
  std::size_t body_bytes_max = std::size_t{4} * 1024;
};

// "127.0.0.1:8180", "[::1]:8180". Fails with `malformed`.
[[nodiscard]] Status read_listen(std::string_view text, ServerSettings& settings);

class Server {
 public:
  // How often limits are looked at.
  static constexpr std::chrono::milliseconds kTick{250};
  // What has begun when we are told to stop may take so long.
  static constexpr std::chrono::seconds kDrainLimit{10};

  // REQUIRES: the settings and the handler outlive the Server, the Server what it serves.
  Server(Executor executor, const ServerSettings& settings, Handler& handler);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Listens: on the socket that systemd passes (sd_listen_fds(3)), if it passes one, else where the
  // settings say. Fails with `malformed` when what is passed is not one listening TCP socket
  // ("socket.passed", "socket.several_passed"); with `unavailable`: the call that failed and its
  // errno.
  Status open();
  // Where it listens, which systemd may know better than the settings. REQUIRES: open().
  [[nodiscard]] boost::asio::ip::address address() const;
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
  Status adopt_passed_socket();
  Status listen_as_set();
  void adopt(TcpSocket socket);
  [[nodiscard]] bool is_full_for(const IpAddress& peer) const;
  bool make_room(const IpAddress& peer);
  void connection_ended(const std::shared_ptr<Connection>& connection,
                        const std::exception_ptr& failure);
  void accepting_ended(const std::exception_ptr& failure);
  void check_stopped();

  Executor executor_;
  const ServerSettings& settings_;
  Shared shared_;
  Acceptor acceptor_;
  TlsContext tls_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  std::unordered_map<std::uint64_t, std::uint32_t> per_source_;  // by subscriber
  bool accepting_ = false;
  bool stopping_ = false;
  bool stopped_said_ = false;
  SteadyTime drain_limit_ = SteadyTime::max();
  SteadyTime complained_at_{};
  Completion<bool> stopped_;
};

}  // namespace countersign::http
