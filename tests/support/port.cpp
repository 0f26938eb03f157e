// SPDX-License-Identifier: Apache-2.0
#include "tests/support/port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>
#include <stdexcept>

namespace countersign::test {
namespace {

// Below what /proc/sys/net/ipv4/ip_local_port_range begins with.
constexpr int kFirst = 12'000;
constexpr int kLast = 31'999;
constexpr int kTriesMax = 1'000;

// A socket, and what calling it with that port of loopback gives.
template <class Call>
bool succeeds(std::uint16_t port, Call call) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const int failed = call(fd, reinterpret_cast<sockaddr*>(&address), socklen_t{sizeof address});
  ::close(fd);
  return failed == 0;
}

}  // namespace

std::uint16_t free_port() {
  static std::mt19937 random{std::random_device{}()};
  std::uniform_int_distribution any{kFirst, kLast};
  for (int i = 0; i < kTriesMax; ++i) {
    const auto port = static_cast<std::uint16_t>(any(random));
    if (succeeds(port, &::bind)) return port;
  }
  throw std::runtime_error{"no free port"};
}

bool is_listening(std::uint16_t port) { return succeeds(port, &::connect); }

}  // namespace countersign::test
