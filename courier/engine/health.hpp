// SPDX-License-Identifier: Apache-2.0
// How a provider is: a circuit breaker, fed by how the attempts ended.
//
//            kFailuresMax in a row, or most of the last ones
//   works ────────────────────────────────────────────────────► down
//     ▲                                                        │   ▲ one failed: twice the pause
//     └────────────── one went ───────────── suspect ◄─────────┘   │
//                                               │    pause over    │
//                                               └──────────────────┘
//
// A suspect is given one message at a time. Pure: the clock is passed in.
#pragma once

#include "courier/model/instant.hpp"
#include "courier/model/report.hpp"

#include <bitset>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace countersign::courier {

class Health {
 public:
  static constexpr std::size_t kWindow = 20;
  static constexpr unsigned kFailuresMax = 3;  // in a row
  // Failures among successes open it as well, once there are enough of both to tell.
  static constexpr std::size_t kSampleMin = 10;
  static constexpr std::chrono::seconds kPauseMin{1};
  static constexpr std::chrono::seconds kPauseMax{60};

  [[nodiscard]] Condition condition(Instant now) const;
  // Whether it is to be given a message now; then begin() must be called, and one of the others
  // when the attempt has ended.
  [[nodiscard]] bool may_begin(Instant now) const;
  void begin(Instant now);
  void sent() { worked(true); }
  // It did its part, and still the message did not go: the destination's fault.
  void refused() { worked(false); }
  void failed(Instant now);

  // Of the last messages so many per cent went; 100 when there was none.
  [[nodiscard]] unsigned percent() const;
  // When may_begin() may be true again, while it is down.
  [[nodiscard]] Instant retry_at() const { return retry_at_; }

 private:
  void worked(bool went);
  void note(bool went, bool failed);
  [[nodiscard]] bool fails_too_often() const;
  void open(Instant now);

  std::bitset<kWindow> went_;    // the newest is bit 0
  std::bitset<kWindow> failed_;  // since it was last closed
  std::size_t seen_ = 0;         // kWindow at most
  std::size_t sampled_ = 0;      // the same, since it was last closed
  unsigned failures_ = 0;        // in a row
  bool is_open_ = false;
  bool probing_ = false;
  std::chrono::seconds pause_{0};
  Instant retry_at_{};
};

}  // namespace countersign::courier
