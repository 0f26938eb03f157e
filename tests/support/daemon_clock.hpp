// SPDX-License-Identifier: Apache-2.0
// The wall clock of a daemon under test: it stands still wherever it is put, also while the daemon
// runs. Timers, which run on the monotonic clock, go on.
#pragma once

#include "tests/support/process.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

namespace countersign::test {

class DaemonClock {
 public:
  explicit DaemonClock(std::int64_t seconds)
      : file_{::open(folder_.file("now").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)} {
    set(seconds);
  }
  DaemonClock(const DaemonClock&) = delete;
  DaemonClock& operator=(const DaemonClock&) = delete;
  ~DaemonClock() { ::close(file_); }

  void set(std::int64_t seconds) const {
    const std::int64_t microseconds = seconds * 1'000'000;
    if (::pwrite(file_, &microseconds, sizeof microseconds, 0) != sizeof microseconds) {
      throw std::runtime_error{"the clock cannot be set"};
    }
  }

  // For Appliance::Options::daemon_prefix.
  [[nodiscard]] std::vector<std::string> prefix() const {
    // The sanitizer wants to be the first library, and need not be.
    const char* sanitizer = std::getenv("ASAN_OPTIONS");
    const std::string options = sanitizer == nullptr ? "" : std::string{sanitizer} + ":";
    return {"/usr/bin/env", "LD_PRELOAD=" CS_CLOCK_SHIM, "CS_TEST_CLOCK=" + folder_.file("now"),
            "ASAN_OPTIONS=" + options + "verify_asan_link_order=0"};
  }

 private:
  TemporaryFolder folder_;
  int file_;
};

}  // namespace countersign::test
