// SPDX-License-Identifier: Apache-2.0
// A courier that delivers into the test's hands: it takes every message from the daemon's own
// socket and reports it as sent.
#pragma once

#include "tests/support/appliance.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace countersign::test {

class TestCourier {
 public:
  // The appliance outlives it, and may be restarted meanwhile.
  explicit TestCourier(const Appliance& appliance);
  TestCourier(const TestCourier&) = delete;
  TestCourier& operator=(const TestCourier&) = delete;
  ~TestCourier();

  // Returns when it has asked anew, and so has taken whatever was queued before.
  void wait_until_idle();
  // In the order in which they came.
  [[nodiscard]] std::vector<v1::OutboundMessage> arrived();

 private:
  void carry();
  bool take_some(client::Client& client);

  const Appliance& appliance_;
  std::mutex mutex_;
  std::vector<v1::OutboundMessage> arrived_;
  std::atomic<std::uint64_t> empty_takes_ = 0;
  std::atomic<bool> ends_ = false;
  std::thread thread_;
};

}  // namespace countersign::test
