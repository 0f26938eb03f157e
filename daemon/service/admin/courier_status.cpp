// SPDX-License-Identifier: Apache-2.0
// What the security team asks of the courier: how it is, and for a test message.
#include "daemon/service/message/courier_service.hpp"

#include "daemon/outbox/letter.hpp"
#include "daemon/outbox/mask.hpp"
#include "daemon/service/message/envelope.hpp"
#include "daemon/verify/challenge.hpp"
#include "policies/authorise.hpp"

namespace countersign {

CourierStatus CourierService::status() {
  const CurrentPolicy policy = parts_.policy;
  Outbox& outbox = parts_.outbox;
  const Time now = parts_.clock.now();
  CourierStatus status{.connected = outbox.presence.is_there(now),
                       .providers = outbox.presence.providers(),
                       .prefixes = outbox.ledger.prefixes(*policy, now)};
  for (const FactorKind kind : {FactorKind::sms, FactorKind::email}) {
    ChannelStatus& channel = status.channels.emplace_back(outbox.ledger.status(kind, now));
    channel.channel = kind;
    channel.up = outbox.presence.is_up(kind, now);
    channel.queued = outbox.queue.size(kind);
  }
  return status;
}

awaitable<Result<Answer>> CourierService::send_test(Peer peer, const SendTestMessage& ask) {
  const CurrentPolicy policy = parts_.policy;
  CS_CO_CHECK(policies::authorise_realm(*policy, peer, ask.realm));
  const Time now = parts_.clock.now();
  const outbox::Sending sending{.channel = ask.destination.channel,
                                .kind = MessageKind::test,
                                .destination = parts_.outbox.prints.print(ask.destination),
                                .prefix = prefix_of(*policy, ask.destination),
                                .peer_uid = peer.uid,
                                .expires_at = now + policy->code.lifetime};
  CS_CO_TRY(const SecretBytes random, co_await parts_.hsm.random(verify::kNumberRandomBytes));
  const MessageId id{verify::fresh_number(random.expose())};
  Delivery delivery = parts_.outbox.allow(sending, *policy, now);
  delivery.masked_destination = outbox::mask(ask.destination);
  if (delivery.outcome != DeliveryOutcome::accepted_for_delivery) co_return Answer{delivery};
  parts_.outbox.ledger.count(id, sending, now);
  const Status kept = co_await keep_test(ask, id, sending, now);
  if (!kept) {
    parts_.outbox.ledger.uncount(id);
    co_return kept.error();
  }
  co_return Answer{std::move(delivery)};
}

awaitable<Status> CourierService::keep_test(const SendTestMessage& ask, MessageId id,
                                            const outbox::Sending& sending, Time now) {
  const outbox::Letter letter{.destination = ask.destination,
                              .kind = sending.kind,
                              .realm = ask.realm,
                              .language = ask.language,
                              .values = {}};
  CS_CO_TRY(const SecretBytes written, outbox::write(letter));
  const Bytes envelope = envelope_of(id);
  CS_CO_TRY(Bytes sealed, co_await parts_.hsm.seal_message(written.expose(), envelope));
  const Message row = row_of(id, sending, now, std::move(sealed));
  Message kept = row;
  JournalEntry entry{.at = now, .peer_uid = sending.peer_uid};
  CS_CO_CHECK(co_await parts_.store.queue(std::move(kept), std::move(entry)));
  parts_.outbox.queued(row);
  co_return Status{};
}

}  // namespace countersign
