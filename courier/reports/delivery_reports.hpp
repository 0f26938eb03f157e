// SPDX-License-Identifier: Apache-2.0
// What SMS gateways tell later about messages that they had taken: an HTTP listener of its own
// thread, on loopback. A gateway elsewhere reaches it through a proxy.
#pragma once

#include "base/error.hpp"
#include "courier/model/message.hpp"
#include "courier/reports/report_rule.hpp"
#include "courier/settings/settings.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace countersign::courier {

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

  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

// Listens from now on; REQUIRES: settings.delivery_reports.listen. Fails with `unavailable` when
// the address is taken, with `malformed` when it is not loopback, as read_secret() does when the
// key cannot be read.
Result<std::unique_ptr<DeliveryReports>> listen_for_delivery_reports(const Settings& settings,
                                                                     OnDelivery on_delivery);

}  // namespace countersign::courier
