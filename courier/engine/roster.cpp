// SPDX-License-Identifier: Apache-2.0
#include "courier/engine/roster.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <cassert>

namespace countersign::courier {

Roster::Roster(std::vector<std::unique_ptr<Provider>> providers) {
  assert(providers.size() <= kProvidersMax);
  for (auto& provider : providers) {
    members_.emplace_back();
    members_.back().provider = std::move(provider);
  }
}

std::optional<std::size_t> Roster::choose(Channel channel, const Tried& tried, Instant now) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    Member& member = members_[i];
    if (member.provider->channel() != channel || tried[i]) continue;
    if (!member.health.may_begin(now)) continue;
    member.health.begin(now);
    return i;
  }
  return std::nullopt;
}

void Roster::settle(std::size_t index, const Outcome& outcome, Instant now) {
  Member& member = members_[index];
  const Condition before = member.health.condition(now);
  if (outcome.fate == Fate::sent) {
    ++member.sent;
    // A problem that it tells of, such as a queue of its own, is the next message's.
    if (outcome.problem.view().empty()) {
      member.health.sent();
    } else {
      member.health.failed(now);
    }
  } else {
    ++member.failed;
  }
  if (!outcome.problem.view().empty()) {
    member.problem = std::string{outcome.problem.view()} + " " + std::to_string(outcome.native);
  }
  if (outcome.fate == Fate::provider_failed) member.health.failed(now);
  if (outcome.fate == Fate::undeliverable || outcome.fate == Fate::not_now) {
    member.health.refused();
  }

  const Condition after = member.health.condition(now);
  const log::ConfigText name{member.provider->name()};
  if (before == Condition::works && after == Condition::down) {
    log::warning("courier.provider_down",
                 {{"provider", name}, {"problem", outcome.problem}, {"native", outcome.native}});
  }
  if (before != Condition::works && after == Condition::works) {
    log::info("courier.provider_works", {{"provider", name}});
  }
}

std::chrono::seconds Roster::down_for(Channel channel, Instant now) const {
  std::optional<Instant> first;
  for (const Member& member : members_) {
    if (member.provider->channel() != channel) continue;
    if (member.health.condition(now) != Condition::down) return std::chrono::seconds{0};
    const Instant retry_at = member.health.retry_at();
    first = first ? std::min(*first, retry_at) : retry_at;
  }
  return first ? std::chrono::ceil<std::chrono::seconds>(*first - now) : std::chrono::seconds{0};
}

std::vector<ProviderReport> Roster::report(Instant now) const {
  std::vector<ProviderReport> reports;
  for (const Member& member : members_) {
    reports.push_back({.name = member.provider->name(),
                       .channel = member.provider->channel(),
                       .condition = member.health.condition(now),
                       .health = member.health.percent(),
                       .sent = member.sent,
                       .failed = member.failed,
                       .problem = member.problem});
  }
  return reports;
}

}  // namespace countersign::courier
