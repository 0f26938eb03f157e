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

constexpr std::size_t kSetupOutstanding = 512;
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
      tokens_{std::min(population.secrets, population.subjects)},
      used_(population.subjects),
      factor_ids_(population.subjects),
      order_(population.subjects) {
  population_.secrets = std::min(population.secrets, population.subjects);
  std::iota(order_.begin(), order_.end(), 0U);
  std::ranges::shuffle(order_, random_);
}

v1::Request Load::request_about(std::size_t slot) const {
  v1::Request request;
  request.set_request_id(request_id(slot, slot, run_id_ + used_.size()));
  return request;
}

Status Load::pipeline(const Make& make, const Took& took) {
  const std::size_t count = population_.subjects;
  std::size_t sent = 0;
  for (std::size_t received = 0; received < count;) {
    while (sent < count && sent - received < kSetupOutstanding) {
      CS_CHECK(provision_->send(make(sent++)));
    }
    CS_CHECK(provision_->flush(soon()));
    do {
      CS_CHECK(provision_->receive(reply_, soon()));
      CS_CHECK(took(slot_in(reply_), reply_));
      ++received;
    } while (received < sent && provision_->has_answer());
  }
  return {};
}

Status Load::enrol(const std::function<void(std::size_t, std::size_t)>& progress) {
  CS_TRY(provision_, client::Client::connect(run_directory_ + "/provision.sock"));
  const std::size_t of = 3 * population_.subjects;
  std::size_t done = 0;
  const auto count = [&](const v1::Reply& reply) -> Status {
    if (reply.has_error()) return Error{ErrorCode::unavailable, "setup"};
    if (++done % 10'000 == 0) progress(done, of);
    return {};
  };
  const auto create = [&](std::size_t i) {
    v1::Request request = request_about(i);
    request.mutable_create_subject()->mutable_subject()->set_username(username(i));
    return request;
  };
  const auto created = [&](std::size_t, const v1::Reply& reply) { return count(reply); };
  CS_CHECK(pipeline(create, created));

  const auto add = [&](std::size_t i) {
    v1::Request request = request_about(i);
    auto& ask = *request.mutable_enrol_oath();
    ask.mutable_subject()->set_username(username(i));
    ask.set_kind(population_.totp ? v1::TOTP : v1::HOTP);
    const Secret secret = secret_number(secret_of(i));
    ask.set_secret(secret.data(), secret.size());
    return request;
  };
  const auto added = [&](std::size_t i, const v1::Reply& reply) {
    factor_ids_[i] = reply.enrolment().factor().id();
    return count(reply);
  };
  CS_CHECK(pipeline(add, added));

  // A TOTP factor is confirmed with the code before the present one, so that the present one and
  // the next are left to measure with.
  const auto confirm = [&](std::size_t i) {
    used_[i] = population_.totp ? step_now() - 1 : 0;
    v1::Request request = request_about(i);
    request.mutable_confirm_factor()->set_factor_id(factor_ids_[i]);
    request.mutable_confirm_factor()->set_passcode(tokens_.code(secret_of(i), used_[i]));
    return request;
  };
  const auto confirmed = [&](std::size_t, const v1::Reply& reply) -> Status {
    if (reply.verdict().answer() != v1::ACCEPTED) return Error{ErrorCode::denied, "confirm"};
    return count(reply);
  };
  return pipeline(confirm, confirmed);
}

std::uint64_t Load::fresh_counter(std::size_t subject) const {
  const std::uint64_t above = used_[subject] + 1;
  return population_.totp ? std::max(above, step_now()) : above;
}

bool Load::pick() {
  for (std::size_t tried = 0; tried < order_.size(); ++tried) {
    if (next_ == order_.size()) next_ = 0;
    picked_ = order_[next_++];
    if (!population_.totp || fresh_counter(picked_) <= step_now() + 1) return true;
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
  ask.set_passcode(tokens_.code(secret_of(picked_), used_[picked_]));
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
