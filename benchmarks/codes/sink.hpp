// SPDX-License-Identifier: Apache-2.0
// Where the courier's messages arrive: an SMS provider of one thread, that of whoever polls.
//
// It takes POST requests with a body of `{"to":"+35840<subject>","text":"… <code> …"}`, answers
// each with 200, and remembers nothing.
#pragma once

#include "base/error.hpp"

#include <poll.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::bench {

// Whose code it is, and what it is.
struct Arrival {
  std::size_t subject = 0;
  std::string code;
};

// The phone number of a subject: a mobile one of Finland. REQUIRES: subject < 10'000'000.
[[nodiscard]] std::string phone_number(std::size_t subject);

class Sink {
 public:
  // Listens on a free port of loopback. Fails with `unavailable`.
  static Result<Sink> open();
  Sink(Sink&& other) noexcept;
  Sink& operator=(Sink&&) = delete;
  ~Sink();

  [[nodiscard]] std::uint16_t port() const { return port_; }

  // What to poll for, in front of anything else; and what came of it.
  void watch(std::vector<pollfd>& polled) const;
  void serve(const std::vector<pollfd>& polled, std::vector<Arrival>& arrivals);

 private:
  struct Connection {
    int fd = -1;
    std::string in;
  };
  explicit Sink(int fd) : listener_{fd} {}
  void accept();
  // False when the courier has gone.
  static bool read(Connection& connection, std::vector<Arrival>& arrivals);

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::vector<Connection> connections_;
};

}  // namespace countersign::bench
