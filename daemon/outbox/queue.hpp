// SPDX-License-Identifier: Apache-2.0
// Which message is whose next.
//
// Codes go before notices, and those that have been due for longest before others. What was handed
// out is leased: it is due again when its lease is over and nobody has said what became of it. Such
// a message may be what the courier died of, so it is handed out alone from then on, ever less
// often, and never in the way of another one that is due.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "daemon/model/message.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace countersign::outbox {

enum class Urgency : std::uint8_t { code, notice };

// Which channels have somebody who delivers.
struct Channels {
  bool sms = false;
  bool email = false;
};

class Queue {
 public:
  static constexpr std::chrono::seconds kLease{60};
  // How long a deferred message waits: twice as long each time.
  static constexpr std::chrono::seconds kDeferFirst{2};
  static constexpr std::chrono::seconds kDeferCodeMax{60};
  static constexpr std::chrono::seconds kDeferNoticeMax{15 * 60};

  struct Item {
    MessageId id{};
    FactorKind channel{};  // sms or email
    Urgency urgency{};
    Time due{};
    Time expires_at{};
  };

  // Fails with `limit_exceeded` when `max` are queued, and `already_exists`.
  Status push(const Item& item, std::size_t max);

  // At most `max`, leased until kLease from now. None whose time is over, none of a channel that is
  // down.
  [[nodiscard]] std::vector<MessageId> take(std::size_t max, Channels up, Time now);

  // It is nobody's next any more: it was settled, or a newer code took its place.
  void forget(MessageId id);
  // Nobody took it. Zero: the next pause of its own.
  void defer(MessageId id, std::chrono::seconds retry_after, Time now);
  // Those whose time is over, forgotten herewith; not those that are leased, until their lease is
  // over: they may have been sent in time.
  [[nodiscard]] std::vector<MessageId> expired(Time now);

  // When something may be due or over that is not yet; none: never.
  [[nodiscard]] std::optional<Time> next_event(Time now) const;

  // Whether it is leased: somebody may report on it.
  [[nodiscard]] bool is_leased(MessageId id, Time now) const;
  [[nodiscard]] bool holds(MessageId id) const { return messages_.contains(id); }
  [[nodiscard]] std::size_t size() const { return messages_.size(); }
  [[nodiscard]] std::size_t size(FactorKind channel) const;

 private:
  static constexpr std::size_t kLanes = 4;  // sms, email; codes, notices
  using Order = std::set<std::pair<Time, MessageId>>;

  struct Waiting {
    Item item;
    Time over_at{};  // when it leaves, as `over_` has it
    std::uint32_t deferred = 0;
    std::uint32_t lapsed = 0;  // leases that nobody reported on
    bool leased = false;
  };
  using Messages = std::unordered_map<MessageId, Waiting>;

  [[nodiscard]] Order& lane_of(const Item& item);
  void move(Waiting& waiting, Time due, Time over_at);
  void erase(Messages::iterator found);
  void notice_step_back(Time now);
  [[nodiscard]] std::optional<MessageId> first_due(Urgency urgency, Channels up, Time now) const;
  void lease(Waiting& waiting, Time now);

  Messages messages_;
  std::array<Order, kLanes> lanes_;  // by when they are due
  Order over_;                       // by when their time is over
  Time latest_{};
};

}  // namespace countersign::outbox
