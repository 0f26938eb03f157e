// SPDX-License-Identifier: Apache-2.0
// The courier's side of the outbox: it takes messages, delivers them, and reports.
//
// A message that was taken is leased: whoever takes it and is never heard of again has not lost it.
// One courier connection takes at a time. When another one asks, the older question is answered
// with nothing, after a while: it may be that of a courier that is gone.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/parts.hpp"
#include "policies/operation.hpp"

#include <optional>

namespace countersign {

class CourierService {
 public:
  explicit CourierService(const Parts& parts) : parts_{parts} {}

  // Waits for the first message as long as the courier asks for. None is handed out at or after its
  // end; one that cannot be opened is settled as undeliverable, and logged.
  // Fails with `unavailable`; then none is leased.
  awaitable<Result<Answer>> take(TakeMessages ask);

  // What became of them. What is told twice or too late changes nothing. Fails with `unavailable`:
  // some of it may be durable, and all of it may be told again.
  awaitable<Result<Answer>> report(Peer peer, const ReportMessages& ask);

  // How it is, and how the last day was.
  [[nodiscard]] CourierStatus status();

  // Puts a message into the outbox that tells nobody anything.
  // Fails with `denied`, `unavailable`. REQUIRES: `ask` outlives the wait.
  awaitable<Result<Answer>> send_test(Peer peer, const SendTestMessage& ask);

  // Settles what has waited too long, and says in the log whether a courier is there and which
  // breakers are open. To be called every second or so.
  awaitable<void> sweep();

  // Nobody is kept waiting any more.
  void stop();

 private:
  awaitable<Result<MessageBatch>> gather(const TakeMessages& ask, std::uint64_t mine);
  [[nodiscard]] std::vector<MessageId> next(const TakeMessages& ask);
  [[nodiscard]] std::chrono::steady_clock::duration until_next_event() const;
  awaitable<Result<std::vector<OutboundMessage>>> open(std::vector<MessageId> taken);
  awaitable<Result<std::optional<OutboundMessage>>> open_one(MessageId id);
  awaitable<Result<std::optional<Message>>> find_row(MessageId id);
  awaitable<Status> report_one(Peer peer, const MessageReport& report);
  awaitable<Status> keep_test(const SendTestMessage& ask, MessageId id,
                              const outbox::Sending& sending, Time now);
  awaitable<Status> expire(MessageId id);
  void log_presence();
  void log_breakers();
  awaitable<Status> settle(const Message& row, MessageState to, std::int64_t peer_uid);

  Parts parts_;
  std::uint64_t latest_ = 0;  // counts the questions for messages
  Alarm displaced_;
  bool stopping_ = false;
  bool was_there_ = false;  // a courier, when the log was told last
};

}  // namespace countersign
