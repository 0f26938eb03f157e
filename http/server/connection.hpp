// SPDX-License-Identifier: Apache-2.0
// One connection of a client, over plain TCP or TLS: one request after another, until either side
// ends it.
#pragma once

#include "async/timer.hpp"
#include "http/server/handler.hpp"
#include "http/server/source.hpp"
#include "http/server/tls.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace countersign::http {

using TcpSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

// How long a client may take.
struct Patience {
  std::chrono::milliseconds handshake{10'000};
  std::chrono::milliseconds request{10'000};  // from its first byte to its last
  std::chrono::milliseconds idle{60'000};     // with nothing under way
  std::chrono::milliseconds write{10'000};    // for a client that does not read
};

// What all connections share. Outlives them.
struct Shared {
  Handler& handler;
  const std::vector<Network>& trusted_proxies;
  std::size_t body_bytes_max = 0;
  Patience patience;
};

class Connection {
 public:
  virtual ~Connection() = default;

  // Serves the connection to its end. REQUIRES: called once; the Connection lives until then.
  virtual awaitable<void> run() = 0;

  // Begins nothing any more; what has begun is answered. run() then ends by itself.
  void stop();
  // How long somebody who has just connected may take to begin before they count as resting.
  static constexpr std::chrono::seconds kFirstByte{1};

  // Whether nothing is under way on it: everything was answered, or nothing begun for a while. And
  // until when it may stay so.
  [[nodiscard]] bool rests(SteadyTime now) const;
  [[nodiscard]] SteadyTime limit() const { return limit_; }
  // Ends the connection if the client has taken too long.
  void check(SteadyTime now);
  // Ends the connection, whatever is under way on it.
  virtual void close() = 0;

  [[nodiscard]] const IpAddress& peer() const { return peer_; }

 protected:
  Connection(const IpAddress& peer, const Shared& shared) : peer_{peer}, shared_{shared} {}

  IpAddress peer_;
  const Shared& shared_;
  SteadyTime limit_ = SteadyTime::max();
  bool is_idle_ = false;
  bool answered_ = false;
  bool stopping_ = false;
};

[[nodiscard]] std::shared_ptr<Connection> make_connection(TcpSocket socket, const IpAddress& peer,
                                                          const Shared& shared);

// REQUIRES: a context.
[[nodiscard]] std::shared_ptr<Connection> make_connection(TcpSocket socket, const IpAddress& peer,
                                                          const Shared& shared, TlsContext tls);

}  // namespace countersign::http
