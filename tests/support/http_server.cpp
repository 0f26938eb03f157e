// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_server.hpp"

#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <sstream>
#include <stdexcept>

namespace countersign::test {
namespace {

constexpr timeval kPatience{10, 0};

int listen_anywhere(std::uint16_t& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (fd < 0 || ::bind(fd, any, size) != 0 || ::listen(fd, 16) != 0 ||
      ::getsockname(fd, any, &size) != 0) {
    throw std::runtime_error{"no port is free"};
  }
  port = ntohs(address.sin_port);
  return fd;
}

// Reads until `enough` bytes are there or nothing comes any more.
void read_more(int fd, std::string& text, std::size_t enough) {
  std::array<char, 4096> bytes;
  while (text.size() < enough) {
    const ssize_t count = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (count <= 0) return;
    text.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

std::string HttpServer::Request::header(const std::string& name) const {
  std::istringstream lines{head};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(": ");
    if (colon != name.size() || ::strncasecmp(line.c_str(), name.c_str(), colon) != 0) continue;
    line.pop_back();
    return line.substr(colon + 2);
  }
  return {};
}

HttpServer::HttpServer() : listener_{listen_anywhere(port_)} {
  answer(200, "");
  thread_ = std::thread{[this] { serve(); }};
}

HttpServer::~HttpServer() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

void HttpServer::answer(int status, const std::string& body) {
  const std::scoped_lock lock{mutex_};
  answer_ = "HTTP/1.1 " + std::to_string(status) + " Answer\r\nConnection: close\r\n" +
            "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::vector<HttpServer::Request> HttpServer::requests() const {
  const std::scoped_lock lock{mutex_};
  return requests_;
}

void HttpServer::serve() {
  for (;;) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    serve_one(connection);
    ::close(connection);
  }
}

void HttpServer::serve_one(int connection) {
  std::string text;
  std::size_t head_end = std::string::npos;
  for (std::size_t before = 0; head_end == std::string::npos; before = text.size()) {
    read_more(connection, text, text.size() + 1);
    if (text.size() == before) return;
    head_end = text.find("\r\n\r\n");
  }
  Request request{.head = text.substr(0, head_end + 2), .body = {}};
  const std::string length = request.header("Content-Length");
  const std::size_t size = length.empty() ? 0 : std::stoul(length);
  read_more(connection, text, head_end + 4 + size);
  request.body = text.substr(head_end + 4);
  const std::scoped_lock lock{mutex_};
  requests_.push_back(std::move(request));
  ::send(connection, answer_.data(), answer_.size(), MSG_NOSIGNAL);
}

}  // namespace countersign::test
