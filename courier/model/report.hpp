// SPDX-License-Identifier: Apache-2.0
// What the courier tells the daemon: how messages ended, and how the providers are.
#pragma once

#include "courier/model/message.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace countersign::courier {

enum class Ending : std::uint8_t {
  sent,           // a provider has taken it
  delivered,      // and says that it has arrived
  deferred,       // nobody took it; it may be tried again
  undeliverable,  // whoever is asked again will refuse it again
  too_late,       // it expired before it was sent
};

struct Report {
  MessageId id{};
  Ending ending{};
  std::string provider;                 // empty when none was asked
  std::chrono::seconds retry_after{0};  // deferred: not before; 0: as the daemon thinks best
};

enum class Condition : std::uint8_t { works, suspect, down };

struct ProviderReport {
  std::string name;
  Channel channel{};
  Condition condition{};
  unsigned health = 100;  // per cent
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;
  std::string problem;  // what was wrong last: a literal and a number
};

}  // namespace countersign::courier
