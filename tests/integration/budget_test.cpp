// SPDX-License-Identifier: Apache-2.0
// What somebody can spend who asks for codes a hundred thousand times: what the policy says, and
// not one message more, whatever is asked for, for whom and from where, and through restarts.
#include "tests/support/daemon_clock.hpp"
#include "tests/support/test_courier.hpp"

#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <random>
#include <set>

namespace countersign::test {
namespace {

using testing::IsEmpty;

constexpr int kAttempts = 100'000;
constexpr int kAttemptsAtOnce = 250;
constexpr std::int64_t kSecondsBetween = 20;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kDayMs = 24 * kHourMs;
constexpr int kPeople = 400;

const char* const kPolicy = R"([code]
resend_first = "10s"
resend_max = "1min"
[messages]
per_destination_per_day = 5
per_subject_per_day = 4
unfamiliar_per_day = 3
per_source_per_hour = 2
per_peer_per_day = 1000
[sms]
conversion_min_percent = 0
[[sms.prefix]]
prefix = "+358"
per_hour = 120
[[sms.prefix]]
prefix = "+46"
per_hour = 80
[email]
per_hour = 200
)";

v1::Reply ask(client::Client& client, const v1::Request& request) {
  auto reply = client.call(request);
  if (!reply) ADD_FAILURE() << "no answer: " << reply.error().operation.view();
  return reply ? *reply : v1::Reply{};
}

// An appliance whose time the test makes, and somebody who delivers.
class Sending {
 public:
  explicit Sending(const char* policy)
      : clock_{now_}, appliance_{{.policy = policy, .daemon_prefix = clock_.prefix()}} {}

  // Returns when somebody who delivers is there at the new time.
  void pass(std::int64_t seconds) {
    clock_.set(now_ += seconds);
    courier_.wait_until_idle();
  }
  void restart(bool is_killed) {
    if (is_killed) {
      appliance_.daemon().kill(SIGKILL);
      appliance_.daemon().wait();
    } else {
      appliance_.stop_daemon();
    }
    appliance_.start_daemon();
    accounts_ = appliance_.provision_client();
    courier_.wait_until_idle();
  }
  void create(const std::string& username) {
    v1::Request request;
    request.mutable_create_subject()->mutable_subject()->set_username(username);
    EXPECT_TRUE(ask(accounts_, request).has_subject());
  }

  // Asks for a code that confirms a destination: no factor is needed for it.
  static v1::Request start(const std::string& username, const std::string& destination) {
    v1::Request request;
    request.set_request_id(*client::new_request_id());
    v1::StartChallenge& start = *request.mutable_start_challenge();
    start.mutable_subject()->set_username(username);
    start.set_kind(destination.starts_with('+') ? v1::SMS : v1::EMAIL);
    start.set_purpose(v1::ADDRESS);
    start.set_destination(destination);
    return request;
  }
  v1::Challenge start_one(const std::string& username, const std::string& destination) {
    const v1::Reply reply = ask(accounts_, start(username, destination));
    EXPECT_TRUE(reply.has_challenge()) << reply.ShortDebugString();
    return reply.challenge();
  }

  client::Client& accounts() { return accounts_; }
  TestCourier& courier() { return courier_; }
  Appliance& appliance() { return appliance_; }

 private:
  std::int64_t now_ = std::time(nullptr);
  DaemonClock clock_;
  Appliance appliance_;
  client::Client accounts_ = appliance_.provision_client();
  TestCourier courier_{appliance_};
};

struct Attempt {
  std::string username;
  std::string source;
  std::string destination;
};

// What happened, message by message.
struct Arrival {
  Attempt attempt;
  std::int64_t at_ms = 0;
};

// The most that any window [t, t + length) holds of those that are alike.
template <class KeyOf>
std::size_t fullest(const std::vector<Arrival>& arrivals, std::int64_t length_ms, KeyOf key_of) {
  std::map<std::string, std::vector<std::int64_t>> times;
  for (const Arrival& arrival : arrivals) times[key_of(arrival)].push_back(arrival.at_ms);
  std::size_t fullest = 0;
  for (auto& [key, all] : times) {
    std::ranges::sort(all);
    for (std::size_t first = 0, last = 0; last < all.size(); ++last) {
      while (all[last] - all[first] >= length_ms) ++first;
      fullest = std::max(fullest, last - first + 1);
    }
  }
  return fullest;
}

class Budgets : public testing::Test {
 protected:
  Budgets() {
    for (int i = 0; i < kPeople; ++i) sending_.create("person-" + std::to_string(i));
  }

  int any(int max) { return std::uniform_int_distribution{0, max - 1}(random_); }

  std::string any_destination() {
    const std::string last_three = std::to_string(100 + any(900));
    switch (any(5)) {
      case 0:
        return "+447400123" + last_three;  // nothing is sent there
      case 1:
        return "+4670123" + std::to_string(4000 + any(1000));
      case 2:
        return "+3584012345" + std::to_string(10 + any(60));
      default:
        return "someone-" + last_three + "@example.com";
    }
  }

