// SPDX-License-Identifier: Apache-2.0
// Sockets as systemd passes them (sd_listen_fds(3)), to this very process.
#pragma once

#include <gtest/gtest.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace countersign::test {

// A TCP socket on a port that is free.
inline int bound_socket() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return fd;
}

inline int listening_socket() {
  const int fd = bound_socket();
  EXPECT_EQ(::listen(fd, 8), 0);
  return fd;
}

inline std::uint16_t port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  return ntohs(address.sin_port);
}

// Stands at the beginning of a test: what is opened later cannot lie where the sockets belong.
class PassedSockets {
 public:
  // Takes the sockets over.
  explicit PassedSockets(std::vector<int> sockets) {
    static constexpr int kOutOfTheWay = 64;
    for (int& fd : sockets) {
      const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, kOutOfTheWay);
      ::close(fd);
      fd = moved;
    }
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      const int place = SD_LISTEN_FDS_START + static_cast<int>(i);
      displaced_.push_back(::fcntl(place, F_DUPFD_CLOEXEC, kOutOfTheWay));
      EXPECT_EQ(::dup2(sockets[i], place), place);
      ::close(sockets[i]);
    }
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    ::setenv("LISTEN_FDS", std::to_string(sockets.size()).c_str(), 1);
  }
  PassedSockets(const PassedSockets&) = delete;
  PassedSockets& operator=(const PassedSockets&) = delete;
  ~PassedSockets() {
    ::unsetenv("LISTEN_PID");
    ::unsetenv("LISTEN_FDS");
    for (std::size_t i = 0; i < displaced_.size(); ++i) {
      const int place = SD_LISTEN_FDS_START + static_cast<int>(i);
      if (displaced_[i] < 0) {
        ::close(place);
        continue;
      }
      ::dup2(displaced_[i], place);
      ::close(displaced_[i]);
    }
  }

 private:
  std::vector<int> displaced_;  // what lay in their places; -1: nothing
};

}  // namespace countersign::test
