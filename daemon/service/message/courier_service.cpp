// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/message/courier_service.hpp"

#include "async/in_lanes.hpp"
#include "base/log.hpp"
#include "daemon/outbox/letter.hpp"
#include "daemon/service/message/envelope.hpp"
#include "daemon/verify/challenge.hpp"

#include <algorithm>

namespace countersign {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kOwnPause{0};  // of a message that is deferred: as the queue has it

// How long a courier is kept waiting whose question was ended by another's.
constexpr std::chrono::seconds kDisplacedPause{1};

// The least time between two looks at the queue.
constexpr std::chrono::milliseconds kShortest{10};

constexpr std::int64_t kDaemon = -1;  // in the journal: nobody asked

// How many messages are settled at once: the store commits what has gathered.
constexpr std::size_t kLanes = 256;

MessageState state_after(MessageOutcome outcome) {
  switch (outcome) {
    case MessageOutcome::sent:
      return MessageState::sent;
    case MessageOutcome::delivered:
      return MessageState::delivered;
    case MessageOutcome::too_late:
      return MessageState::too_late;
    case MessageOutcome::deferred:
      return MessageState::queued;
    case MessageOutcome::undeliverable:
      break;
  }
  return MessageState::undeliverable;
}

// What was sent may arrive or not. Whatever else has an end has come to it.
bool may_become(MessageState from, MessageState to) {
  if (from == MessageState::queued) return true;
  const bool is_its_end = to == MessageState::delivered || to == MessageState::undeliverable;
  return from == MessageState::sent && is_its_end;
}

}  // namespace

awaitable<Result<Answer>> CourierService::take(TakeMessages ask) {
  const std::uint64_t mine = ++latest_;
  Outbox& outbox = parts_.outbox;
  outbox.news.ring();  // whoever waited before us is let go
  outbox.presence.asked(std::move(ask.providers), parts_.clock.now() + ask.wait);
  log_presence();
  Result<MessageBatch> batch = co_await gather(ask, mine);
  if (mine == latest_) {
    outbox.presence.answered(parts_.clock.now());
  } else if (!stopping_) {
    // Two couriers that end each other's questions would ask as fast as they can.
    co_await displaced_.wait(kDisplacedPause);
  }
  if (!batch) co_return batch.error();
  co_return Answer{std::move(*batch)};
}

awaitable<Result<MessageBatch>> CourierService::gather(const TakeMessages& ask,
                                                       std::uint64_t mine) {
  const steady_clock::time_point end = steady_clock::now() + ask.wait;
  for (;;) {
    MessageBatch batch{.lease = outbox::Queue::kLease};
    if (mine == latest_ && !stopping_) {
      std::vector<MessageId> taken = next(ask);
      const bool took_any = !taken.empty();
      CS_CO_TRY(batch.messages, co_await open(std::move(taken)));
      // What came meanwhile has rung for nobody.
      if (took_any && batch.messages.empty()) continue;
    }
    const steady_clock::duration left = end - steady_clock::now();
    const bool waits =
        batch.messages.empty() && mine == latest_ && !stopping_ && left > left.zero();
    if (!waits) co_return batch;
    const steady_clock::duration pause = std::min(left, until_next_event());
    co_await parts_.outbox.news.wait(pause);
  }
}

std::vector<MessageId> CourierService::next(const TakeMessages& ask) {
  const Time now = parts_.clock.now();
  const Presence& presence = parts_.outbox.presence;
  const outbox::Channels up{.sms = !ask.sms_full && presence.is_up(FactorKind::sms, now),
                            .email = !ask.email_full && presence.is_up(FactorKind::email, now)};
  return parts_.outbox.queue.take(ask.max, up, now);
}

// A message that was deferred, or leased to a courier that is gone, is nobody's news when its time
// comes.
steady_clock::duration CourierService::until_next_event() const {
  const Time now = parts_.clock.now();
  const std::optional<Time> at = parts_.outbox.queue.next_event(now);
  return at ? std::max<steady_clock::duration>(*at - now, kShortest) : TakeMessages::kWaitMax;
}

// In their order, without those that cannot be opened. One whose turn the HSM or the store did not
// answer rests for a while, so that it does not keep the others back; if that was so for all, it
// fails with the reason.
awaitable<Result<std::vector<OutboundMessage>>> CourierService::open(std::vector<MessageId> taken) {
  std::vector<std::optional<OutboundMessage>> opened(taken.size());
  std::optional<Error> failure;
  auto open_nth = [this, &taken, &opened, &failure](std::size_t i) -> awaitable<Status> {
    auto message = co_await open_one(taken[i]);
    if (message) {
      opened[i] = std::move(*message);
    } else {
      failure = message.error();
      parts_.outbox.queue.defer(taken[i], kOwnPause, parts_.clock.now());
    }
    co_return Status{};
  };
  CS_CO_CHECK(co_await in_lanes(taken.size(), kLanes, open_nth));
  std::vector<OutboundMessage> messages;
  for (auto& message : opened) {
    if (message) messages.push_back(std::move(*message));
  }
  if (messages.empty() && failure) co_return *failure;
  co_return messages;
}