  Attempt any_attempt() {
    const bool is_nobody = any(20) == 0;
    const std::string source = "192.0.2." + std::to_string(1 + any(3));
    return {(is_nobody ? "nobody-" : "person-") + std::to_string(any(kPeople)), source,
            any_destination()};
  }

  // All of them before any answer is read.
  void attempt_many(int count) {
    std::map<std::string, Attempt> asked;
    for (int i = 0; i < count; ++i) {
      const Attempt attempt = any_attempt();
      v1::Request request = Sending::start(attempt.username, attempt.destination);
      request.mutable_start_challenge()->set_client_address(attempt.source);
      asked[request.request_id()] = attempt;
      ASSERT_TRUE(sending_.accounts().send(request));
    }
    ASSERT_TRUE(sending_.accounts().flush());
    for (int i = 0; i < count; ++i) {
      v1::Reply reply;
      ASSERT_TRUE(sending_.accounts().receive(reply));
      ASSERT_TRUE(reply.has_challenge()) << reply.ShortDebugString();
      note(asked.at(reply.request_id()), reply.challenge());
    }
  }

  void note(const Attempt& attempt, const v1::Challenge& challenge) {
    const v1::DeliveryOutcome outcome = challenge.delivery().outcome();
    ++outcomes_[outcome];
    const bool is_accepted = outcome == v1::ACCEPTED_FOR_DELIVERY;
    EXPECT_EQ(challenge.challenge_id() != 0, is_accepted);
    if (attempt.username.starts_with("nobody")) return;
    if (is_accepted) accepted_[attempt.destination].push_back(attempt);
    EXPECT_EQ(outcome == v1::NOT_ALLOWED, attempt.destination.starts_with("+44"));
  }

  // Every message that arrived was accepted for delivery, once, and the other way round.
  std::vector<Arrival> arrivals() {
    std::vector<Arrival> arrivals;
    std::set<std::uint64_t> ids;
    std::map<std::string, std::vector<std::int64_t>> times;  // by destination
    for (const v1::OutboundMessage& message : sending_.courier().arrived()) {
      EXPECT_TRUE(ids.insert(message.message_id()).second) << "twice";
      times[message.destination()].push_back(message.created_at_ms());
    }
    EXPECT_EQ(times.size(), accepted_.size());
    for (auto& [destination, at_ms] : times) {
      std::ranges::sort(at_ms);
      const std::vector<Attempt>& attempts = accepted_[destination];
      EXPECT_EQ(at_ms.size(), attempts.size()) << destination;
      for (std::size_t i = 0; i < std::min(at_ms.size(), attempts.size()); ++i) {
        arrivals.push_back({attempts[i], at_ms[i]});
      }
    }
    return arrivals;
  }

  Sending sending_{kPolicy};
  std::mt19937 random_{1};
  std::map<v1::DeliveryOutcome, int> outcomes_;
  std::map<std::string, std::vector<Attempt>> accepted_;  // by destination, in their order
};

TEST_F(Budgets, HoldForAHundredThousandAttempts) {
  const int batches = kAttempts / kAttemptsAtOnce;
  for (int batch = 0; batch < batches; ++batch) {
    ASSERT_NO_FATAL_FAILURE(attempt_many(kAttemptsAtOnce));
    sending_.pass(kSecondsBetween);
    // Once in order, and once as by a power cut.
    if (batch == batches / 3) sending_.restart(false);
    if (batch == batches * 2 / 3) sending_.restart(true);
  }
  const std::vector<Arrival> all = arrivals();
  const auto of_channel = [](const Arrival& arrival) {
    const std::string& to = arrival.attempt.destination;
    return to.starts_with('+') ? to.substr(0, 3) : std::string{"e-mail"};
  };
  std::map<std::string, std::vector<Arrival>> by_channel;
  for (const Arrival& each : all) by_channel[of_channel(each)].push_back(each);

  EXPECT_EQ(fullest(by_channel["+35"], kHourMs, of_channel), 120U);
  EXPECT_EQ(fullest(by_channel["+46"], kHourMs, of_channel), 80U);
  EXPECT_EQ(fullest(by_channel["e-mail"], kHourMs, of_channel), 200U);
  EXPECT_THAT(by_channel["+44"], IsEmpty());
  const auto of = [](auto member) {
    return [member](const Arrival& arrival) { return arrival.attempt.*member; };
  };
  EXPECT_EQ(fullest(all, kDayMs, of(&Attempt::destination)), 3U) << "all but their owners'";
  EXPECT_EQ(fullest(all, kDayMs, of(&Attempt::username)), 3U) << "all from unfamiliar places";
  EXPECT_LE(fullest(all, kHourMs,
                    [](const Arrival& arrival) {
                      return arrival.attempt.username + " " + arrival.attempt.source;
                    }),
            2U);
  EXPECT_LE(all.size(), 1000U) << "of the one peer";
  EXPECT_EQ(outcomes_[v1::CHANNEL_DOWN], 0);
  EXPECT_GT(outcomes_[v1::TOO_SOON], 0);
  EXPECT_GT(outcomes_[v1::LIMIT_REACHED], 0);
  EXPECT_GT(outcomes_[v1::NOT_ALLOWED], 0);
}

const char* const kPumpedPolicy = R"([[sms.prefix]]
prefix = "+358"
per_hour = 1000
)";

