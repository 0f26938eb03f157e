// SPDX-License-Identifier: Apache-2.0
// A TCP connection to a server on this machine.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <string_view>

namespace countersign::bench {

class Connection {
 public:
  // How much the kernel may take in for us before we read it.
  enum class Window : std::uint8_t { usual, least };

  // Fails with `unavailable`, like everything here.
  static Result<Connection> open(std::uint16_t port, Window window = Window::usual);
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&& other) noexcept;
  ~Connection();

  Status send(std::string_view bytes);
  [[nodiscard]] int native_handle() const { return fd_; }

 private:
  explicit Connection(int fd) : fd_{fd} {}
  int fd_;
};

}  // namespace countersign::bench
