// SPDX-License-Identifier: Apache-2.0
// A courier of a test's own: it takes messages from an appliance, and delivers them to nobody.
#pragma once

#include "tests/support/appliance.hpp"

#include <string>
#include <vector>

namespace countersign::test {

class CourierClient {
 public:
  explicit CourierClient(const Appliance& appliance) : client_{appliance.connect("courier")} {}

  // What is to be delivered, at once or within `wait_seconds`. Both channels are said to work.
  std::vector<v1::OutboundMessage> take(std::uint32_t wait_seconds = 0);
  // The next message, within five seconds; a test failure if there is none.
  v1::OutboundMessage next();
  void report(std::uint64_t message_id, v1::MessageOutcome outcome);

 private:
  client::Client client_;
};

}  // namespace countersign::test
