// SPDX-License-Identifier: Apache-2.0
#include "courier/link/link.hpp"

#include "base/log.hpp"
#include "courier/link/wire.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace countersign::courier {
namespace {

constexpr int kTurnMilliseconds = 250;

Instant now() { return std::chrono::steady_clock::now(); }

}  // namespace

Link::Link(const std::string& socket, Desk& desk)
    : desk_{desk}, taking_{socket, kWait + kAnswerLimit}, telling_{socket, kAnswerLimit} {
  turned_at_ = now().time_since_epoch();
}

Link::~Link() {
  stop();
  if (wake_ >= 0) ::close(wake_);
}

Status Link::start() {
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_ < 0) {
    return Error{ErrorCode::unavailable, "eventfd", static_cast<std::uint64_t>(errno)};
  }
  thread_ = std::thread{[this] { run(); }};
  return {};
}

void Link::stop_taking() {
  takes_ = false;
  wake();
}

void Link::stop() {
  takes_ = false;
  stopping_ = true;
  wake();
  if (thread_.joinable()) thread_.join();
}

void Link::report(const Report& report) {
  {
    const std::lock_guard lock{mutex_};
    // Without a daemon for so long, all of these messages will come again anyway. What is on its
    // way stays in its place.
    if (reports_.size() >= kReportsMax) return log::warning("courier.report_dropped");
    reports_.push_back(report);
    ++reported_[report.id];
  }
  wake();
}

void Link::run() {
  Instant end = Instant::max();
  while (now() < end) {
    turned_at_ = now().time_since_epoch();
    take(now());
    tell(now());
    if (stopping_ && end == Instant::max()) end = now() + kFlushLimit;
    if (stopping_ && !has_reports()) return;
    wait();
  }
}

void Link::take(Instant now) {
  if (!takes_) return taking_.close();
  if (taking_.is_free(now)) {
    const Capacity room = desk_.room();
    if (lags_behind()) return;
    if (room.sms == 0 && room.email == 0) return;  // whatever makes room is reported: that wakes us
    v1::Request request;
    // Room that is made would not change a question that waits: while a channel is full, none does,
    // and the next one comes with the next report, or turn.
    waits_ = room.sms != 0 && room.email != 0;
    const auto wait = waits_ ? kWait : std::chrono::seconds{0};
    *request.mutable_take_messages() = to_wire(room, kBatchMax, wait, desk_.providers());
    taking_.ask(std::move(request), now);
  }
  if (!taking_.is_waiting()) return;
  auto answer = taking_.take_answer(now);
  if (!answer || !*answer) return;
  v1::MessageBatch& batch = *(*answer)->mutable_message_batch();
  // The next question without a pause, unless it would get the same answer.
  if (waits_ || batch.messages_size() > 0) wake();
  accept(batch);
}

void Link::accept(v1::MessageBatch& batch) {
  for (v1::OutboundMessage& outbound : *batch.mutable_messages()) {
    const std::uint64_t id = outbound.message_id();
    // Its lease ended before its report arrived, which still lies here.
    if (is_reported_on(MessageId{id})) continue;
    auto message = from_wire(std::move(outbound));
    if (message) {
      desk_.accept(std::move(*message));
    } else {
      log::warning("courier.unknown_channel", {{"message", id}});
    }
  }
}

void Link::tell(Instant now) {
  if (telling_.is_free(now) && has_reports()) {
    v1::Request request;
    {
      const std::lock_guard lock{mutex_};
      told_ = std::min(reports_.size(), kReportBatchMax);
      for (std::size_t i = 0; i < told_; ++i) {
        *request.mutable_report_messages()->add_reports() = to_wire(reports_[i]);
      }
    }
    telling_.ask(std::move(request), now);
  }
  if (!telling_.is_waiting()) return;
  const auto answer = telling_.take_answer(now);
  if (answer && !*answer) return;
  settle_told(static_cast<bool>(answer));
}

void Link::settle_told(bool well) {
  const std::lock_guard lock{mutex_};
  for (; well && told_ > 0; --told_) {
    const auto of_this = reported_.find(reports_.front().id);
    if (--of_this->second == 0) reported_.erase(of_this);
    reports_.pop_front();
  }
  told_ = 0;
}

bool Link::has_reports() const {
  const std::lock_guard lock{mutex_};
  return !reports_.empty();
}

// What is taken without being reported on comes again, and is sent again.
bool Link::lags_behind() const {
  const std::lock_guard lock{mutex_};
  return reports_.size() >= kReportsMax / 2;
}

bool Link::is_reported_on(MessageId id) const {
  const std::lock_guard lock{mutex_};
  return reported_.contains(id);
}

void Link::wait() {
  std::array<pollfd, 3> waited{
      {{wake_, POLLIN, 0},
       {taking_.is_waiting() ? taking_.native_handle() : -1, POLLIN, 0},
       {telling_.is_waiting() ? telling_.native_handle() : -1, POLLIN, 0}}};
  ::poll(waited.data(), waited.size(), kTurnMilliseconds);
  std::uint64_t count = 0;
  static_cast<void>(!::read(wake_, &count, sizeof count));
}

void Link::wake() const {
  const std::uint64_t one = 1;
  if (wake_ >= 0) static_cast<void>(!::write(wake_, &one, sizeof one));
}

}  // namespace countersign::courier
