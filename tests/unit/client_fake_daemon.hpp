// SPDX-License-Identifier: Apache-2.0
// A daemon that does what a script says, well or badly, to whoever connects. Knows no Protobuf.
#pragma once

#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace countersign::test {

inline std::string frame(std::string_view body) {
  std::string bytes{"\xC5\x01\x00\x00", 4};
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(body.size() >> shift & 0xff);
  }
  return bytes.append(body);
}

// The request id field, as it stands at the beginning of a body that Protobuf wrote.
inline std::string id_field(std::string_view body) { return std::string{body.substr(0, 18)}; }

// A reply with this id field: a verdict with one or two small numbers, or an error.
inline std::string accepted(std::string_view id) {
  return frame(std::string{id} + "\x52\x02\x08\x01");
}
inline std::string rejected(std::string_view id) {
  return frame(std::string{id} + "\x52\x04\x08\x02\x10\x01");
}
inline std::string denied(std::string_view id) {
  return frame(std::string{id} +
               "\x12\x07\x08\x02\x12\x03"
               "no!");
}

class FakeDaemon {
 public:
  // What to send for a request's body, given the number of the connection (from 1); nothing to hang
  // up, an empty text to stay silent. Each connection asks in a thread of its own.
  using Script = std::function<std::optional<std::string>(int, std::string_view)>;

  explicit FakeDaemon(Script script) : script_{std::move(script)} {
    std::string pattern = std::filesystem::temp_directory_path() / "client-test-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    path = folder_ / "s";
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    thread_ = std::thread{[this] { serve(); }};
  }
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;
  ~FakeDaemon() {
    ending_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    for (const int fd : fds_) ::shutdown(fd, SHUT_RDWR);
    for (std::thread& thread : threads_) thread.join();
    for (const int fd : fds_) ::close(fd);
    ::close(listener_);
    std::filesystem::remove_all(folder_);
  }

  std::string path;
  std::atomic<int> connections = 0;

 private:
  void serve() {
    while (!ending_) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      const int number = ++connections;
      const std::lock_guard lock{mutex_};
      fds_.push_back(fd);
      threads_.emplace_back([this, fd, number] {
        while (!ending_ && answer_one(fd, number)) continue;
        ::shutdown(fd, SHUT_RDWR);
      });
    }
  }
  bool answer_one(int fd, int number) {
    std::string header(8, '\0');
    if (::recv(fd, header.data(), 8, MSG_WAITALL) != 8) return false;
    std::string body(load_big_endian<std::uint32_t>(as_bytes(header).subspan(4)), '\0');
    const auto size = static_cast<ssize_t>(body.size());
    if (::recv(fd, body.data(), body.size(), MSG_WAITALL) != size) return false;
    const auto answer = asked(number, body);
    if (!answer) return false;
    ::send(fd, answer->data(), answer->size(), MSG_NOSIGNAL);
    return true;
  }

  // Scripts need not know that every connection has a thread of its own.
  std::optional<std::string> asked(int number, const std::string& body) {
    const std::lock_guard lock{script_mutex_};
    return script_(number, body);
  }

  Script script_;
  std::mutex script_mutex_;
  std::filesystem::path folder_;
  int listener_ = -1;
  std::mutex mutex_;
  std::vector<int> fds_;  // closed at the end, so that no number is used twice
  std::vector<std::thread> threads_;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

}  // namespace countersign::test
