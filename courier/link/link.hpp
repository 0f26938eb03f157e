// SPDX-License-Identifier: Apache-2.0
// The courier's side of courier.sock: takes messages as long as there is room for them, and tells
// what became of them.
//
// One thread. Two connections: one that waits for messages, one that reports. Nothing is lost when
// either breaks: a report is kept until the daemon has answered it, and a message that was not
// reported on is handed out again when its lease is over.
#pragma once

#include "api/countersign.pb.h"
#include "base/error.hpp"
#include "courier/link/line.hpp"
#include "courier/model/message.hpp"
#include "courier/model/report.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace countersign::courier {

// Where messages go. Any thread may ask.
class Desk {
 public:
  virtual ~Desk() = default;
  [[nodiscard]] virtual Capacity room() const = 0;
  [[nodiscard]] virtual std::vector<ProviderReport> providers() const = 0;
  // It will be reported on, by Link::report. Called by the link's thread; must not block.
  virtual void accept(Message message) = 0;
};

class Link {
 public:
  static constexpr std::size_t kBatchMax = 32;         // the contract's, of messages
  static constexpr std::size_t kReportBatchMax = 256;  // and of reports
  static constexpr std::size_t kReportsMax = 10'000;
  // Short, because the daemon learns with each question how the providers are.
  static constexpr std::chrono::seconds kWait{5};
  static constexpr std::chrono::seconds kAnswerLimit{15};
  static constexpr std::chrono::seconds kFlushLimit{5};

  // The desk outlives it.
  Link(const std::string& socket, Desk& desk);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link();

  // Fails with `unavailable`. The daemon need not be there.
  Status start();
  // Takes no more messages; reports still go.
  void stop_taking();
  // Ends when all reports have gone, or after kFlushLimit.
  void stop();

  // Any thread may report.
  void report(const Report& report);
  // Of the thread's last turn; it turns once a second at least, unless it connects.
  [[nodiscard]] Instant turned_at() const { return Instant{turned_at_.load()}; }

 private:
  void run();
  [[nodiscard]] bool has_reports() const;
  [[nodiscard]] bool lags_behind() const;
  void take(Instant now);
  void tell(Instant now);
  void accept(v1::MessageBatch& batch);
  void settle_told(bool well);
  [[nodiscard]] bool is_reported_on(MessageId id) const;
  void wait();
  void wake() const;

  Desk& desk_;
  Line taking_;
  bool waits_ = true;  // the daemon, with its answer
  Line telling_;
  std::size_t told_ = 0;  // the first so many reports are on their way
  int wake_ = -1;
  std::atomic<bool> takes_ = true;
  std::atomic<bool> stopping_ = false;
  std::atomic<Instant::duration> turned_at_{};

  mutable std::mutex mutex_;  // of what follows
  std::deque<Report> reports_;
  std::unordered_map<MessageId, std::size_t> reported_;  // how often each is in there

  std::thread thread_;
};

}  // namespace countersign::courier
