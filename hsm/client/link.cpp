// SPDX-License-Identifier: Apache-2.0
#include "hsm/client/link.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <tuple>

namespace countersign::hsm {
namespace {

namespace asio = boost::asio;

Error lost(const boost::system::error_code& code) {
  return {ErrorCode::unavailable, "hsm.link", static_cast<std::uint64_t>(code.value())};
}

}  // namespace

Status Link::connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return Error{ErrorCode::limit_exceeded, "hsm.socket_path"};
  }
  path.copy(address.sun_path, path.size());

  boost::system::error_code code;
  socket_.open(Protocol{AF_UNIX, 0}, code);
  if (code) return lost(code);
  // The kernel may grant less; then more packets wait for writable().
  boost::system::error_code ignored;
  socket_.set_option(asio::socket_base::send_buffer_size{kSocketBufferBytes}, ignored);
  socket_.set_option(asio::socket_base::receive_buffer_size{kSocketBufferBytes}, ignored);
  // Non-blocking first: connecting to a full backlog would otherwise stop the loop.
  socket_.non_blocking(true, code);
  if (code) return lost(code);
  if (::connect(socket_.native_handle(), reinterpret_cast<const sockaddr*>(&address),
                sizeof address) != 0) {
    return Error{ErrorCode::unavailable, "connect", static_cast<std::uint64_t>(errno)};
  }
  return {};
}

awaitable<Result<BytesView>> Link::receive() {
  const auto space = received_.expose();
  ::explicit_bzero(space.data(), received_bytes_);
  received_bytes_ = 0;

  asio::socket_base::message_flags flags = 0;
  const asio::mutable_buffer buffer{space.data(), space.size()};
  const auto [code, size] =
      co_await socket_.async_receive(buffer, flags, asio::as_tuple(use_awaitable));
  if (code) co_return lost(code);
  received_bytes_ = size;
  if ((flags & MSG_TRUNC) != 0) co_return Error{ErrorCode::limit_exceeded, "hsm_packet.length"};
  if (size == 0) co_return Error{ErrorCode::unavailable, "hsm.closed"};
  co_return BytesView{space.first(size)};
}

Result<bool> Link::send(BytesView packet) {
  const auto sent =
      ::send(socket_.native_handle(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) return true;
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return false;
  return Error{ErrorCode::unavailable, "send", static_cast<std::uint64_t>(errno)};
}

awaitable<void> Link::writable() {
  std::ignore =
      co_await socket_.async_wait(asio::socket_base::wait_write, asio::as_tuple(use_awaitable));
}

void Link::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace countersign::hsm
