// SPDX-License-Identifier: Apache-2.0
#include "courier/reports/references.hpp"

namespace countersign::courier {

void References::add(const std::string& provider, const std::string& reference, MessageId id) {
  if (reference.empty() || reference.size() > kBytesMax) return;
  const std::scoped_lock lock{mutex_};
  const Name name{provider, reference};
  // A provider that gives an id twice means the newer message.
  if (!ids_.insert_or_assign(name, id).second) return;
  order_.push_back(name);
  if (order_.size() <= kMax) return;
  ids_.erase(order_.front());
  order_.pop_front();
}

std::optional<MessageId> References::find(const std::string& provider,
                                          const std::string& reference) const {
  const std::scoped_lock lock{mutex_};
  const auto found = ids_.find({provider, reference});
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

}  // namespace countersign::courier
