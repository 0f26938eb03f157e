// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/codes/load.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>

namespace countersign::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kEnrolledAtOnce = 256;
constexpr int kPatienceMilliseconds = 20'000;
constexpr std::size_t kRequestIdBytes = 24;

std::string username(std::size_t subject) { return "person" + std::to_string(subject); }

float milliseconds_since(SteadyClock::time_point begin) {
  return std::chrono::duration<float, std::milli>{SteadyClock::now() - begin}.count();
}

client::Deadline soon() { return client::within(std::chrono::seconds{30}); }

}  // namespace

Load::Load(std::string run_directory, std::size_t subjects, Sink sink)
    : run_directory_{std::move(run_directory)},
      sink_{std::move(sink)},
      persons_(subjects),
      order_(subjects) {
  std::iota(order_.begin(), order_.end(), 0U);
  std::ranges::shuffle(order_, random_);
}

Status Load::enrol() {
  CS_TRY(client_, client::Client::connect(run_directory_ + "/provision.sock"));
  for (std::size_t subject = 0; subject < persons_.size(); ++subject) CS_CHECK(make(subject));
  confirms_ = true;
  Outcome outcome;
  CS_CHECK(flow(kEnrolledAtOnce, SteadyTime::max(), persons_.size(), outcome));
  confirms_ = false;
  if (outcome.other != 0) return Error{ErrorCode::denied, "confirm", outcome.other};
  return {};
}

Status Load::make(std::size_t subject) {
  v1::Request create;
  create.mutable_create_subject()->mutable_subject()->set_username(username(subject));
  CS_TRY(const v1::Reply created, client_->call(create, soon()));
  if (created.has_error()) return Error{ErrorCode::unavailable, "create_subject"};
  v1::Request enrol;
  auto& ask = *enrol.mutable_enrol_out_of_band();
  ask.mutable_subject()->set_username(username(subject));
  ask.set_kind(v1::SMS);
  ask.set_destination(phone_number(subject));
  CS_TRY(const v1::Reply enrolled, client_->call(enrol, soon()));
  if (!enrolled.has_enrolment()) return Error{ErrorCode::unavailable, "enrol_out_of_band"};
  persons_[subject].factor = enrolled.enrolment().factor().id();
  return {};
}

Result<Outcome> Load::run(std::size_t outstanding, double seconds) {
  // Made anew: the daemon closes what is idle for a minute.
  CS_TRY(client_, client::Client::connect(run_directory_ + "/verify.sock"));
  const auto begin = SteadyClock::now();
  const auto end = begin + std::chrono::duration_cast<SteadyClock::duration>(
                               std::chrono::duration<double>{seconds});
  Outcome outcome;
  CS_CHECK(flow(outstanding, end, std::numeric_limits<std::size_t>::max(), outcome));
  outcome.seconds = std::chrono::duration<double>{SteadyClock::now() - begin}.count();
  std::ranges::sort(outcome.started_ms);
  std::ranges::sort(outcome.arrived_ms);
  std::ranges::sort(outcome.answered_ms);
  return outcome;
}

Status Load::flow(std::size_t outstanding, SteadyTime end, std::size_t persons, Outcome& outcome) {
  std::size_t begun = 0;
  v1::Reply reply;
  for (;;) {
    while (busy_ < outstanding && begun < persons && SteadyClock::now() < end) {
      if (next_ == order_.size()) next_ = 0;
      const std::size_t subject = order_[next_++];
      if (persons_[subject].step != Step::nothing) continue;
      CS_CHECK(start(subject));
      ++begun;
    }
    if (busy_ == 0) return {};
    CS_CHECK(client_->poll());
    while (client_->has_answer()) {
      CS_CHECK(client_->receive(reply, soon()));
      CS_CHECK(took(reply, outcome));
    }
    if (busy_ == 0) continue;
    bool any = false;
    CS_CHECK(wait(any));
    if (!any) return Error{ErrorCode::unavailable, "codes.patience", busy_};
    for (const Arrival& arrival : arrivals_) CS_CHECK(arrived(arrival, outcome));
    arrivals_.clear();
  }
}