awaitable<Result<std::optional<OutboundMessage>>> CourierService::open_one(MessageId id) {
  using Opened = std::optional<OutboundMessage>;
  CS_CO_TRY(const std::optional<Message> row, co_await find_row(id));
  if (!row || row->state != MessageState::queued) {
    parts_.outbox.queue.forget(id);  // a newer code has taken its place
    co_return Opened{};
  }
  const Time now = parts_.clock.now();
  const bool is_code_of_later =
      outbox::is_code(row->kind) && verify::is_of_later(row->created_at, now);
  if (now >= row->expires_at || is_code_of_later) {
    CS_CO_CHECK(co_await settle(*row, MessageState::too_late, kDaemon));
    co_return Opened{};
  }
  Result<OutboundMessage> message = co_await open_letter(parts_.hsm, *row);
  if (message) co_return Opened{std::move(*message)};
  if (message.error().code != ErrorCode::corrupt) co_return message.error();
  CS_CO_CHECK(co_await settle(*row, MessageState::undeliverable, kDaemon));
  co_return Opened{};
}

// A row that was changed past the daemon is none: it can be neither opened nor settled.
awaitable<Result<std::optional<Message>>> CourierService::find_row(MessageId id) {
  Result<std::optional<Message>> row = co_await parts_.store.message(id);
  if (row || row.error().code != ErrorCode::corrupt) co_return row;
  log::warning("message.undeliverable", row.error(), {{"message", number(id)}});
  co_return std::optional<Message>{};
}

awaitable<Result<Answer>> CourierService::report(Peer peer, const ReportMessages& ask) {
  auto report_nth = [this, peer, &ask](std::size_t i) -> awaitable<Status> {
    return report_one(peer, ask.reports[i]);
  };
  CS_CO_CHECK(co_await in_lanes(ask.reports.size(), kLanes, report_nth));
  co_return Answer{MessagesReported{}};
}

awaitable<Status> CourierService::report_one(Peer peer, const MessageReport& report) {
  if (report.outcome == MessageOutcome::deferred) {
    parts_.outbox.queue.defer(report.id, report.retry_after, parts_.clock.now());
    co_return Status{};
  }
  CS_CO_TRY(const std::optional<Message> row, co_await find_row(report.id));
  const MessageState to = state_after(report.outcome);
  if (!row || !may_become(row->state, to)) co_return Status{};
  co_return co_await settle(*row, to, peer.uid);
}

// If somebody was first, it is settled already.
awaitable<Status> CourierService::settle(const Message& row, MessageState to,
                                         std::int64_t peer_uid) {
  JournalEntry entry{.at = parts_.clock.now(), .peer_uid = peer_uid};
  Message from = row;
  const Status settled = co_await parts_.store.settle(std::move(from), to, std::move(entry));
  if (!settled && settled.error().code != ErrorCode::conflict) co_return settled.error();
  parts_.outbox.queue.forget(row.id);
  if (!settled) co_return Status{};
  parts_.outbox.ledger.settled(row, to, parts_.clock.now());
  if (to == MessageState::undeliverable) {
    log::warning("message.undeliverable", {{"message", number(row.id)},
                                           {"subject", number(row.subject)},
                                           {"factor", number(row.factor)}});
  }
  co_return Status{};
}

awaitable<void> CourierService::sweep() {
  const std::vector<MessageId> over = parts_.outbox.queue.expired(parts_.clock.now());
  auto expire_nth = [this, &over](std::size_t i) -> awaitable<Status> {
    const Status expired = co_await expire(over[i]);
    if (!expired) log::warning("message.settle", expired.error(), {{"message", number(over[i])}});
    co_return Status{};
  };
  const Status done = co_await in_lanes(over.size(), kLanes, expire_nth);
  if (!done) log::warning("message.settle", done.error());
  log_presence();
  log_breakers();
}

// Whatever became of it in the meantime stands in its row. What cannot be settled now is settled at
// the next start: it is never handed out again.
awaitable<Status> CourierService::expire(MessageId id) {
  CS_CO_TRY(const std::optional<Message> row, co_await find_row(id));
  if (!row || row->state != MessageState::queued) co_return Status{};
  co_return co_await settle(*row, MessageState::too_late, kDaemon);
}

void CourierService::log_presence() {
  const bool is_there = parts_.outbox.presence.is_there(parts_.clock.now());
  if (is_there && !was_there_) log::info("courier.appeared");
  if (!is_there && was_there_) log::warning("courier.away");
  was_there_ = is_there;
}

void CourierService::log_breakers() {
  for (const outbox::BreakerEvent& event : parts_.outbox.ledger.take_events()) {
    const log::ConfigText prefix{event.prefix};
    const auto& change = event.change;
    if (change.opened) {
      log::warning("sms.breaker_opened",
                   {{"prefix", prefix}, {"percent", change.percent}, {"sample", change.sample}});
    } else {
      log::info("sms.breaker_closed", {{"prefix", prefix}});
    }
  }
}

void CourierService::stop() {
  stopping_ = true;
  parts_.outbox.news.ring();
  displaced_.ring();
}

}  // namespace countersign
