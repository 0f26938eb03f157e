// SPDX-License-Identifier: Apache-2.0
// One connection of a client, over plain TCP or TLS: one request after another, until either side
// ends it.
#pragma once

#include "async/awaitable.hpp"
#include "base/clock.hpp"
#include "gateway/daemon.hpp"
#include "gateway/rate_limit.hpp"
#include "gateway/source.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <memory>
#include <vector>

namespace countersign::gateway {

using TcpSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

// How long a client may take.
struct Patience {
  std::chrono::milliseconds handshake{10'000};
  std::chrono::milliseconds request{10'000};  // from its first byte to its last
  std::chrono::milliseconds idle{60'000};     // with nothing under way
  std::chrono::milliseconds write{10'000};    // for a client that does not read
};

// What all sessions share. Outlives them.
struct Shared {
  Backend& backend;
  const Clock& clock;
  const std::vector<Network>& trusted_proxies;
  RateLimit& rate_limit;
  Patience patience;
};

class Session {
 public:
  virtual ~Session() = default;

  // Serves the connection to its end. REQUIRES: called once; the session lives until then.
  virtual awaitable<void> run() = 0;

  // Begins nothing any more; what has begun is answered. run() then ends by itself.
  void stop();
  // Ends the connection if the client has taken too long.
  void check(SteadyTime now);
  // Ends the connection, whatever is under way on it.
  virtual void close() = 0;

  [[nodiscard]] const IpAddress& peer() const { return peer_; }

 protected:
  Session(const IpAddress& peer, const Shared& shared) : peer_{peer}, shared_{shared} {}

  IpAddress peer_;
  const Shared& shared_;
  SteadyTime limit_ = SteadyTime::max();
  bool is_idle_ = false;
  bool stopping_ = false;
};

[[nodiscard]] std::shared_ptr<Session> make_session(TcpSocket socket, const IpAddress& peer,
                                                    const Shared& shared);

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// REQUIRES: a context.
[[nodiscard]] std::shared_ptr<Session> make_session(TcpSocket socket, const IpAddress& peer,
                                                    const Shared& shared, TlsContext tls);

}  // namespace countersign::gateway
