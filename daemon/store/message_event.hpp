// SPDX-License-Identifier: Apache-2.0
// What the journal calls it that a message came to be in a state.
#pragma once

#include "daemon/model/attempt.hpp"
#include "daemon/model/message.hpp"

#include <optional>

namespace countersign::store {

// None for what is nobody's. A superseded message was queued, and nothing else was told of it.
[[nodiscard]] constexpr std::optional<Event> event_of(MessageState state) {
  switch (state) {
    case MessageState::queued:
    case MessageState::superseded:
      return Event::message_queued;
    case MessageState::sent:
      return Event::message_sent;
    case MessageState::delivered:
      return Event::message_delivered;
    case MessageState::undeliverable:
      return Event::message_undeliverable;
    case MessageState::too_late:
      return Event::message_too_late;
    case MessageState::nobodys:
      break;
  }
  return std::nullopt;
}

}  // namespace countersign::store
