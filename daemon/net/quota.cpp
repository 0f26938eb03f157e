// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/quota.hpp"

#include <utility>

namespace countersign::net {

Quota::Share::Share(std::shared_ptr<Quota> quota, uid_t uid)
    : quota_{std::move(quota)}, uid_{uid}, usage_{&quota_->usage_[uid]} {
  ++usage_->connections;
}

Quota::Share::~Share() {
  // A session that ends takes its place in the queue along.
  std::erase_if(usage_->waiting, [](const auto& session) { return session.expired(); });
  if (--usage_->connections == 0) quota_->usage_.erase(uid_);
}

bool Quota::Share::may_begin() const {
  return usage_->in_flight < quota_->limits_.in_flight_per_uid;
}

void Quota::Share::begin() { ++usage_->in_flight; }

void Quota::Share::end() {
  --usage_->in_flight;
  wake_next();
}

void Quota::Share::wake_next() {
  while (!usage_->waiting.empty() && may_begin()) {
    const auto session = usage_->waiting.front().lock();
    usage_->waiting.pop_front();
    if (session && session->may_go_on()) return;
  }
}

void Quota::Share::wait(std::weak_ptr<Waiting> session) {
  usage_->waiting.push_back(std::move(session));
}

std::unique_ptr<Quota::Share> Quota::connect(uid_t uid) {
  const auto known = usage_.find(uid);
  const std::uint32_t connections = known == usage_.end() ? 0 : known->second.connections;
  if (connections >= limits_.connections_per_uid) return nullptr;
  return std::make_unique<Share>(shared_from_this(), uid);
}

std::size_t Quota::waiting() const {
  std::size_t count = 0;
  for (const auto& [uid, usage] : usage_) count += usage.waiting.size();
  return count;
}

}  // namespace countersign::net
