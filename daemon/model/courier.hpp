// SPDX-License-Identifier: Apache-2.0
// What the daemon and the courier tell each other.
#pragma once

#include "base/secret_bytes.hpp"
#include "daemon/model/destination.hpp"
#include "daemon/model/message.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace countersign {

// The numbers of api/countersign.proto.
enum class ProviderState : std::uint8_t { works = 1, suspect = 2, down = 3 };
enum class MessageOutcome : std::uint8_t {
  sent = 1,
  delivered = 2,
  deferred = 3,
  undeliverable = 4,
  too_late = 5,
};
enum class DeliveryOutcome : std::uint8_t {
  accepted_for_delivery = 1,
  too_soon = 2,
  limit_reached = 3,
  not_allowed = 4,
  channel_down = 5,
};

// Somebody who delivers: an SMS gateway, a mail server.
struct Provider {
  static constexpr std::size_t kProvidersMax = 16;
  std::string name;
  FactorKind channel{};
  ProviderState state{};
  std::uint32_t health = 0;  // per cent
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;
  std::string problem;
};

struct MessageReport {
  MessageId id{};
  MessageOutcome outcome{};
  std::string provider;
  std::chrono::seconds retry_after{0};
};

// A name and a value that a template may show.
struct MessageValue {
  std::string name;
  std::string value;
};

// A message, opened for the one who delivers it.
struct OutboundMessage {
  MessageId id{};
  Destination destination;
  MessageKind kind{};
  std::string realm;
  std::string language;
  SecretBytes code;  // text; empty in a notice
  std::vector<MessageValue> values;
  Time created_at{};
  Time expires_at{};
};

// Whether a message is on its way.
struct Delivery {
  DeliveryOutcome outcome{};
  std::string masked_destination;
  std::chrono::seconds retry_after{0};
};

// Of the last 24 hours, where nothing else is said.
struct ChannelStatus {
  FactorKind channel{};
  bool up = false;
  std::uint64_t queued = 0;  // now
  std::uint64_t accepted = 0;
  std::uint64_t sent = 0;
  std::uint64_t delivered = 0;
  std::uint64_t undeliverable = 0;
  std::uint64_t too_late = 0;
  std::uint64_t refused = 0;
  std::uint64_t answered = 0;
};

struct PrefixStatus {
  std::string prefix;
  std::uint64_t sent_last_hour = 0;
  std::uint64_t budget_per_hour = 0;
  std::uint32_t conversion_percent = 0;
  std::uint32_t conversion_sample = 0;
  bool breaker_open = false;
  std::chrono::seconds retry_after{0};
};

}  // namespace countersign
