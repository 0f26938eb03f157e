// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/rate/load.hpp"

#include "base/clock.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <thread>

namespace countersign::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::uint64_t kPeriodSeconds = 30;

std::uint64_t step_now() {
  const auto now = std::chrono::floor<std::chrono::seconds>(SystemClock{}.now());
  return static_cast<std::uint64_t>(now.time_since_epoch().count()) / kPeriodSeconds;
}

// 24 bytes: the slot, a serial number, and what tells this run from another.
std::string request_id(std::uint64_t slot, std::uint64_t serial, std::uint64_t run) {
  std::string id(24, '\0');
  std::memcpy(id.data(), &slot, 8);
  std::memcpy(id.data() + 8, &serial, 8);
  std::memcpy(id.data() + 16, &run, 8);
  return id;
}

std::size_t slot_in(const v1::Reply& reply) {
  std::uint64_t slot = 0;
  if (reply.request_id().size() == 24) std::memcpy(&slot, reply.request_id().data(), 8);
  return slot;
}

client::Deadline soon() { return client::within(std::chrono::seconds{30}); }

}  // namespace

Load::Load(std::string run_directory, Population population)
    : run_directory_{std::move(run_directory)},
      population_{population},
      tokens_{population.kind == v1::YUBICO_OTP
                  ? 0
                  : std::min(population.secrets, population.subjects)},
      yubikeys_{population.kind == v1::YUBICO_OTP ? population.subjects : 0},
      used_(population.subjects),
      order_(population.subjects) {
  population_.secrets = std::min(population.secrets, population.subjects);
  std::iota(order_.begin(), order_.end(), 0U);
  std::ranges::shuffle(order_, random_);
}

Status Load::enrol(const Progress& progress) {
  const Factors factors{[this](std::size_t subject) { return add(subject); },
                        [this](std::size_t subject) { return first_code(subject); }};
  return bench::enrol(run_directory_, population_.subjects, factors, progress);
}

v1::Request Load::add(std::size_t subject) const {
  if (population_.kind == v1::YUBICO_OTP) return add_yubico_otp(subject);
  return add_oath(population_.kind, subject, secret_number(secret_of(subject)));
}

// A TOTP factor is confirmed with the code before the present one, so that the present one and the
// next are left to measure with.
std::string Load::first_code(std::size_t subject) {
  used_[subject] = is_totp() ? step_now() - 1 : 0;
  return code(subject, used_[subject]);
}

std::string Load::code(std::size_t subject, std::uint64_t counter) const {
  if (population_.kind == v1::YUBICO_OTP) return yubikeys_.otp(subject, counter);
  return tokens_.code(secret_of(subject), counter);
}

std::uint64_t Load::fresh_counter(std::size_t subject) const {
  const std::uint64_t above = used_[subject] + 1;
  return is_totp() ? std::max(above, step_now()) : above;
}

bool Load::pick() {
  for (std::size_t tried = 0; tried < order_.size(); ++tried) {
    if (next_ == order_.size()) next_ = 0;
    picked_ = order_[next_++];
    if (!is_totp() || fresh_counter(picked_) <= step_now() + 1) return true;
  }
  return false;
}

Status Load::send_next(SteadyClock::time_point due) {
  const std::size_t slot = free_slots_.back();
  free_slots_.pop_back();
  asked_[slot] = due;
  used_[picked_] = fresh_counter(picked_);
  request_.set_request_id(request_id(slot, serial_++, run_id_));
  auto& ask = *request_.mutable_verify();
  ask.mutable_subject()->set_username(username(picked_));
  ask.set_passcode(code(picked_, used_[picked_]));
  return verify_->send(request_);
}

Status Load::take_answer(Outcome& outcome) {
  CS_CHECK(verify_->receive(reply_, soon()));
  const std::size_t slot = slot_in(reply_);
  const auto took = SteadyClock::now() - asked_[slot];
  outcome.milliseconds.push_back(std::chrono::duration<float, std::milli>{took}.count());
  free_slots_.push_back(slot);
  ++(reply_.verdict().answer() == v1::ACCEPTED ? outcome.accepted : outcome.other);
  return {};
}

Result<Outcome> Load::run(const Pace& pace) {
  CS_TRY(verify_, client::Client::connect(run_directory_ + "/verify.sock"));
  // A paced run may have more outstanding than it means to when the daemon falls behind: latency is
  // counted from when a request was due, not from when we found the time to send it.
  asked_.assign(pace.outstanding, {});
  free_slots_.resize(pace.outstanding);
  std::iota(free_slots_.begin(), free_slots_.end(), std::size_t{0});

  Outcome outcome;
  const auto begin = SteadyClock::now();
  const auto end = begin + std::chrono::duration_cast<SteadyClock::duration>(
                               std::chrono::duration<double>{pace.seconds});
  std::uint64_t sent = 0;
  bool more = true;
  while (more || free_slots_.size() < pace.outstanding) {
    const auto now = SteadyClock::now();
    more = more && now < end;
    while (more && !free_slots_.empty()) {
      auto due = now;
      if (pace.per_second > 0) {
        due =
            begin + std::chrono::duration_cast<SteadyClock::duration>(
                        std::chrono::duration<double>{static_cast<double>(sent) / pace.per_second});
        if (due > now) break;
      }
      more = pick();
      if (!more) break;
      CS_CHECK(send_next(due));
      ++sent;
    }
    CS_CHECK(verify_->poll());
    if (!verify_->has_answer()) {
      const bool paced_gap = pace.per_second > 0 && more && !free_slots_.empty();
      if (paced_gap) std::this_thread::sleep_for(std::chrono::microseconds{200});
      if (paced_gap || free_slots_.size() == pace.outstanding) continue;
      CS_CHECK(take_answer(outcome));
    }
    while (verify_->has_answer()) CS_CHECK(take_answer(outcome));
  }
  outcome.seconds = std::chrono::duration<double>{SteadyClock::now() - begin}.count();
  std::ranges::sort(outcome.milliseconds);
  return outcome;
}

}  // namespace countersign::bench
