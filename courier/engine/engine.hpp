// SPDX-License-Identifier: Apache-2.0
// Sends messages: one thread, one libcurl multi handle, many transfers at once.
//
// Each channel has its own slots, so that a mail server that keeps everybody waiting never delays
// an SMS; each attempt has a limit, so that it keeps a slot for that long at most. A message goes
// to one provider after another, in the settings' order, until one takes it, it is undeliverable,
// nobody is left (deferred) or it has expired: that is looked at right before each attempt.
#pragma once

#include "base/clock.hpp"
#include "courier/engine/provider.hpp"
#include "courier/engine/roster.hpp"
#include "courier/engine/sockets.hpp"
#include "courier/model/message.hpp"
#include "courier/model/report.hpp"

#include <curl/curl.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace countersign::courier {

class Engine {
 public:
  struct Limits {
    std::size_t slots = 16;    // transfers at once, of a channel
    std::size_t waiting = 64;  // messages without a slot, of a channel
    std::chrono::milliseconds attempt{20'000};
    std::chrono::milliseconds connect{10'000};
  };
  enum class Admission : std::uint8_t {
    accepted,
    is_here,  // already; it is reported on once
    full,
  };
  // `reference` is the provider's own id of a message that it has taken, where it gave one. Called
  // by the engine's thread; must not block.
  using Finished = std::function<void(const Report& report, const std::string& reference)>;

  Engine(std::vector<std::unique_ptr<Provider>> providers, const Clock& clock, Finished finished,
         Limits limits);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  // Begins to send. Fails with `unavailable`.
  Status start();
  // Ends what is being sent, which takes no longer than an attempt, and defers what waits.
  void stop();

  // All of these may be called by any thread.
  Admission add(Outgoing message);
  [[nodiscard]] Capacity room() const;
  [[nodiscard]] std::vector<ProviderReport> providers() const;
  // Of the thread's last turn; it turns once a second at least.
  [[nodiscard]] Instant turned_at() const { return Instant{turned_at_.load()}; }

 private:
  static constexpr std::size_t kChannels = 2;
  struct Job;
  using Jobs = std::deque<std::unique_ptr<Job>>;
  struct CleanUp {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };

  void run();
  void take_incoming();
  void give_back();
  void fill_slots();
  // The message's next attempt, or its end.
  void begin_next(std::unique_ptr<Job> job);
  Status begin(Job& job);
  void settle_ended();
  void settle(std::unique_ptr<Job> job, CURLcode code);
  // Tells how an attempt ended; true if that was the message's end.
  bool conclude(Job& job, const Outcome& outcome);
  void finish(const Job& job, const Report& report, const std::string& reference = {});
  void publish();

  const Clock& clock_;
  const Finished finished_;
  const Limits limits_;
  Roster roster_;
  Sockets sockets_;
  std::unique_ptr<CURLM, CleanUp> multi_;
  std::array<Jobs, kChannels> waiting_;
  std::array<std::size_t, kChannels> running_count_{};
  std::unordered_map<CURL*, std::unique_ptr<Job>> running_;
  std::atomic<bool> stopping_ = false;
  std::atomic<Instant::duration> turned_at_{};

  mutable std::mutex mutex_;  // of what follows
  std::vector<std::unique_ptr<Job>> incoming_;
  std::array<std::size_t, kChannels> held_{};
  std::unordered_set<MessageId> ids_;
  std::vector<ProviderReport> reports_;

  std::thread thread_;
};

}  // namespace countersign::courier
