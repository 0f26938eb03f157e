// SPDX-License-Identifier: Apache-2.0
#include "daemon/outbox/queue.hpp"

#include <algorithm>
#include <limits>

namespace countersign::outbox {
namespace {

using namespace std::chrono_literals;

// A provider that asks for longer than this is asked again all the same.
constexpr std::chrono::seconds kRetryAfterMax = 1h;
constexpr std::uint32_t kLapsesMax = 4;
// Clocks are corrected by less than this all the time.
constexpr std::chrono::seconds kStepBackMin{60};
constexpr MessageId kAnyId{std::numeric_limits<std::int64_t>::max()};

std::chrono::seconds pause_of(std::uint32_t deferred, Urgency urgency) {
  const auto longest = urgency == Urgency::code ? Queue::kDeferCodeMax : Queue::kDeferNoticeMax;
  std::chrono::seconds pause = Queue::kDeferFirst;
  for (std::uint32_t i = 1; i < deferred && pause < longest; ++i) pause *= 2;
  return std::min(pause, longest);
}

std::size_t lane_number(FactorKind channel, Urgency urgency) {
  return (channel == FactorKind::sms ? 0U : 1U) + (urgency == Urgency::code ? 0U : 2U);
}

}  // namespace

Queue::Order& Queue::lane_of(const Item& item) {
  return lanes_[lane_number(item.channel, item.urgency)];
}

Status Queue::push(const Item& item, std::size_t max) {
  if (messages_.size() >= max) return Error{ErrorCode::limit_exceeded, "outbox.full"};
  const auto [place, is_new] = messages_.try_emplace(item.id, Waiting{item, item.expires_at});
  if (!is_new) return Error{ErrorCode::already_exists, "outbox.push"};
  lane_of(item).emplace(item.due, item.id);
  over_.emplace(item.expires_at, item.id);
  return {};
}

void Queue::move(Waiting& waiting, Time due, Time over_at) {
  Item& item = waiting.item;
  lane_of(item).erase({item.due, item.id});
  over_.erase({waiting.over_at, item.id});
  item.due = due;
  waiting.over_at = over_at;
  lane_of(item).emplace(item.due, item.id);
  over_.emplace(waiting.over_at, item.id);
}

void Queue::erase(Messages::iterator found) {
  const Item& item = found->second.item;
  lane_of(item).erase({item.due, item.id});
  over_.erase({found->second.over_at, item.id});
  messages_.erase(found);
}

// What is due at a time of day would otherwise be due as much later as the clock stepped back.
void Queue::notice_step_back(Time now) {
  if (now + kStepBackMin > latest_) {
    latest_ = std::max(latest_, now);
    return;
  }
  const auto step = latest_ - now;
  latest_ = now;
  for (auto& [id, waiting] : messages_) {
    move(waiting, waiting.item.due - step,
         std::max(waiting.item.expires_at, waiting.over_at - step));
  }
}

std::optional<MessageId> Queue::first_due(Urgency urgency, Channels up, Time now) const {
  std::optional<std::pair<Time, MessageId>> first;
  for (const auto& [channel, is_up] :
       {std::pair{FactorKind::sms, up.sms}, std::pair{FactorKind::email, up.email}}) {
    if (!is_up) continue;
    for (const auto& next : lanes_[lane_number(channel, urgency)]) {
      if (next.first > now) break;
      if (messages_.at(next.second).item.expires_at <= now) continue;
      if (!first || next < *first) first = next;
      break;
    }
  }
  if (!first) return std::nullopt;
  return first->second;
}

void Queue::lease(Waiting& waiting, Time now) {
  if (waiting.leased) ++waiting.lapsed;
  waiting.leased = true;
  const auto rest = kLease * (1U << std::min(waiting.lapsed, kLapsesMax));
  move(waiting, now + rest, std::max(waiting.item.expires_at, now + kLease));
}

std::vector<MessageId> Queue::take(std::size_t max, Channels up, Time now) {
  notice_step_back(now);
  std::vector<MessageId> taken;
  for (const Urgency urgency : {Urgency::code, Urgency::notice}) {
    while (taken.size() < max) {
      const auto id = first_due(urgency, up, now);
      if (!id) break;
      Waiting& waiting = messages_.at(*id);
      const bool goes_alone = waiting.leased;
      if (goes_alone && !taken.empty()) return taken;
      lease(waiting, now);
      taken.push_back(*id);
      if (goes_alone) return taken;
    }
  }
  return taken;
}

void Queue::forget(MessageId id) {
  const auto found = messages_.find(id);
  if (found != messages_.end()) erase(found);
}

void Queue::defer(MessageId id, std::chrono::seconds retry_after, Time now) {
  const auto found = messages_.find(id);
  if (found == messages_.end()) return;
  Waiting& waiting = found->second;
  ++waiting.deferred;
  waiting.leased = false;
  waiting.lapsed = 0;
  const auto own = pause_of(waiting.deferred, waiting.item.urgency);
  const auto pause = retry_after > 0s ? std::min(retry_after, kRetryAfterMax) : own;
  move(waiting, now + pause, waiting.item.expires_at);
}

std::vector<MessageId> Queue::expired(Time now) {
  notice_step_back(now);
  std::vector<MessageId> gone;
  while (!over_.empty() && over_.begin()->first <= now) {
    gone.push_back(over_.begin()->second);
    erase(messages_.find(gone.back()));
  }
  return gone;
}

std::optional<Time> Queue::next_event(Time now) const {
  std::optional<Time> next;
  const auto look_at = [&next, now](const Order& order) {
    const auto found = order.upper_bound({now, kAnyId});
    if (found != order.end() && (!next || found->first < *next)) next = found->first;
  };
  for (const Order& lane : lanes_) look_at(lane);
  look_at(over_);
  return next;
}

bool Queue::is_leased(MessageId id, Time now) const {
  const auto found = messages_.find(id);
  return found != messages_.end() && found->second.leased && now < found->second.item.due;
}

std::size_t Queue::size(FactorKind channel) const {
  return lanes_[lane_number(channel, Urgency::code)].size() +
         lanes_[lane_number(channel, Urgency::notice)].size();
}

}  // namespace countersign::outbox
