// SPDX-License-Identifier: Apache-2.0
// What stops sending SMS to a prefix whose codes nobody answers: somebody earns by them.
//
//            too few of the sample were answered
//   closed ────────────────────────────────────────► open ◄───┐ too few again
//      ▲                                              │ pause  │
//      └──────────────── enough ◄──── trial ◄─────────┘────────┘
//
// A code is judged when its time is over, and only if it was sent: an SMS gateway that is down does
// not open the breaker. What began before the breaker's last change decides nothing any more, nor
// does what is let through during a pause.
#pragma once

#include "base/clock.hpp"
#include "policies/policy.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace countersign::outbox {

// What became of a code by the end of its time.
enum class CodeEnd : std::uint8_t { answered, ignored, unsent };

class Breaker {
 public:
  // How far the breaker had changed when a code was let through.
  enum class Round : std::uint32_t {};

  struct Change {
    bool opened = false;
    std::uint32_t percent = 0;  // of `sample` codes were answered
    std::uint32_t sample = 0;
  };

  // How long nothing may be sent; zero: something may be, now.
  [[nodiscard]] std::chrono::milliseconds pause(const policies::Sms& sms, Time now) const;

  // A code is sent now that is over at `expires_at`.
  Round let_through(Time expires_at, Time now);
  // It was not, after all.
  void take_back(Round round);
  // Its time was over at `at`.
  std::optional<Change> judge(Round round, CodeEnd end, const policies::Sms& sms, Time at);

  // Of the codes that were judged last.
  [[nodiscard]] std::uint32_t percent() const;
  [[nodiscard]] std::uint32_t sample() const { return static_cast<std::uint32_t>(last_.size()); }

 private:
  std::optional<Change> judge_sample(bool was_answered, const policies::Sms& sms, Time at);
  std::optional<Change> judge_trial(bool was_answered, const policies::Sms& sms, Time at);
  void open(const policies::Sms& sms, Time at);
  void start_round();

  Round round_{};
  std::deque<bool> last_;  // whether each was answered; the policy's sample at most
  std::uint32_t last_answered_ = 0;
  std::optional<Time> trial_at_;  // open until then, and on trial from then on; none: closed
  std::uint32_t trial_sent_ = 0;
  std::uint32_t trial_judged_ = 0;
  std::uint32_t trial_answered_ = 0;
  Time trial_over_at_{};
};

}  // namespace countersign::outbox
