// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/codes/sink.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>

namespace countersign::bench {
namespace {

constexpr std::string_view kNumbers = "+35840";
constexpr std::size_t kSubjectDigits = 7;
constexpr std::size_t kCodeDigits = 6;
constexpr std::string_view kTaken =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Error failed(Literal what) {
  return {ErrorCode::unavailable, what, static_cast<std::uint64_t>(errno)};
}

// The whole request in front of `bytes`, head and body; nothing while there is more to come.
std::string_view whole_request(std::string_view bytes) {
  constexpr std::string_view kLength = "ontent-length: ";  // however its first letter is written
  const std::size_t head = bytes.find("\r\n\r\n");
  if (head == std::string_view::npos) return {};
  std::size_t length = 0;
  const auto is_same = [](char a, char b) { return (a | ' ') == (b | ' '); };
  const std::string_view lines = bytes.substr(0, head);
  const auto found = std::ranges::search(lines, kLength, is_same);
  if (!found.empty()) {
    const char* const end = lines.data() + lines.size();
    std::from_chars(&*found.begin() + kLength.size(), end, length);
  }
  const std::size_t size = head + 4 + length;
  return bytes.size() < size ? std::string_view{} : bytes.substr(0, size);
}

// The first run of so many digits.
std::string_view digits_in(std::string_view text, std::size_t count) {
  std::size_t run = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && is_digit(text[i])) {
      ++run;
      continue;
    }
    if (run == count) return text.substr(i - run, run);
    run = 0;
  }
  return {};
}

std::optional<Arrival> arrival_in(std::string_view request) {
  const std::size_t to = request.find(kNumbers);
  const std::size_t text = request.find("\"text\"");
  if (to == std::string_view::npos || text == std::string_view::npos) return std::nullopt;
  Arrival arrival;
  const std::string_view subject = request.substr(to + kNumbers.size(), kSubjectDigits);
  std::from_chars(subject.data(), subject.data() + subject.size(), arrival.subject);
  arrival.code = digits_in(request.substr(text), kCodeDigits);
  return arrival;
}

}  // namespace

std::string phone_number(std::size_t subject) {
  std::string digits = std::to_string(subject);
  digits.insert(0, kSubjectDigits - digits.size(), '0');
  return std::string{kNumbers} + digits;
}

Result<Sink> Sink::open() {
  Sink sink{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(sink.listener_, generic, size) != 0) return failed("bind");
  if (::listen(sink.listener_, SOMAXCONN) != 0) return failed("listen");
  if (::getsockname(sink.listener_, generic, &size) != 0) return failed("getsockname");
  sink.port_ = ntohs(address.sin_port);
  return sink;
}

Sink::Sink(Sink&& other) noexcept
    : listener_{std::exchange(other.listener_, -1)},
      port_{other.port_},
      connections_{std::move(other.connections_)} {}

Sink::~Sink() {
  for (const Connection& connection : connections_) ::close(connection.fd);
  if (listener_ >= 0) ::close(listener_);
}

void Sink::watch(std::vector<pollfd>& polled) const {
  polled.push_back({listener_, POLLIN, 0});
  for (const Connection& connection : connections_) polled.push_back({connection.fd, POLLIN, 0});
}

void Sink::serve(const std::vector<pollfd>& polled, std::vector<Arrival>& arrivals) {
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    if (polled[i + 1].revents == 0 || read(connections_[i], arrivals)) continue;
    ::close(std::exchange(connections_[i].fd, -1));
  }
  std::erase_if(connections_, [](const Connection& connection) { return connection.fd < 0; });
  if (polled[0].revents != 0) accept();
}

void Sink::accept() {
  for (;;) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections_.push_back({fd, {}});
  }
}

bool Sink::read(Connection& connection, std::vector<Arrival>& arrivals) {
  std::array<char, 16384> chunk;
  const ssize_t count = ::recv(connection.fd, chunk.data(), chunk.size(), 0);
  if (count <= 0) return count < 0 && (errno == EAGAIN || errno == EINTR);
  connection.in.append(chunk.data(), static_cast<std::size_t>(count));
  for (;;) {
    const std::string_view request = whole_request(connection.in);
    if (request.empty()) return true;
    if (auto arrival = arrival_in(request)) arrivals.push_back(std::move(*arrival));
    connection.in.erase(0, request.size());
    const ssize_t sent = ::send(connection.fd, kTaken.data(), kTaken.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(kTaken.size())) return false;
  }
}

}  // namespace countersign::bench
