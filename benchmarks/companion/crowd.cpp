// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/companion/crowd.hpp"

#include "benchmarks/timing/accounts.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace countersign::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kPatienceMilliseconds = 30'000;
constexpr std::size_t kSignInsAtOnce = 32;

}  // namespace

Credentials Crowd::next_credentials() {
  const std::size_t person = next_person_++ % counters_.size();
  return {.username = name_of(Who::person, person), .code = tokens_.code(0, counters_[person]++)};
}

Status Crowd::begin(Visitor& visitor, Errand errand) {
  Credentials credentials;
  if (errand == Errand::signs_in) credentials = next_credentials();
  return visitor.begin(errand, std::move(credentials));
}

Status Crowd::open_sessions(std::size_t count) {
  while (members_.size() < count) {
    const std::size_t left = count - members_.size();
    CS_TRY(std::vector<Visitor> some, newcomers(std::min(kSignInsAtOnce, left)));
    CS_TRY(const Outcome outcome, drive(some, Errand::signs_in, 0));
    static_cast<void>(outcome);
    std::ranges::move(some, std::back_inserter(members_));
  }
  return {};
}

Result<Outcome> Crowd::run(Errand errand, std::size_t visitors, double seconds) {
  if (errand != Errand::sees_account) {
    CS_TRY(std::vector<Visitor> all, newcomers(visitors));
    return drive(all, errand, seconds);
  }
  if (visitors > members_.size()) return Error{ErrorCode::not_found, "crowd.sessions"};
  const auto some = std::span{members_}.first(visitors);
  // Connections on which nothing was asked for a while are closed.
  for (Visitor& visitor : some) CS_CHECK(visitor.come_back());
  return drive(some, errand, seconds);
}

Result<std::vector<Visitor>> Crowd::newcomers(std::size_t count) const {
  std::vector<Visitor> all;
  while (all.size() < count) {
    CS_TRY(Visitor visitor, Visitor::arrive(port_));
    all.push_back(std::move(visitor));
  }
  return all;
}

// One errand each when there is no time at all.
Result<Outcome> Crowd::drive(std::span<Visitor> visitors, Errand errand, double seconds) {
  std::vector<pollfd> polled;
  for (const Visitor& visitor : visitors) polled.push_back({visitor.native_handle(), POLLIN, 0});
  Outcome outcome;
  const auto start = SteadyClock::now();
  const auto end = start + std::chrono::duration_cast<SteadyClock::duration>(
                               std::chrono::duration<double>{seconds});
  for (Visitor& visitor : visitors) CS_CHECK(begin(visitor, errand));
  while (std::ranges::any_of(visitors, &Visitor::is_busy)) {
    if (::poll(polled.data(), polled.size(), kPatienceMilliseconds) <= 0) {
      return Error{ErrorCode::unavailable, "poll"};
    }
    const bool more = SteadyClock::now() < end;
    for (std::size_t i = 0; i < visitors.size(); ++i) {
      if (polled[i].revents == 0) continue;
      CS_TRY(const bool done, visitors[i].go_on());
      if (!done) continue;
      outcome.milliseconds.push_back(visitors[i].milliseconds());
      if (more) CS_CHECK(begin(visitors[i], errand));
    }
  }
  outcome.seconds = std::chrono::duration<double>{SteadyClock::now() - start}.count();
  std::ranges::sort(outcome.milliseconds);
  return outcome;
}

}  // namespace countersign::bench
