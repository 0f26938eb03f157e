// SPDX-License-Identifier: Apache-2.0
#include "hsm/client/dispatcher.hpp"

#include "base/log.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <string.h>

#include <algorithm>
#include <exception>
#include <tuple>
#include <utility>

namespace countersign::hsm {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto kSweepInterval = 100ms;
constexpr auto kStopPoll = 5ms;
constexpr std::size_t kSpareBatchesMax = 8;
// No question is longer: the longest is a signature for a client.
constexpr std::size_t kQuestionBytesMax = kSealedBytesMax + kSignedTextBytesMax + 64;
static_assert(kMacInputBytesMax <= kSignedTextBytesMax);
static_assert(kCodeContextBytesMax + kMessageBytesMax + kAssociatedDataBytesMax + 64 <=
              kQuestionBytesMax);
static_assert(kSealedMessageBytesMax + kAssociatedDataBytesMax + 64 <= kQuestionBytesMax);

constexpr Error kUnanswered{ErrorCode::unavailable, "hsm.unanswered", 0};

}  // namespace

void Dispatcher::start() { connect_all(); }

awaitable<void> Dispatcher::stop() {
  stopping_ = true;
  Timer timer{executor_};
  // Bounded: the sweep fails whatever is older than kDeadline.
  while (waiting_ > 0) {
    timer.expires_after(kStopPoll);
    std::ignore = co_await timer.async_wait(asio::as_tuple(use_awaitable));
  }
  close();
}

void Dispatcher::close() {
  stopping_ = true;
  closed_ = true;
  watch_.cancel();
  PendingList failed;
  const auto drop = [&failed](Queue& queue) {
    for (const BatchPtr& batch : queue) {
      for (Entry& entry : batch->entries) {
        if (entry.pending) failed.push_back(std::move(entry.pending));
      }
    }
    queue.clear();
  };
  for (Worker& worker : workers_) {
    drop(worker.in_flight);
    drop(worker.queued);
  }
  drop(homeless_);
  for (const auto& connection : connections_) {
    connection->pause.cancel();
    if (connection->link) connection->link->close();
  }
  fail(failed);
}

std::size_t Dispatcher::workers_ready() const {
  return static_cast<std::size_t>(std::ranges::count_if(workers_, &Worker::ready));
}

// ---- Asking ----

Dispatcher::Queue& Dispatcher::queue_for(Binding binding) {
  const auto first = static_cast<std::uint64_t>(binding);
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    Worker& worker = workers_[(first + i) % workers_.size()];
    if (worker.ready()) return worker.queued;
  }
  return homeless_;
}

Dispatcher::Batch& Dispatcher::room(Binding binding) {
  Queue& queue = queue_for(binding);
  const bool fits = !queue.empty() && queue.back()->entries.size() < kBatchMax &&
                    queue.back()->packet.size() + kQuestionBytesMax <= kQuestionsBytesMax;
  if (!fits) queue.push_back(take_batch());
  return *queue.back();
}

void Dispatcher::add(Batch& batch, Entry entry) {
  batch.earliest_deadline = std::min(batch.earliest_deadline, entry.pending->deadline);
  batch.entries.push_back(std::move(entry));
  post_flush();
}

void Dispatcher::begin_waiting() {
  ++waiting_;
  if (std::exchange(watching_, true)) return;
  spawn(watch());
}

Dispatcher::BatchPtr Dispatcher::take_batch() {
  BatchPtr batch;
  if (spare_.empty()) {
    batch = std::make_unique<Batch>();
    // Never grows, so that no copy of a passcode stays behind in a freed block.
    batch->packet.reserve(kQuestionsBytesMax);
    batch->entries.reserve(kBatchMax);
  } else {
    batch = std::move(spare_.back());
    spare_.pop_back();
  }
  begin_questions(batch->packet);
  return batch;
}

void Dispatcher::give_back(BatchPtr batch) {
  ::explicit_bzero(batch->packet.data(), batch->packet.size());
  batch->entries.clear();
  batch->earliest_deadline = SteadyClock::time_point::max();
  if (spare_.size() < kSpareBatchesMax) spare_.push_back(std::move(batch));
}

// ---- Sending ----

void Dispatcher::post_flush() {
  if (std::exchange(flush_posted_, true)) return;
  asio::post(executor_, [self = shared_from_this()] {
    self->flush_posted_ = false;
    for (std::size_t i = 0; i < self->workers_.size(); ++i) self->pump(i);
  });
}

