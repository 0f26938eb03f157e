// SPDX-License-Identifier: Apache-2.0
#include "companion/door/realms.hpp"

#include <utility>

namespace countersign::companion {

awaitable<Result<v1::RealmDescription>> Realms::describe(const std::string& realm) {
  const auto known = realms_.find(realm);
  const Time now = clock_.now();
  if (known != realms_.end() && now - known->second.asked_at < kAge) {
    co_return known->second.description;
  }
  v1::Request request;
  request.mutable_describe_realm()->set_realm(realm);
  auto reply = co_await backend_.ask(std::move(request));
  if (reply && reply->has_realm_description()) {
    Entry& entry = realms_[realm];
    entry = {.description = std::move(*reply->mutable_realm_description()), .asked_at = now};
    co_return entry.description;
  }
  // It may have been found meanwhile.
  const auto last = realms_.find(realm);
  if (last != realms_.end()) co_return last->second.description;
  if (!reply) co_return reply.error();
  co_return Error{ErrorCode::unavailable, "daemon.describe_realm"};
}

}  // namespace countersign::companion
