// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/timing/stopwatch.hpp"

#include <algorithm>
#include <thread>

namespace countersign::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr const char* kWrongPassword = "Nobody-has-this-1";
constexpr std::uint32_t kLinkWaitSeconds = 10;  // as benchmarks/run has it in the policy

v1::Request question(Operation operation, const std::string& name) {
  v1::Request request;
  switch (operation) {
    case Operation::sign_in:
      request.mutable_sign_in()->mutable_subject()->set_username(name);
      request.mutable_sign_in()->set_password(kWrongPassword);
      break;
    case Operation::reset_code:
      request.mutable_start_challenge()->mutable_subject()->set_username(name);
      request.mutable_start_challenge()->set_kind(v1::EMAIL);
      request.mutable_start_challenge()->set_purpose(v1::RESET);
      break;
    case Operation::reset_link:
    case Operation::activation_link:
      request.mutable_request_link()->mutable_subject()->set_username(name);
      request.mutable_request_link()->set_purpose(
          operation == Operation::reset_link ? v1::RESET : v1::CONFIRMATION);
      break;
  }
  return request;
}

// Nothing in the way: neither a limit nor an error.
bool took_the_whole_way(Operation operation, const v1::Reply& reply) {
  if (operation == Operation::sign_in) {
    const v1::SignInReport& report = reply.sign_in_report();
    return report.answer() == v1::REJECTED && report.retry_after_seconds() == 0;
  }
  if (operation == Operation::reset_code) {
    return reply.challenge().delivery().outcome() == v1::ACCEPTED_FOR_DELIVERY;
  }
  return reply.link_requested().retry_after_seconds() == kLinkWaitSeconds;
}

// Without what is random in each.
std::string shown(v1::Reply& reply) {
  reply.clear_request_id();
  if (reply.has_challenge()) reply.mutable_challenge()->clear_challenge_id();
  return reply.SerializeAsString();
}

}  // namespace

std::optional<Operation> operation_from(const std::string& text) {
  if (text == "sign_in") return Operation::sign_in;
  if (text == "reset_code") return Operation::reset_code;
  if (text == "reset_link") return Operation::reset_link;
  if (text == "activation_link") return Operation::activation_link;
  return std::nullopt;
}

Result<Timing> Stopwatch::measure(const Course& course) {
  const bool is_activation = course.operation == Operation::activation_link;
  const Who known = is_activation ? Who::guest : Who::person;
  names_.clear();
  for (std::size_t i = 0; i < course.names; ++i) {
    names_.push_back({name_of(known, i), true});
    names_.push_back({name_of(Who::nobody, i), false});
  }
  answers_ = {};
  CS_TRY(client::Client client, client::Client::connect(run_directory_ + "/enroll.sock"));
  // What the first question on a connection costs is no name's.
  const std::string another = name_of(Who::nobody, course.names);
  CS_TRY(const v1::Reply first, client.call(question(course.operation, another)));
  if (first.has_error()) return Error{ErrorCode::denied, "stopwatch.first"};
  Timing timing;
  for (std::size_t i = 0; i < course.rounds; ++i) {
    if (i > 0) std::this_thread::sleep_for(course.pause);
    CS_CHECK(round(client, course, timing));
  }
  timing.alike = answers_.of_known.size() == 1 && answers_.of_known == answers_.of_unknown;
  return timing;
}

Status Stopwatch::round(client::Client& client, const Course& course, Timing& timing) {
  std::ranges::shuffle(names_, random_);
  std::size_t sent = 0;
  for (std::size_t received = 0; received < names_.size(); ++received) {
    for (; sent < names_.size() && sent - received < course.outstanding; ++sent) {
      if (received == 0) std::this_thread::sleep_for(course.stagger);
      CS_CHECK(ask(client, course.operation, sent));
    }
    CS_CHECK(take(client, course.operation, timing));
  }
  return {};
}

Status Stopwatch::ask(client::Client& client, Operation operation, std::size_t place) {
  v1::Request request = question(operation, names_[place].text);
  CS_TRY(std::string id, client::new_request_id());
  request.set_request_id(id);
  Asked& asked = asked_[std::move(id)];
  asked.place = place;
  asked.at = SteadyClock::now();
  CS_CHECK(client.send(request));
  return client.flush();
}

Status Stopwatch::take(client::Client& client, Operation operation, Timing& timing) {
  CS_CHECK(client.receive(reply_));
  const SteadyTime now = SteadyClock::now();
  const auto asked = asked_.find(reply_.request_id());
  if (asked == asked_.end()) return Error{ErrorCode::malformed, "stopwatch.request_id"};
  const Name& name = names_[asked->second.place];
  const std::chrono::duration<float, std::micro> took = now - asked->second.at;
  asked_.erase(asked);
  if (!took_the_whole_way(operation, reply_)) {
    ++(name.is_known ? timing.refused_known : timing.refused_unknown);
    return {};
  }
  (name.is_known ? timing.known_us : timing.unknown_us).push_back(took.count());
  (name.is_known ? answers_.of_known : answers_.of_unknown).insert(shown(reply_));
  return {};
}

}  // namespace countersign::bench