// For the daemon's answers and for messages.
Status Load::wait(bool& any) {
  CS_CHECK(client_->flush(soon()));
  polled_.clear();
  sink_.watch(polled_);
  polled_.push_back({client_->native_handle(), POLLIN, 0});
  any = ::poll(polled_.data(), polled_.size(), kPatienceMilliseconds) > 0;
  if (any) sink_.serve(polled_, arrivals_);
  return {};
}

Status Load::start(std::size_t subject) {
  v1::Request request;
  request.set_request_id(request_id(subject));
  auto& ask = *request.mutable_start_challenge();
  ask.mutable_subject()->set_username(username(subject));
  ask.set_kind(v1::SMS);
  if (confirms_) ask.set_factor_id(persons_[subject].factor);
  Person& person = persons_[subject];
  person.step = Step::start;
  person.since = SteadyClock::now();
  ++busy_;
  return client_->send(request);
}

Status Load::took(const v1::Reply& reply, Outcome& outcome) {
  std::uint64_t subject = persons_.size();
  if (reply.request_id().size() == kRequestIdBytes) {
    std::memcpy(&subject, reply.request_id().data(), sizeof subject);
  }
  if (subject >= persons_.size()) return Error{ErrorCode::malformed, "codes.request_id"};
  if (persons_[subject].step != Step::answer) return took_start(subject, reply, outcome);
  outcome.answered_ms.push_back(milliseconds_since(persons_[subject].since));
  end(subject, reply.verdict().answer() == v1::ACCEPTED, outcome);
  return {};
}

Status Load::took_start(std::size_t subject, const v1::Reply& reply, Outcome& outcome) {
  Person& person = persons_[subject];
  person.challenge = reply.challenge().challenge_id();
  if (person.challenge == 0) {
    end(subject, false, outcome);
    return {};
  }
  outcome.started_ms.push_back(milliseconds_since(person.since));
  person.step = Step::code;
  person.since = SteadyClock::now();
  return person.code.empty() ? Status{} : answer(subject, outcome);
}

// Perhaps before we know what it is the answer to.
Status Load::arrived(const Arrival& arrival, Outcome& outcome) {
  if (arrival.subject >= persons_.size()) return Error{ErrorCode::malformed, "codes.arrival"};
  Person& person = persons_[arrival.subject];
  if (person.step != Step::start && person.step != Step::code) return {};
  person.code = arrival.code;
  return person.step == Step::start ? Status{} : answer(arrival.subject, outcome);
}

Status Load::answer(std::size_t subject, Outcome& outcome) {
  Person& person = persons_[subject];
  outcome.arrived_ms.push_back(milliseconds_since(person.since));
  v1::Request request;
  request.set_request_id(request_id(subject));
  auto& ask = *request.mutable_answer_challenge();
  ask.set_challenge_id(person.challenge);
  ask.set_passcode(person.code);
  person.step = Step::answer;
  person.since = SteadyClock::now();
  return client_->send(request);
}

void Load::end(std::size_t subject, bool accepted, Outcome& outcome) {
  ++(accepted ? outcome.accepted : outcome.other);
  Person& person = persons_[subject];
  person.step = Step::nothing;
  person.challenge = 0;
  person.code.clear();
  --busy_;
}

// The subject, a serial number, and what tells this run from another.
std::string Load::request_id(std::size_t subject) {
  std::string id(kRequestIdBytes, '\0');
  const std::uint64_t place = subject;
  const std::uint64_t serial = serial_++;
  std::memcpy(id.data(), &place, 8);
  std::memcpy(id.data() + 8, &serial, 8);
  std::memcpy(id.data() + 16, &run_id_, 8);
  return id;
}

}  // namespace countersign::bench
