// SPDX-License-Identifier: Apache-2.0
// Clients that take their time, on a thread of their own: a third of them connect and say nothing,
// a third send a request byte by byte, and a third ask for more pages than fit into the kernel's
// buffers and read none of them. Whoever is sent away comes again.
#pragma once

#include "benchmarks/companion/connection.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace countersign::bench {

class SlowClients {
 public:
  // Returns when all of them are connected. Fails with `unavailable`.
  static Result<SlowClients> arrive(std::uint16_t port, std::size_t count);
  SlowClients(SlowClients&&) noexcept = default;
  SlowClients& operator=(SlowClients&&) = delete;
  ~SlowClients() = default;  // they leave

  // So often one of them did.
  [[nodiscard]] std::uint64_t came_again() const { return shared_->came_again; }

 private:
  enum class Habit : std::uint8_t { silent, byte_by_byte, reads_nothing };
  struct Client {
    Connection connection;
    Habit habit;
    std::chrono::steady_clock::time_point came_at;
    std::size_t sent = 0;
  };
  // Where the thread finds it when the SlowClients are moved.
  struct Shared {
    std::uint16_t port = 0;
    std::vector<Client> clients;
    std::atomic<std::uint64_t> came_again = 0;
  };

  explicit SlowClients(std::unique_ptr<Shared> shared);
  static Result<Client> connect(std::uint16_t port, Habit habit);
  static void live(const std::stop_token& ended, Shared& shared);
  static void look_after(Client& client, bool is_closed, Shared& shared);

  std::unique_ptr<Shared> shared_;
  std::jthread thread_;
};

}  // namespace countersign::bench
