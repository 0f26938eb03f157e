// SPDX-License-Identifier: Apache-2.0
#include "tests/support/raw_peer.hpp"

#include "base/bytes.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace countersign::test {
namespace {

constexpr std::size_t kHeaderBytes = 8;
constexpr std::string_view kBlankLine = "\r\n\r\n";
constexpr timeval kPatience{20, 0};

}  // namespace

std::string frame_header(std::uint32_t body_bytes) {
  std::string header{"\xC5\x01\x00\x00", 4};
  for (int shift = 24; shift >= 0; shift -= 8) {
    header += static_cast<char>(body_bytes >> shift & 0xff);
  }
  return header;
}

std::string frame_of(std::string_view body) {
  return frame_header(static_cast<std::uint32_t>(body.size())).append(body);
}

std::string frame_of(const v1::Request& request) { return frame_of(request.SerializeAsString()); }

std::string http_post(std::string_view operation, std::string_view json) {
  return "POST /v1/" + std::string{operation} +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(json.size()) +
         "\r\n\r\n" + std::string{json};
}

RawPeer::RawPeer(const std::string& socket_path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof address.sun_path) {
    ADD_FAILURE() << "too long: " << socket_path;
    return;
  }
  std::memcpy(address.sun_path, socket_path.data(), socket_path.size());
  fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ADD_FAILURE() << "cannot connect to " << socket_path << ": " << std::strerror(errno);
  }
}

RawPeer::~RawPeer() {
  if (fd_ >= 0) ::close(fd_);
}

bool RawPeer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void RawPeer::finish_sending() { ::shutdown(fd_, SHUT_WR); }

bool RawPeer::read_until(std::size_t bytes) {
  std::array<char, 4096> piece;
  while (in_.size() < bytes) {
    const ssize_t count = ::recv(fd_, piece.data(), piece.size(), 0);
    if (count <= 0) return false;
    in_.append(piece.data(), static_cast<std::size_t>(count));
  }
  return true;
}

std::string RawPeer::take(std::size_t bytes) {
  std::string taken = in_.substr(0, bytes);
  in_.erase(0, bytes);
  return taken;
}

std::optional<std::string> RawPeer::frame_bytes() {
  if (!read_until(kHeaderBytes)) return std::nullopt;
  const auto length = load_big_endian<std::uint32_t>(as_bytes(in_).subspan(4));
  if (!read_until(kHeaderBytes + length)) return std::nullopt;
  return take(kHeaderBytes + length);
}

std::optional<v1::Reply> RawPeer::frame() {
  const auto bytes = frame_bytes();
  if (!bytes) return std::nullopt;
  v1::Reply reply;
  if (!reply.ParseFromString(bytes->substr(kHeaderBytes))) {
    ADD_FAILURE() << "an answer that is none";
  }
  return reply;
}

std::optional<std::string> RawPeer::http_bytes() {
  std::size_t header_end;
  while ((header_end = in_.find(kBlankLine)) == std::string::npos) {
    if (!read_until(in_.size() + 1)) return std::nullopt;
  }
  const std::string header = in_.substr(0, header_end);
  static constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t length_at = header.find(kLength);
  if (!header.starts_with("HTTP/1.1 ") || length_at == std::string::npos) {
    ADD_FAILURE() << "an answer that is none: " << header;
    return std::nullopt;
  }
  const std::size_t length = std::stoul(header.substr(length_at + kLength.size()));
  const std::size_t whole = header_end + kBlankLine.size() + length;
  if (!read_until(whole)) return std::nullopt;
  return take(whole);
}

std::optional<HttpReply> RawPeer::http() {
  const auto bytes = http_bytes();
  if (!bytes) return std::nullopt;
  const std::size_t body_at = bytes->find(kBlankLine) + kBlankLine.size();
  return HttpReply{std::stoi(bytes->substr(9)), bytes->substr(body_at)};
}

bool RawPeer::has_ended() { return !read_until(1); }

HttpReply post(const std::string& socket_path, std::string_view operation, std::string_view json) {
  RawPeer peer{socket_path};
  if (!peer.send(http_post(operation, json))) ADD_FAILURE() << "hung up while we were sending";
  return peer.http().value_or(HttpReply{});
}

}  // namespace countersign::test