void Dispatcher::pump(std::size_t index) {
  Worker& worker = workers_[index];
  while (worker.ready() && !worker.full && worker.in_flight.size() < kInFlightMax &&
         !worker.queued.empty() && !worker.queued.front()->entries.empty()) {
    Batch& batch = *worker.queued.front();
    batch.number = next_number_++;
    finish(batch.packet, batch.number, batch.entries.size());
    const Result<bool> sent = worker.link->send(batch.packet);
    // Its reader notices, and places what is queued elsewhere.
    if (!sent) return worker.link->close();
    if (!*sent) {
      worker.full = true;
      return spawn(pump_when_writable(worker.link, index));
    }
    if (worker.in_flight.empty()) worker.progress = SteadyClock::now();
    worker.in_flight.push_back(std::move(worker.queued.front()));
    worker.queued.pop_front();
  }
}

awaitable<void> Dispatcher::pump_when_writable(std::shared_ptr<Link> link, std::size_t index) {
  co_await link->writable();
  if (index >= workers_.size() || workers_[index].link != link) co_return;
  workers_[index].full = false;
  pump(index);
}

// ---- Answers ----

Status Dispatcher::receive(std::size_t index, BytesView packet) {
  Worker& worker = workers_[index];
  bool draining = false;
  CS_CHECK(read_answers(worker.in_flight, packet, draining));

  BatchPtr batch = std::move(worker.in_flight.front());
  worker.in_flight.pop_front();
  worker.progress = SteadyClock::now();
  Queue unsent;
  if (draining) {
    worker.draining = true;
    unsent = std::exchange(worker.queued, {});
    if (worker.in_flight.empty()) worker.link->close();
  }
  PendingList none;
  place_again(std::move(unsent), false, none);
  // The worker goes on while those who waited are resumed.
  pump(index);

  // Whoever is resumed may ask at once, or close everything: from here on only locals are used.
  auto answers = std::exchange(answers_, {});
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const PendingPtr pending = std::move(batch->entries[i].pending);
    if (pending) complete(*pending, std::move(answers[i].outcome));
  }
  answers.clear();
  answers_ = std::move(answers);
  give_back(std::move(batch));
  return {};
}

// Reads all answers before the first is given: a packet with one bad byte answers nothing.
Status Dispatcher::read_answers(const Queue& in_flight, BytesView packet, bool& draining) {
  CS_TRY(AnswersReader reader, AnswersReader::open(packet));
  if (in_flight.empty() || in_flight.front()->number != reader.number() ||
      in_flight.front()->entries.size() != reader.left()) {
    return Error{ErrorCode::malformed, "hsm_packet.number"};
  }
  answers_.clear();
  for (const Entry& entry : in_flight.front()->entries) {
    CS_TRY(Answered answered, reader.next());
    if (entry.pending && entry.pending->kind != answered.kind) {
      return Error{ErrorCode::malformed, "hsm_packet.kind"};
    }
    answers_.push_back(std::move(answered));
  }
  draining = reader.draining();
  return {};
}

void Dispatcher::complete(PendingAnswer& pending, Result<Answer> answer) {
  --waiting_;
  pending.done.complete(std::move(answer));
}

// ---- Workers coming and going ----

// One connection for every worker; one, as long as nobody has told how many there are.
void Dispatcher::connect_all() {
  while (connections_.size() < std::max<std::size_t>(workers_.size(), 1)) {
    connections_.push_back(std::make_unique<Connection>(executor_));
    spawn(keep_connected(*connections_.back()));
  }
}

awaitable<void> Dispatcher::keep_connected(Connection& connection) {
  auto delay = kReconnectDelayMin;
  while (!closed_) {
    connection.link = std::make_shared<Link>(executor_);
    const bool served = co_await serve(connection.link);
    connection.link.reset();
    if (closed_) co_return;
    delay = served ? kReconnectDelayMin : std::min(delay * 2, kReconnectDelayMax);
    connection.pause.expires_after(delay);
    std::ignore = co_await connection.pause.async_wait(asio::as_tuple(use_awaitable));
  }
}

