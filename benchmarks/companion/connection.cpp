// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/companion/connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace countersign::bench {
namespace {

// Small segments, because the server's kernel sizes its own buffer after them.
constexpr int kLeastWindowBytes = 2048;
constexpr int kLeastSegmentBytes = 536;

void set(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

Error failed(Literal operation) {
  return {ErrorCode::unavailable, operation, static_cast<std::uint64_t>(errno)};
}

}  // namespace

Result<Connection> Connection::open(std::uint16_t port, Window window) {
  Connection connection{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (connection.fd_ < 0) return failed("socket");
  set(connection.fd_, IPPROTO_TCP, TCP_NODELAY, 1);
  if (window == Window::least) {
    set(connection.fd_, SOL_SOCKET, SO_RCVBUF, kLeastWindowBytes);
    set(connection.fd_, IPPROTO_TCP, TCP_MAXSEG, kLeastSegmentBytes);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* const raw = reinterpret_cast<const sockaddr*>(&address);
  if (::connect(connection.fd_, raw, sizeof address) != 0) return failed("connect");
  return connection;
}

Connection::Connection(Connection&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}

Connection& Connection::operator=(Connection&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Connection::~Connection() {
  if (fd_ >= 0) ::close(fd_);
}

Status Connection::send(std::string_view bytes) {
  const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent == static_cast<ssize_t>(bytes.size())) return {};
  return failed("send");
}

}  // namespace countersign::bench
