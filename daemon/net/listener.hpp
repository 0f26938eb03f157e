// SPDX-License-Identifier: Apache-2.0
// A Unix stream socket that accepts connections: made here, or inherited from systemd.
#pragma once

#include "async/awaitable.hpp"
#include "base/error.hpp"

#include <sys/types.h>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <optional>
#include <string>

namespace countersign::net {

using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::local::stream_protocol, Executor>;

inline constexpr mode_t kSocketMode = 0660;

class Listener {
 public:
  // Makes the socket at `path`. One that a dead process left behind is replaced.
  //
  // Fails with `conflict`: "socket.in_use" (somebody answers there), "socket.not_a_socket"
  // (something else bears that name: it is left alone); with `limit_exceeded`:
  // "socket.path_length"; with `unavailable`: the call that failed and its errno.
  static Result<Listener> bind(Executor executor, const std::string& path,
                               mode_t mode = kSocketMode);

  // The socket that systemd passes under this name (FileDescriptorName=); nothing when it passes
  // none. Fails with `malformed` when that is not a listening Unix stream socket.
  static Result<std::optional<Listener>> inherit(Executor executor, const std::string& name);

  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;
  // Removes the path if it was made here.
  ~Listener();

  [[nodiscard]] Acceptor& acceptor() { return acceptor_; }
  // No connection is taken any more.
  void close();

 private:
  Listener(Acceptor acceptor, std::string path);

  Acceptor acceptor_;
  std::string path_;  // empty when inherited
};

}  // namespace countersign::net
