// SPDX-License-Identifier: Apache-2.0
#include "daemon/outbox/breaker.hpp"

#include <algorithm>

namespace countersign::outbox {
namespace {

using std::chrono::milliseconds;

std::uint32_t percent_of(std::uint32_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<std::uint32_t>(std::uint64_t{part} * 100 / whole);
}

bool are_too_few(std::uint32_t answered, std::size_t of, const policies::Sms& sms) {
  return std::uint64_t{answered} * 100 < std::uint64_t{sms.conversion_min_percent} * of;
}

std::uint32_t trial_max(const policies::Sms& sms) {
  return std::max(1U, sms.conversion_sample / 10);
}

}  // namespace

milliseconds Breaker::pause(const policies::Sms& sms, Time now) const {
  if (!trial_at_ || sms.conversion_min_percent == 0) return milliseconds{0};
  if (now < *trial_at_) return *trial_at_ - now;
  if (trial_sent_ < trial_max(sms)) return milliseconds{0};
  // The last of the trial decides; nobody knows earlier than that.
  return std::max(milliseconds{1000}, trial_over_at_ - now);
}

Breaker::Round Breaker::let_through(Time expires_at, Time now) {
  // As if it had begun before the breaker opened.
  if (trial_at_ && now < *trial_at_) return Round{static_cast<std::uint32_t>(round_) - 1};
  if (trial_at_) {
    ++trial_sent_;
    trial_over_at_ = std::max(trial_over_at_, expires_at);
  }
  return round_;
}

void Breaker::take_back(Round round) {
  if (round == round_ && trial_sent_ > 0) --trial_sent_;
}

std::optional<Breaker::Change> Breaker::judge(Round round, CodeEnd end, const policies::Sms& sms,
                                              Time at) {
  if (round != round_) return std::nullopt;
  if (end == CodeEnd::unsent) {
    take_back(round);
    return std::nullopt;
  }
  const bool was_answered = end == CodeEnd::answered;
  if (trial_at_) return judge_trial(was_answered, sms, at);
  return judge_sample(was_answered, sms, at);
}

std::optional<Breaker::Change> Breaker::judge_sample(bool was_answered, const policies::Sms& sms,
                                                     Time at) {
  last_.push_back(was_answered);
  if (was_answered) ++last_answered_;
  while (last_.size() > sms.conversion_sample) {
    if (last_.front()) --last_answered_;
    last_.pop_front();
  }
  if (last_.size() < sms.conversion_sample) return std::nullopt;
  if (!are_too_few(last_answered_, last_.size(), sms)) return std::nullopt;
  const Change change{true, percent(), sample()};
  open(sms, at);
  return change;
}

std::optional<Breaker::Change> Breaker::judge_trial(bool was_answered, const policies::Sms& sms,
                                                    Time at) {
  ++trial_judged_;
  if (was_answered) ++trial_answered_;
  if (trial_judged_ < trial_max(sms)) return std::nullopt;
  Change change{true, percent_of(trial_answered_, trial_judged_), trial_judged_};
  if (are_too_few(trial_answered_, trial_judged_, sms)) {
    open(sms, at);
    return change;
  }
  change.opened = false;
  trial_at_.reset();
  last_.clear();
  last_answered_ = 0;
  start_round();
  return change;
}

void Breaker::open(const policies::Sms& sms, Time at) {
  trial_at_ = at + sms.breaker_pause;
  start_round();
}

void Breaker::start_round() {
  round_ = Round{static_cast<std::uint32_t>(round_) + 1};
  trial_sent_ = 0;
  trial_judged_ = 0;
  trial_answered_ = 0;
  trial_over_at_ = Time{};
}

std::uint32_t Breaker::percent() const { return percent_of(last_answered_, last_.size()); }

}  // namespace countersign::outbox
