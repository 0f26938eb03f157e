// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/message/outbox.hpp"

#include "async/in_lanes.hpp"
#include "base/log.hpp"
#include "daemon/service/message/destinations.hpp"

#include <limits>

namespace countersign {
namespace {

constexpr std::size_t kLanes = 32;  // so many rows are asked about at once

}  // namespace

Outbox::Prospect Outbox::prospect(const outbox::Sending& sending, const policies::Policy& policy,
                                  Time now) {
  return {.refused = ledger.refusal_of(sending, policy, now),
          .is_up = presence.is_up(sending.channel, now),
          .has_room = queue.size() < policy.messages.queue_max};
}

Delivery Outbox::allow(const outbox::Sending& sending, const policies::Policy& policy, Time now) {
  Delivery delivery{.outcome = DeliveryOutcome::accepted_for_delivery};
  const Prospect found = prospect(sending, policy, now);
  if (found.refused) {
    delivery = {.outcome = found.refused->outcome, .retry_after = found.refused->retry_after};
  } else if (!found.is_up || !found.has_room) {
    delivery.outcome = DeliveryOutcome::channel_down;
  }
  if (delivery.outcome != DeliveryOutcome::accepted_for_delivery) {
    ledger.refused(sending.channel, now);
  }
  return delivery;
}

void Outbox::queued(const Message& message) {
  if (message.state != MessageState::queued) return;
  const outbox::Queue::Item item{
      .id = message.id,
      .channel = message.channel,
      .urgency = outbox::is_notice(message.kind) ? outbox::Urgency::notice : outbox::Urgency::code,
      .due = message.created_at,
      .expires_at = message.expires_at};
  // Whether there was room was asked before it was kept: what is durable has to be sent.
  const Status pushed = queue.push(item, std::numeric_limits<std::size_t>::max());
  if (!pushed) log::error("message.queue", pushed.error(), {{"message", number(message.id)}});
  news.ring();
}

void Outbox::counted_and_queued(const Message& message) {
  const outbox::Sending sending{.channel = message.channel,
                                .kind = message.kind,
                                .subject = message.subject,
                                .factor = message.factor,
                                .destination = message.destination,
                                .prefix = message.prefix,
                                .peer_uid = message.peer_uid,
                                .expires_at = message.expires_at};
  ledger.count(message.id, sending, message.created_at);
  queued(message);
}

awaitable<Status> Outbox::fill(Store& store, hsm::Hsm& hsm, const policies::Policy& policy,
                               Time now) {
  const Destination anybodys{FactorKind::sms, "+358401234567"};
  stand_in.kind = anybodys.channel;
  CS_CO_TRY(stand_in.sealed, co_await seal_destination(hsm, anybodys));
  for (MessageId after{};;) {
    CS_CO_TRY(const std::vector<Message> rows, co_await store.messages(after));
    auto restore_nth = [this, &store, &rows, now](std::size_t i) -> awaitable<Status> {
      const Message& row = rows[i];
      bool familiar = false;
      if (outbox::is_code(row.kind) && !is_decoy(row.subject)) {
        CS_CO_TRY(const auto sources, co_await store.sources(row.subject));
        familiar = is_familiar(sources, row.source, now);
      }
      ledger.restore(row, now, familiar);
      queued(row);
      co_return Status{};
    };
    CS_CO_CHECK(co_await in_lanes(rows.size(), kLanes, restore_nth));
    if (!rows.empty()) after = rows.back().id;
    if (rows.size() < Store::kMessagesListed) break;
  }
  ledger.restored(policy, now);
  co_return Status{};
}

std::string prefix_of(const policies::Policy& policy, const Destination& destination) {
  if (destination.channel != FactorKind::sms) return {};
  const policies::SmsPrefix* found = policies::prefix_of(policy.sms, destination.text);
  return found == nullptr ? std::string{} : found->prefix;
}

std::string prefix_of_nobody(const policies::Policy& policy, SubjectId id) {
  std::vector<std::string_view> open;
  for (const policies::SmsPrefix& each : policy.sms.prefixes) {
    if (each.per_hour > 0) open.push_back(each.prefix);
  }
  if (open.empty()) return {};
  return std::string{open[static_cast<std::uint64_t>(number(id)) % open.size()]};
}

Message row_of(MessageId id, const outbox::Sending& sending, Time created_at, Bytes sealed) {
  return {.id = id,
          .channel = sending.channel,
          .kind = sending.kind,
          .state = sending.nobodys ? MessageState::nobodys : MessageState::queued,
          .subject = sending.subject,
          .factor = sending.nobodys ? FactorId{} : sending.factor,
          .peer_uid = sending.peer_uid,
          .destination = sending.destination,
          .source = sending.source,
          .prefix = sending.nobodys ? std::string{} : sending.prefix,
          .created_at = created_at,
          .expires_at = sending.expires_at,
          .sealed = sending.nobodys ? Bytes{} : std::move(sealed)};
}

}  // namespace countersign
