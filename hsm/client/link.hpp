// SPDX-License-Identifier: Apache-2.0
// One connection to one HSM worker: whole packets in, whole packets out.
#pragma once

#include "async/awaitable.hpp"
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "hsm/protocol/packet.hpp"

#include <boost/asio/basic_seq_packet_socket.hpp>
#include <boost/asio/generic/seq_packet_protocol.hpp>

#include <string>

namespace countersign::hsm {

class Link {
 public:
  explicit Link(Executor executor) : socket_{executor} {}

  // Fails with `unavailable` when nobody listens there.
  Status connect(const std::string& path);

  // The next packet, valid until the next call, which wipes it. Fails with `unavailable` when the
  // connection is over and with `limit_exceeded` when a packet was longer than any may be.
  awaitable<Result<BytesView>> receive();

  // Never waits: false when the socket is full, and `unavailable` when the connection is over.
  Result<bool> send(BytesView packet);
  // Returns when sending is worth another try, or the connection is over.
  awaitable<void> writable();

  // Ends every wait on this link.
  void close();

 private:
  using Protocol = boost::asio::generic::seq_packet_protocol;

  boost::asio::basic_seq_packet_socket<Protocol, Executor> socket_;
  SecretBytes received_{kAnswersBytesMax};
  std::size_t received_bytes_ = 0;
};

}  // namespace countersign::hsm
