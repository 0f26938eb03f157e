// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/connection.hpp"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace countersign::client {
namespace {

Error failed(Literal call) {
  return Error{ErrorCode::unavailable, call, static_cast<std::uint64_t>(errno)};
}

int milliseconds_until(Deadline deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  constexpr std::int64_t kWaitMax = 3'600'000;
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kWaitMax));
}

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return Error{ErrorCode::limit_exceeded, "client.path_length", path.size()};
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

// Unix sockets connect at once, or not at all when too many wait already: then it is tried again.
Status connect_before(int fd, const sockaddr_un& address, Deadline deadline) {
  constexpr int kRetryMilliseconds = 10;
  for (;;) {
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (::connect(fd, generic, sizeof address) == 0) return {};
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return failed("client.connect");
    const int left = milliseconds_until(deadline);
    if (left == 0) return Error{ErrorCode::unavailable, "client.deadline"};
    ::poll(nullptr, 0, std::min(left, kRetryMilliseconds));
  }
}

}  // namespace

Connection::~Connection() {
  if (fd_ >= 0) ::close(fd_);
  ::explicit_bzero(out_.data(), out_.size());
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Deadline deadline) {
  CS_TRY(const sockaddr_un address, address_of(path));
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return failed("client.socket");
  std::unique_ptr<Connection> connection{new Connection{fd}};
  CS_CHECK(connect_before(fd, address, deadline));
  return connection;
}

Status Connection::flush(Deadline deadline) {
  while (sent_ < out_.size()) {
    CS_TRY(const bool sent, send_some());
    // The daemon stops reading while its answers are not taken: taking them unblocks both.
    CS_TRY(const bool received, receive_some());
    if (!sent && !received) CS_CHECK(wait(POLLIN | POLLOUT, deadline));
  }
  return {};
}

Result<BytesView> Connection::receive(Deadline deadline) {
  for (;;) {
    const auto body = in_.take();
    if (!body) return fail(body.error()).error();
    if (*body) return **body;
    const bool has_more = sent_ < out_.size();
    bool sent = false;
    if (has_more) {
      CS_TRY(sent, send_some());
    }
    CS_TRY(const bool received, receive_some());
    if (!sent && !received) {
      CS_CHECK(wait(static_cast<short>(has_more ? POLLIN | POLLOUT : POLLIN), deadline));
    }
  }
}

Status Connection::poll() {
  if (sent_ < out_.size()) CS_CHECK(send_some());
  CS_CHECK(receive_some());
  return {};
}

Result<bool> Connection::send_some() {
  if (fd_ < 0) return Error{ErrorCode::unavailable, "client.closed"};
  const ssize_t count = ::send(fd_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
  if (count < 0) {
    if (errno == EAGAIN || errno == EINTR) return false;
    return fail(failed("client.send")).error();
  }
  sent_ += static_cast<std::size_t>(count);
  if (sent_ == out_.size()) {
    ::explicit_bzero(out_.data(), out_.size());  // passcodes
    out_.clear();
    sent_ = 0;
  }
  return true;
}

Result<bool> Connection::receive_some() {
  if (fd_ < 0) return Error{ErrorCode::unavailable, "client.closed"};
  const std::span<std::byte> space = in_.space();
  const ssize_t count = ::recv(fd_, space.data(), space.size(), 0);
  if (count < 0) {
    if (errno == EAGAIN || errno == EINTR) return false;
    return fail(failed("client.receive")).error();
  }
  if (count == 0) return fail(Error{ErrorCode::unavailable, "client.hung_up"}).error();
  in_.advance(static_cast<std::size_t>(count));
  return true;
}

Status Connection::wait(short events, Deadline deadline) {
  const int left = milliseconds_until(deadline);
  pollfd waiting{fd_, events, 0};
  if (left == 0 || ::poll(&waiting, 1, left) == 0) {
    // An answer that comes later would be taken for the answer to another question.
    return fail(Error{ErrorCode::unavailable, "client.deadline"});
  }
  return {};
}

void Connection::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Status Connection::fail(Error error) {
  close();
  return error;
}

}  // namespace countersign::client
