// SPDX-License-Identifier: Apache-2.0
// Which worker answers which question, when it is sent, and what becomes of it when a worker dies.
//
//   ask ──► open batch of the bound worker ──► at most two packets in flight ──► answers ──► done
//                     ▲                                  │
//                     └── once more, at another worker ◄─┘ link lost, or no answer in time
//
// A question is written into its batch when it is asked and never copied again, unless its worker
// fails. What gathers while a worker is busy leaves as one packet: this is where the throughput
// comes from. Everything runs on the loop's thread.
#pragma once

#include "async/awaitable.hpp"
#include "async/completion.hpp"
#include "hsm/client/link.hpp"
#include "hsm/protocol/packet.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace countersign::hsm {

// A question that somebody waits for.
struct PendingAnswer
    : boost::intrusive_ref_counter<PendingAnswer, boost::sp_adl_block::thread_unsafe_counter> {
  Completion<Result<Answer>> done;
  std::chrono::steady_clock::time_point deadline;
  OperationKind kind{};
  bool asked_before = false;
};
using PendingPtr = boost::intrusive_ptr<PendingAnswer>;

// Picks the worker: equal bindings go to the same worker as long as it is there.
enum class Binding : std::uint64_t {};

class Dispatcher : public std::enable_shared_from_this<Dispatcher> {
 public:
  static constexpr std::size_t kWaitingMax = 65'536;
  // A worker is kept busy by the second packet while we read the answers to the first. Larger
  // packets would make everybody walk in one column: the loop idle while a worker works, the worker
  // idle while the store writes.
  static constexpr std::size_t kInFlightMax = 4;
  static constexpr std::size_t kBatchMax = 32;
  static constexpr std::chrono::seconds kAnswerTimeout{2};
  static constexpr std::chrono::seconds kDeadline{5};
  static constexpr std::chrono::milliseconds kReconnectDelayMin{10};
  static constexpr std::chrono::milliseconds kReconnectDelayMax{1000};

  Dispatcher(Executor executor, std::string socket_path)
      : executor_{executor}, socket_path_{std::move(socket_path)}, watch_{executor} {}

  void start();
  // Refuses what is asked from now on, waits for what was asked before, closes the links.
  awaitable<void> stop();
  // Fails everything that waits, at once.
  void close();

  // The answer, or an error, always comes; it may be there already. The question is written down
  // before this returns.
  template <class AnyQuestion>
  PendingPtr ask(OperationKind kind, Binding binding, const AnyQuestion& question) {
    PendingPtr pending{new PendingAnswer};
    pending->kind = kind;
    if (stopping_ || waiting_ >= kWaitingMax) {
      pending->done.complete(Error{ErrorCode::unavailable, "hsm.queue"});
      return pending;
    }
    pending->deadline = SteadyClock::now() + kDeadline;
    Batch& batch = room(binding);
    const std::size_t offset = batch.packet.size();
    if (const Status written = append(batch.packet, question); !written) {
      pending->done.complete(written.error());
      return pending;
    }
    begin_waiting();
    add(batch, {pending, binding, offset});
    return pending;
  }

  [[nodiscard]] std::size_t workers() const { return workers_.size(); }
  [[nodiscard]] std::size_t workers_ready() const;

 private:
  using SteadyClock = std::chrono::steady_clock;
  using Timer = boost::asio::basic_waitable_timer<SteadyClock,
                                                  boost::asio::wait_traits<SteadyClock>, Executor>;
  struct Entry {
    PendingPtr pending;  // null once nobody waits for the answer any more
    Binding binding{};
    std::size_t offset = 0;  // of its question; it ends where the next one begins
  };
  struct Batch {
    Bytes packet;
    std::vector<Entry> entries;
    SteadyClock::time_point earliest_deadline = SteadyClock::time_point::max();
    std::uint32_t number = 0;
  };
  using BatchPtr = std::unique_ptr<Batch>;
  using Queue = std::deque<BatchPtr>;
  struct Worker {
    Worker() = default;
    Worker(Worker&&) = default;
    Worker& operator=(Worker&&) = default;
    std::shared_ptr<Link> link;  // null while the worker is away
    bool draining = false;       // it answers what it has, and wants no more
    bool full = false;           // waits until its socket is writable
    Queue queued;
    Queue in_flight;
    SteadyClock::time_point progress;  // since when the oldest packet in flight is its turn
    [[nodiscard]] bool ready() const { return link && !draining; }
  };
  // One attempt after another to reach a worker, whichever takes the connection.
  struct Connection {
    explicit Connection(Executor executor) : pause{executor} {}
    std::shared_ptr<Link> link;
    Timer pause;
  };

  // Asking.
  Batch& room(Binding binding);
  Queue& queue_for(Binding binding);
  void add(Batch& batch, Entry entry);
  void begin_waiting();

  // Sending.
  void post_flush();
  void pump(std::size_t index);
  awaitable<void> pump_when_writable(std::shared_ptr<Link> link, std::size_t index);

  // Answers.
  Status receive(std::size_t index, BytesView packet);
  Status read_answers(const Queue& in_flight, BytesView packet, bool& draining);
  void complete(PendingAnswer& pending, Result<Answer> answer);

  // Workers coming and going.
  awaitable<void> keep_connected(Connection& connection);
  awaitable<bool> serve(std::shared_ptr<Link> link);
  void attach(Hello hello, const std::shared_ptr<Link>& link);
  void connect_all();
  void lose(std::size_t index);
  using PendingList = std::vector<PendingPtr>;
  void place_again(Queue batches, bool asked, PendingList& failed);
  void fail(const PendingList& failed);

  // Deadlines.
  awaitable<void> watch();
  void sweep();
  void expire_queued(Queue& queue, PendingList& expired);
  static void expire_in_flight(Batch& batch, PendingList& expired);

  BatchPtr take_batch();
  void give_back(BatchPtr batch);
  void spawn(awaitable<void> coroutine);

  Executor executor_;
  std::string socket_path_;
  std::vector<Worker> workers_;
  std::vector<std::unique_ptr<Connection>> connections_;
  Queue homeless_;  // asked while no worker was there
  std::vector<BatchPtr> spare_;
  std::vector<Answered> answers_;  // of the packet at hand; kept for its capacity
  Timer watch_;
  std::size_t waiting_ = 0;
  std::uint32_t next_number_ = 1;
  bool flush_posted_ = false;
  bool watching_ = false;
  bool stopping_ = false;
  bool closed_ = false;
};

}  // namespace countersign::hsm
