// SPDX-License-Identifier: Apache-2.0
#include "courier/link/wire.hpp"

#include <algorithm>
#include <utility>

namespace countersign::courier {
namespace {

v1::FactorKind to_wire(Channel channel) { return channel == Channel::sms ? v1::SMS : v1::EMAIL; }

v1::ProviderState to_wire(Condition condition) {
  switch (condition) {
    case Condition::works:
      return v1::PROVIDER_WORKS;
    case Condition::suspect:
      return v1::PROVIDER_SUSPECT;
    case Condition::down:
      return v1::PROVIDER_DOWN;
  }
  return v1::PROVIDER_DOWN;
}

v1::MessageOutcome to_wire(Ending ending) {
  switch (ending) {
    case Ending::sent:
      return v1::SENT;
    case Ending::delivered:
      return v1::DELIVERED;
    case Ending::deferred:
      return v1::DEFERRED;
    case Ending::undeliverable:
      return v1::UNDELIVERABLE;
    case Ending::too_late:
      return v1::TOO_LATE;
  }
  return v1::DEFERRED;
}

// A short text lives within its string, and stays there when that is moved from. A longer one has
// a block of its own, which moves along and is wiped when it is freed.
std::string in_its_own_block(const std::string& text) {
  constexpr std::size_t kNeverWithin = 64;
  std::string copy;
  copy.reserve(std::max(text.size(), kNeverWithin));
  copy = text;
  return copy;
}

}  // namespace

std::optional<Message> from_wire(v1::OutboundMessage&& message) {
  if (message.channel() != v1::SMS && message.channel() != v1::EMAIL) return std::nullopt;
  Message made{.id = MessageId{message.message_id()},
               .channel = message.channel() == v1::SMS ? Channel::sms : Channel::email,
               .destination = in_its_own_block(message.destination()),
               .kind = std::move(*message.mutable_kind()),
               .realm = std::move(*message.mutable_realm()),
               .language = std::move(*message.mutable_language()),
               .code = in_its_own_block(message.code()),
               .values = {},
               .created_at = from_milliseconds(message.created_at_ms()),
               .expires_at = from_milliseconds(message.expires_at_ms())};
  for (v1::MessageValue& value : *message.mutable_values()) {
    made.values.push_back({std::move(*value.mutable_name()), std::move(*value.mutable_value())});
  }
  return made;
}

v1::TakeMessages to_wire(const Capacity& room, std::size_t max, std::chrono::seconds wait,
                         const std::vector<ProviderReport>& providers) {
  v1::TakeMessages take;
  // As many as fit in whichever they are for, unless it is full.
  for (const std::size_t left : {room.sms, room.email}) {
    if (left != 0) max = std::min(max, left);
  }
  take.set_max(static_cast<std::uint32_t>(max));
  take.set_sms_full(room.sms == 0);
  take.set_email_full(room.email == 0);
  take.set_wait_seconds(static_cast<std::uint32_t>(wait.count()));
  for (const ProviderReport& report : providers) {
    v1::Provider& provider = *take.add_providers();
    provider.set_name(report.name);
    provider.set_channel(to_wire(report.channel));
    provider.set_state(to_wire(report.condition));
    provider.set_health(report.health);
    provider.set_sent(report.sent);
    provider.set_failed(report.failed);
    provider.set_problem(report.problem);
  }
  return take;
}

v1::MessageReport to_wire(const Report& report) {
  v1::MessageReport made;
  made.set_message_id(static_cast<std::uint64_t>(report.id));
  made.set_outcome(to_wire(report.ending));
  made.set_provider(report.provider);
  made.set_retry_after_seconds(static_cast<std::uint32_t>(report.retry_after.count()));
  return made;
}

}  // namespace countersign::courier
