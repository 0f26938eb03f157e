// SPDX-License-Identifier: Apache-2.0
// A courier that delivers to nobody: it takes every message at once, remembers the links, and says
// that it was sent.
#pragma once

#include "clients/cpp/countersign_client.hpp"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace countersign::bench {

class Letters {
 public:
  explicit Letters(std::string run_directory);
  Letters(const Letters&) = delete;
  Letters& operator=(const Letters&) = delete;
  ~Letters();

  // The ticket in the last link that was sent to this address, which is forgotten by this. Fails
  // with `unavailable` when there is none for a while.
  Result<std::string> ticket_for(const std::string& address);
  // Returns once the daemon knows that messages are delivered, also after a restart of it. Fails
  // with `unavailable`.
  Status wait_until_awaited();

 private:
  void run();
  Status deliver(client::Client& client);
  void took(const v1::MessageBatch& batch);

  std::string path_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::string> tickets_;  // by address
  std::uint64_t asked_ = 0;                     // so many times, with an answer
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

}  // namespace countersign::bench
