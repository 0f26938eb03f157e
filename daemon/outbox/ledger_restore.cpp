// SPDX-License-Identifier: Apache-2.0
// What the ledger takes from the store's rows, and what it tells of itself.
#include "daemon/outbox/ledger.hpp"

#include <algorithm>

namespace countersign::outbox {

namespace {

Sending sending_of(const Message& row, bool familiar) {
  Sending sending;
  sending.channel = row.channel;
  sending.kind = row.kind;
  sending.subject = row.subject;
  sending.factor = row.factor;
  sending.destination = row.destination;
  sending.source = row.source;
  sending.prefix = row.prefix;
  sending.familiar = familiar;
  sending.nobodys = row.state == MessageState::nobodys;
  sending.peer_uid = row.peer_uid;
  sending.expires_at = row.expires_at;
  return sending;
}

}  // namespace

void Ledger::restore(const Message& row, Time now, bool familiar) {
  const Sending sending = sending_of(row, familiar);
  const When when{row.created_at, now};
  remember(sending, when, row.answered);
  if (sending.nobodys) return;
  counts_of(row.channel).accepted.add(when);
  // A row says only what it came to in the end.
  if (row.state == MessageState::delivered) count_state(row.channel, MessageState::sent, when);
  count_state(row.channel, row.state, when);
  if (row.answered) counts_of(row.channel).answered.add(when);
  if (!is_code(row.kind)) return;
  Open open = open_of(sending, row.created_at);
  open.sent = row.state == MessageState::sent || row.state == MessageState::delivered;
  open.answered = row.answered;
  restored_.push_back({row.id, row.expires_at, open});
}

// Sends them all once more, in their order, so that each breaker comes to stand where it stood.
void Ledger::restored(const policies::Policy& policy, Time now) {
  std::ranges::sort(restored_, {}, [](const Restored& each) { return each.open.at; });
  for (const Restored& each : restored_) {
    advance(policy, each.open.at);
    begin(each.id, each.open, each.over_at);
  }
  restored_ = {};
  advance(policy, now);
  // Whoever was there before has logged them.
  events_.clear();
}

Ledger::Counts& Ledger::counts_of(FactorKind channel) {
  return counts_[channel == FactorKind::sms ? 0 : 1];
}

const Ledger::Counts& Ledger::counts_of(FactorKind channel) const {
  return counts_[channel == FactorKind::sms ? 0 : 1];
}

void Ledger::count_state(FactorKind channel, MessageState state, When when) {
  Counts& counts = counts_of(channel);
  if (state == MessageState::sent) counts.sent.add(when);
  if (state == MessageState::delivered) counts.delivered.add(when);
  if (state == MessageState::undeliverable) counts.undeliverable.add(when);
  if (state == MessageState::too_late) counts.too_late.add(when);
}

void Ledger::refused(FactorKind channel, Time now) { counts_of(channel).refused.add({now, now}); }

ChannelStatus Ledger::status(FactorKind channel, Time now) const {
  const Counts& counts = counts_of(channel);
  ChannelStatus status;
  status.channel = channel;
  status.accepted = counts.accepted.count(now);
  status.sent = counts.sent.count(now);
  status.delivered = counts.delivered.count(now);
  status.undeliverable = counts.undeliverable.count(now);
  status.too_late = counts.too_late.count(now);
  status.refused = counts.refused.count(now);
  status.answered = counts.answered.count(now);
  return status;
}

std::vector<PrefixStatus> Ledger::prefixes(const policies::Policy& policy, Time now) {
  advance(policy, now);
  std::vector<PrefixStatus> all;
  for (const policies::SmsPrefix& rule : policy.sms.prefixes) {
    PrefixStatus& status = all.emplace_back();
    status.prefix = rule.prefix;
    status.budget_per_hour = rule.per_hour;
    const auto found = prefixes_.find(rule.prefix);
    if (found == prefixes_.end()) continue;
    const auto& [hour, breaker] = found->second;
    const auto pause = breaker.pause(policy.sms, now);
    status.sent_last_hour = hour.count(now);
    status.conversion_percent = breaker.percent();
    status.conversion_sample = breaker.sample();
    status.breaker_open = pause > std::chrono::milliseconds{0};
    status.retry_after = std::chrono::ceil<std::chrono::seconds>(pause);
  }
  return all;
}

}  // namespace countersign::outbox
