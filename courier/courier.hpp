// SPDX-License-Identifier: Apache-2.0
// countersign-courier, put together: the link to the daemon, the templates, the engine, the
// listener for delivery reports, and what systemd is told.
#pragma once

#include "base/clock.hpp"
#include "courier/engine/engine.hpp"
#include "courier/link/link.hpp"
#include "courier/reports/delivery_reports.hpp"
#include "courier/settings/settings.hpp"
#include "courier/words/templates.hpp"

#include <chrono>
#include <memory>
#include <optional>

namespace countersign::courier {

class Courier final : public Desk {
 public:
  explicit Courier(Settings settings);

  // Works until SIGTERM or SIGINT, which the calling thread must have blocked before any other
  // thread began. Returns the exit status.
  int run();

  [[nodiscard]] Capacity room() const override { return engine_->room(); }
  [[nodiscard]] std::vector<ProviderReport> providers() const override {
    return engine_->providers();
  }
  void accept(Message message) override;

 private:
  Status load();
  Status start();
  void finished(const Report& report, const std::string& reference);
  // Until a signal comes; feeds the watchdog while both threads turn.
  void watch();
  void stop();

  Settings settings_;
  SystemClock clock_;
  std::unique_ptr<Templates> templates_;
  Link link_;
  std::optional<Engine> engine_;
  std::unique_ptr<DeliveryReports> reports_;
};

}  // namespace countersign::courier