// Returns whether a worker introduced itself. The hello may be long in coming: until a worker is
// free, the connection waits in the listener's backlog.
awaitable<bool> Dispatcher::serve(std::shared_ptr<Link> link) {
  if (!link->connect(socket_path_)) co_return false;
  Result<BytesView> packet = co_await link->receive();
  if (!packet || closed_) co_return false;
  const Result<Hello> hello = read_hello(*packet);
  if (!hello) {
    log::error("hsm.hello", hello.error());
    co_return false;
  }
  attach(*hello, link);

  const std::size_t index = hello->worker;
  Status status;
  while (status) {
    packet = co_await link->receive();
    // Another connection may have taken this one's place.
    if (closed_ || index >= workers_.size() || workers_[index].link != link) co_return true;
    status = packet ? receive(index, *packet) : Status{packet.error()};
    if (closed_ || index >= workers_.size() || workers_[index].link != link) co_return true;
  }
  if (!workers_[index].draining) {
    log::warning("hsm.worker_lost", status.error(), {{"worker", index}});
  }
  lose(index);
  co_return true;
}

void Dispatcher::attach(Hello hello, const std::shared_ptr<Link>& link) {
  for (std::size_t i = hello.workers; i < workers_.size(); ++i) lose(i);
  workers_.resize(hello.workers);
  connect_all();
  if (workers_[hello.worker].link) lose(hello.worker);
  workers_[hello.worker].link = link;

  PendingList none;
  place_again(std::exchange(homeless_, {}), false, none);
}

void Dispatcher::lose(std::size_t index) {
  Worker& worker = workers_[index];
  if (worker.link) worker.link->close();
  worker.link.reset();
  worker.draining = false;
  worker.full = false;
  PendingList failed;
  place_again(std::exchange(worker.in_flight, {}), true, failed);
  place_again(std::exchange(worker.queued, {}), false, failed);
  fail(failed);
}

// Gives every question of the batches to whom it belongs now. One that was asked before, and
// perhaps killed two workers, is not asked a third time.
void Dispatcher::place_again(Queue batches, bool asked, PendingList& failed) {
  for (BatchPtr& batch : batches) {
    const auto& entries = batch->entries;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (!entries[i].pending) continue;
      if (asked && std::exchange(entries[i].pending->asked_before, true)) {
        failed.push_back(entries[i].pending);
        continue;
      }
      const std::size_t end = i + 1 < entries.size() ? entries[i + 1].offset : batch->packet.size();
      const BytesView question =
          BytesView{batch->packet}.subspan(entries[i].offset, end - entries[i].offset);
      Batch& target = room(entries[i].binding);
      const std::size_t offset = target.packet.size();
      Writer{target.packet}.raw(question);
      add(target, {entries[i].pending, entries[i].binding, offset});
    }
    give_back(std::move(batch));
  }
}

void Dispatcher::fail(const PendingList& failed) {
  for (const PendingPtr& pending : failed) complete(*pending, kUnanswered);
}

// ---- Deadlines ----

awaitable<void> Dispatcher::watch() {
  while (waiting_ > 0 && !closed_) {
    watch_.expires_after(kSweepInterval);
    std::ignore = co_await watch_.async_wait(asio::as_tuple(use_awaitable));
    if (!closed_) sweep();
  }
  watching_ = false;
}

void Dispatcher::sweep() {
  const auto now = SteadyClock::now();
  PendingList expired;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    Worker& worker = workers_[i];
    for (const BatchPtr& batch : worker.in_flight) {
      if (batch->earliest_deadline <= now) expire_in_flight(*batch, expired);
    }
    expire_queued(worker.queued, expired);
    if (worker.in_flight.empty() || now - worker.progress < kAnswerTimeout) continue;
    log::warning("hsm.worker_silent", {{"worker", i}});
    lose(i);
  }
  expire_queued(homeless_, expired);
  fail(expired);
}

// What was sent stays in its packet, because the answers come by position; it is not waited for.
void Dispatcher::expire_in_flight(Batch& batch, PendingList& expired) {
  const auto now = SteadyClock::now();
  for (Entry& entry : batch.entries) {
    if (entry.pending && entry.pending->deadline <= now) {
      expired.push_back(std::move(entry.pending));
    }
  }
}

// What was not sent is taken out: no worker computes what nobody waits for.
void Dispatcher::expire_queued(Queue& queue, PendingList& expired) {
  const auto now = SteadyClock::now();
  const auto is_late = [now](const BatchPtr& batch) { return batch->earliest_deadline <= now; };
  if (std::ranges::none_of(queue, is_late)) return;
  Queue batches = std::exchange(queue, {});
  for (const BatchPtr& batch : batches) expire_in_flight(*batch, expired);
  place_again(std::move(batches), false, expired);
}

void Dispatcher::spawn(awaitable<void> coroutine) {
  asio::co_spawn(executor_, std::move(coroutine),
                 [self = shared_from_this()](const std::exception_ptr& error) {
                   if (error) std::rethrow_exception(error);
                 });
}

}  // namespace countersign::hsm
