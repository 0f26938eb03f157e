// SPDX-License-Identifier: Apache-2.0
// What SMS gateways tell later about messages that they had taken: an HTTP listener of its own
// thread, on loopback.
#pragma once

#include "base/error.hpp"
#include "courier/message.hpp"
#include "courier/settings.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace countersign::courier {

enum class Arrival : std::uint8_t { delivered, undeliverable };

struct DeliveryReport {
  MessageId message{};
  std::string provider;
  Arrival arrival{};
};

// Called by the listener's thread; must not block.
using OnDelivery = std::function<void(const DeliveryReport&)>;

class DeliveryReports {
 public:
  // Ends the thread.
  virtual ~DeliveryReports() = default;

  // A provider has taken this message and calls it `reference`. Any thread may say so.
  virtual void expect(const std::string& provider, const std::string& reference, MessageId id) = 0;
};

// Listens from now on. Fails with `unavailable` when the address is taken.
Result<std::unique_ptr<DeliveryReports>> listen_for_delivery_reports(
    const DeliveryReportSettings& settings, OnDelivery on_delivery);

}  // namespace countersign::courier
