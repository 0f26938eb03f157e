// SPDX-License-Identifier: Apache-2.0
// How providers call the messages that they have taken.
//
// In memory, and bounded: of a message that was sent before a restart, or long ago, a report by its
// provider's own id finds nothing, and it stays "sent".
#pragma once

#include "courier/model/message.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace countersign::courier {

// Any thread.
class References {
 public:
  static constexpr std::size_t kMax = 10'000;
  static constexpr std::size_t kBytesMax = 128;

  // Forgets the oldest one when it is full. What is empty or too long is not kept.
  void add(const std::string& provider, const std::string& reference, MessageId id);
  [[nodiscard]] std::optional<MessageId> find(const std::string& provider,
                                              const std::string& reference) const;

 private:
  using Name = std::pair<std::string, std::string>;

  mutable std::mutex mutex_;
  std::map<Name, MessageId> ids_;
  std::deque<Name> order_;  // oldest first
};

}  // namespace countersign::courier
