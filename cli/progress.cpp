// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace countersign::cli {
namespace {

constexpr std::chrono::milliseconds kRedrawEvery{100};
constexpr std::chrono::seconds kLineEvery{3};

}  // namespace

Progress::Progress(std::string what, std::uint64_t total)
    : what_{std::move(what)},
      total_{total},
      terminal_{::isatty(STDERR_FILENO) == 1},
      started_{Clock::now()},
      shown_{started_} {}

Progress::~Progress() {
  if (terminal_) std::cerr << "\r\x1b[K" << std::flush;
}

void Progress::at(std::uint64_t done) {
  const Clock::time_point now = Clock::now();
  if (now - shown_ < (terminal_ ? Clock::duration{kRedrawEvery} : Clock::duration{kLineEvery})) {
    return;
  }
  shown_ = now;
  if (terminal_) {
    std::cerr << "\r\x1b[K" << line(done, now) << std::flush;
  } else {
    std::cerr << line(done, now) << '\n';
  }
}

std::string Progress::line(std::uint64_t done, Clock::time_point now) const {
  const double seconds = std::chrono::duration<double>(now - started_).count();
  const double rate = static_cast<double>(done) / std::max(seconds, 0.001);
  std::string text = what_ + " " + std::to_string(done) + " of " + std::to_string(total_);
  if (total_ > 0) text += " (" + std::to_string(100 * done / total_) + " %)";
  text += ", " + std::to_string(static_cast<std::uint64_t>(rate)) + "/s";
  if (rate >= 1 && done <= total_) {
    const auto left = static_cast<std::uint64_t>(static_cast<double>(total_ - done) / rate);
    text += ", " + std::to_string(left) + " s left";
  }
  return text;
}

}  // namespace countersign::cli