// Somebody earns by codes that are never answered.
class Pumping : public testing::Test {
 protected:
  Pumping() {
    for (int i = 0; i < 120; ++i) sending_.create("person-" + std::to_string(i));
  }

  // For the next person, to a number of their own.
  v1::Challenge start_next() {
    const std::string number = "+358401234" + std::to_string(100 + next_);
    v1::Challenge challenge = sending_.start_one("person-" + std::to_string(next_++), number);
    sent_to_[challenge.challenge_id()] = number;
    return challenge;
  }
  v1::DeliveryOutcome outcome_of_next() { return start_next().delivery().outcome(); }

  void open_the_breaker() {
    for (int i = 0; i < 50; ++i) ASSERT_EQ(outcome_of_next(), v1::ACCEPTED_FOR_DELIVERY);
    sending_.courier().wait_until_idle();
    ASSERT_EQ(sending_.courier().arrived().size(), 50U);
    sending_.pass(300);
  }

  v1::PrefixStatus status() {
    v1::Request request;
    request.mutable_get_courier_status();
    client::Client admin = sending_.appliance().admin_client();
    const v1::Reply reply = ask(admin, request);
    EXPECT_EQ(reply.courier_status().prefixes_size(), 1) << reply.ShortDebugString();
    return reply.courier_status().prefixes_size() == 1 ? reply.courier_status().prefixes(0)
                                                       : v1::PrefixStatus{};
  }

  bool answer(const v1::Challenge& challenge) {
    v1::Request request;
    v1::AnswerChallenge& answer = *request.mutable_answer_challenge();
    answer.set_challenge_id(challenge.challenge_id());
    answer.set_purpose(v1::ADDRESS);
    for (const v1::OutboundMessage& message : sending_.courier().arrived()) {
      if (message.destination() != sent_to_[challenge.challenge_id()]) continue;
      answer.set_passcode(message.code());
    }
    return accepted(ask(sending_.accounts(), request));
  }

  Sending sending_{kPumpedPolicy};
  int next_ = 0;
  std::map<std::uint64_t, std::string> sent_to_;  // by challenge
};

TEST_F(Pumping, OpensTheBreakerAndARestartDoesNotCloseIt) {
  ASSERT_NO_FATAL_FAILURE(open_the_breaker());
  const v1::Challenge refused = start_next();
  EXPECT_EQ(refused.delivery().outcome(), v1::LIMIT_REACHED);
  EXPECT_EQ(refused.delivery().retry_after_seconds(), 3600U);
  EXPECT_EQ(refused.challenge_id(), 0U);
  for (const bool is_killed : {false, true}) {
    sending_.restart(is_killed);
    EXPECT_EQ(outcome_of_next(), v1::LIMIT_REACHED);
    EXPECT_TRUE(status().breaker_open());
    EXPECT_EQ(status().conversion_percent(), 0U);
    EXPECT_EQ(status().conversion_sample(), 50U);
  }
  EXPECT_EQ(sending_.courier().arrived().size(), 50U);
}

TEST_F(Pumping, IsTriedAgainByATenthAndForgivenWhenTheyAreAnswered) {
  ASSERT_NO_FATAL_FAILURE(open_the_breaker());
  EXPECT_EQ(outcome_of_next(), v1::LIMIT_REACHED);
  sending_.pass(3600);
  std::vector<v1::Challenge> trial;
  for (int i = 0; i < 5; ++i) {
    trial.push_back(start_next());
    ASSERT_EQ(trial.back().delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY);
  }
  EXPECT_EQ(outcome_of_next(), v1::LIMIT_REACHED);
  sending_.courier().wait_until_idle();
  for (const v1::Challenge& challenge : trial) EXPECT_TRUE(answer(challenge));
  sending_.pass(300);
  EXPECT_EQ(outcome_of_next(), v1::ACCEPTED_FOR_DELIVERY);
  EXPECT_FALSE(status().breaker_open());
  for (const char* event : {"sms.breaker_opened", "sms.breaker_closed"}) {
    EXPECT_TRUE(wait_until([this, event] {
      return sending_.appliance().daemon().has_logged(event);
    })) << event;
  }
}

}  // namespace
}  // namespace countersign::test
