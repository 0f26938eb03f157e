// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/supervision.hpp"

#include <systemd/sd-daemon.h>
#include <time.h>

#include <cstdint>
#include <string>

namespace countersign::app {

void Supervision::ready() {
  ::sd_notify(0, "READY=1");
  std::uint64_t limit = 0;
  if (::sd_watchdog_enabled(0, &limit) <= 0) return;
  interval_ = std::chrono::microseconds{limit / 2};
  feed();
}

void Supervision::reloading() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto microseconds = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
                            static_cast<std::uint64_t>(now.tv_nsec) / 1'000;
  const std::string state = "RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds);
  ::sd_notify(0, state.c_str());
}

void Supervision::reloaded() { ::sd_notify(0, "READY=1"); }

void Supervision::stopping() {
  ::sd_notify(0, "STOPPING=1");
  stopping_ = true;
  timer_.cancel();
}

void Supervision::feed() {
  ::sd_notify(0, "WATCHDOG=1");
  timer_.expires_after(interval_);
  // A timer that has expired already is not reached by cancel(), nor told of it.
  auto again = [this](const boost::system::error_code& cancelled) {
    if (!cancelled && !stopping_) feed();
  };
  timer_.async_wait(again);
}

}  // namespace countersign::app
