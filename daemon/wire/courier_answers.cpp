// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/courier_answers.hpp"

#include "daemon/wire/numbers.hpp"
#include "daemon/wire/wipe.hpp"

#include "api/countersign.pb.h"

#include <string_view>

namespace countersign::wire {
namespace {

// The model's numbers are the schema's, on purpose.
static_assert(static_cast<int>(FactorKind::sms) == v1::SMS);
static_assert(static_cast<int>(FactorKind::email) == v1::EMAIL);
static_assert(static_cast<int>(ProviderState::works) == v1::PROVIDER_WORKS);
static_assert(static_cast<int>(ProviderState::down) == v1::PROVIDER_DOWN);
static_assert(static_cast<int>(DeliveryOutcome::accepted_for_delivery) ==
              v1::ACCEPTED_FOR_DELIVERY);
static_assert(static_cast<int>(DeliveryOutcome::channel_down) == v1::CHANNEL_DOWN);

void write(const OutboundMessage& outbound, v1::OutboundMessage& message) {
  message.set_message_id(static_cast<std::uint64_t>(number(outbound.id)));
  message.set_channel(static_cast<v1::FactorKind>(outbound.destination.channel));
  message.set_destination(outbound.destination.text);
  message.mutable_kind()->assign(name_of(outbound.kind));
  message.set_realm(outbound.realm);
  message.set_language(outbound.language);
  message.mutable_code()->assign(as_text(outbound.code.expose()));
  for (const MessageValue& value : outbound.values) {
    v1::MessageValue& written = *message.add_values();
    written.set_name(value.name);
    written.set_value(value.value);
  }
  message.set_created_at_ms(to_milliseconds(outbound.created_at));
  message.set_expires_at_ms(to_milliseconds(outbound.expires_at));
}

void write(const Provider& provider, v1::Provider& message) {
  message.set_name(provider.name);
  message.set_channel(static_cast<v1::FactorKind>(provider.channel));
  message.set_state(static_cast<v1::ProviderState>(provider.state));
  message.set_health(provider.health);
  message.set_sent(provider.sent);
  message.set_failed(provider.failed);
  message.set_problem(provider.problem);
}

void write(const ChannelStatus& channel, v1::ChannelStatus& message) {
  message.set_channel(static_cast<v1::FactorKind>(channel.channel));
  message.set_up(channel.up);
  message.set_queued(channel.queued);
  message.set_accepted(channel.accepted);
  message.set_sent(channel.sent);
  message.set_delivered(channel.delivered);
  message.set_undeliverable(channel.undeliverable);
  message.set_too_late(channel.too_late);
  message.set_refused(channel.refused);
  message.set_answered(channel.answered);
}

void write(const PrefixStatus& prefix, v1::PrefixStatus& message) {
  message.set_prefix(prefix.prefix);
  message.set_sent_last_hour(prefix.sent_last_hour);
  message.set_budget_per_hour(prefix.budget_per_hour);
  message.set_conversion_percent(prefix.conversion_percent);
  message.set_conversion_sample(prefix.conversion_sample);
  message.set_breaker_open(prefix.breaker_open);
  message.set_retry_after_seconds(whole_seconds(prefix.retry_after));
}

}  // namespace

std::string_view name_of(MessageKind kind) {
  switch (kind) {
    case MessageKind::sign_in:
      return "sign_in";
    case MessageKind::confirmation:
      return "confirmation";
    case MessageKind::reset:
      return "reset";
    case MessageKind::unlock:
      return "unlock";
    case MessageKind::transaction:
      return "transaction";
    case MessageKind::address:
      return "address";
    case MessageKind::factor_added:
      return "factor_added";
    case MessageKind::factor_removed:
      return "factor_removed";
    case MessageKind::password_changed:
      return "password_changed";
    case MessageKind::question_changed:
      return "question_changed";
    case MessageKind::address_changed:
      return "address_changed";
    case MessageKind::recovery_codes_made:
      return "recovery_codes_made";
    case MessageKind::recovery_code_used:
      return "recovery_code_used";
    case MessageKind::device_remembered:
      return "device_remembered";
    case MessageKind::device_stolen:
      return "device_stolen";
    case MessageKind::unlocked:
      return "unlocked";
    case MessageKind::suspended:
      return "suspended";
    case MessageKind::factor_changed:
      return "factor_changed";
    case MessageKind::activation:
      return "activation";
    case MessageKind::reset_link:
      return "reset_link";
    case MessageKind::test:
      return "test";
  }
  return {};
}

void write(const Delivery& delivery, v1::Delivery& message) {
  message.set_outcome(static_cast<v1::DeliveryOutcome>(delivery.outcome));
  message.set_masked_destination(delivery.masked_destination);
  message.set_retry_after_seconds(whole_seconds(delivery.retry_after));
}

void write(const MessageBatch& batch, v1::MessageBatch& message) {
  for (const OutboundMessage& outbound : batch.messages) write(outbound, *message.add_messages());
  message.set_lease_seconds(whole_seconds(batch.lease));
}

void write(const MessagesReported&, v1::MessagesReported&) {}

void write(const CourierStatus& status, v1::CourierStatus& message) {
  message.set_connected(status.connected);
  for (const Provider& provider : status.providers) write(provider, *message.add_providers());
  for (const ChannelStatus& channel : status.channels) write(channel, *message.add_channels());
  for (const PrefixStatus& prefix : status.prefixes) write(prefix, *message.add_prefixes());
}

void wipe_secrets(v1::MessageBatch& message) {
  for (v1::OutboundMessage& outbound : *message.mutable_messages()) {
    wipe(*outbound.mutable_code());
    wipe(*outbound.mutable_destination());
    for (v1::MessageValue& value : *outbound.mutable_values()) wipe(*value.mutable_value());
  }
}

}  // namespace countersign::wire
