// SPDX-License-Identifier: Apache-2.0
// How far something long has come, on standard error: a line that is rewritten at a terminal, a new
// line every few seconds otherwise.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace countersign::cli {

class Progress {
 public:
  // `what` stands in front of the numbers: "imported".
  Progress(std::string what, std::uint64_t total);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  // Takes the rewritten line away.
  ~Progress();

  void at(std::uint64_t done);

 private:
  using Clock = std::chrono::steady_clock;
  [[nodiscard]] std::string line(std::uint64_t done, Clock::time_point now) const;

  std::string what_;
  std::uint64_t total_;
  bool terminal_;
  Clock::time_point started_;
  Clock::time_point shown_;
};

}  // namespace countersign::cli
