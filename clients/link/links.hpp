// SPDX-License-Identifier: Apache-2.0
// A few connections to the daemon, for a program with an event loop that asks it much.
#pragma once

#include "clients/link/link.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace countersign::client {

class Links {
 public:
  static constexpr std::size_t kLinks = 4;
  // Questions without an answer. More are refused: the daemon would make them wait unread.
  static constexpr std::size_t kInFlightMax = 2048;

  Links(Executor executor, const std::string& path);

  // Connects now and whenever it must. REQUIRES: called once; the loop runs until stop().
  void start();
  void stop();
  // Gives up what is overdue. To be called now and then.
  void check(SteadyTime now);

  // One question and its answer, which may be an error. Fails with `unavailable` when the daemon
  // cannot be asked. REQUIRES: the request has an id.
  awaitable<Result<v1::Reply>> ask(const v1::Request& request);

  // An id for a request, unlike any other of ours, and not to be guessed.
  [[nodiscard]] std::string fresh_id();

 private:
  Executor executor_;
  std::vector<std::shared_ptr<Link>> links_;
  std::string id_prefix_;
  std::uint64_t asked_ = 0;
};

}  // namespace countersign::client
