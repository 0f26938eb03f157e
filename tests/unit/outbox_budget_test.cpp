// SPDX-License-Identifier: Apache-2.0
// 100 000 attempts at random times, with restarts, failed commits and a clock that steps back: no
// window of its length, wherever it begins, holds one more than its budget.
#include "daemon/outbox/ledger.hpp"
#include "daemon/outbox/sliding_count.hpp"
#include "tests/unit/outbox_support.hpp"

#include <gmock/gmock.h>
#include <malloc.h>

#include <algorithm>
#include <random>
#include <tuple>

namespace countersign::outbox {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr int kAttempts = 100'000;

// The most that any window [t, t + length) holds.
std::size_t fullest_window(std::vector<Time> times, milliseconds length) {
  std::ranges::sort(times);
  std::size_t fullest = 0;
  std::size_t first = 0;
  for (std::size_t last = 0; last < times.size(); ++last) {
    while (times[last] - times[first] >= length) ++first;
    fullest = std::max(fullest, last - first + 1);
  }
  return fullest;
}

class RandomSchedule : public testing::TestWithParam<unsigned> {
 protected:
  RandomSchedule() {
    rules_.messages = {.per_destination_per_day = 12,
                       .per_subject_per_day = 9,
                       .per_source_per_hour = 3,
                       .unfamiliar_per_day = 3,
                       .per_peer_per_day = 100};
    rules_.code.resend_max = 2min;
    rules_.sms.prefixes = {{"+358", 17}, {"+44", 11}};
    rules_.sms.conversion_min_percent = 0;
    rules_.email.per_hour = 13;
  }

  std::int64_t any(std::int64_t max) {
    return std::uniform_int_distribution<std::int64_t>{1, max}(random_);
  }

  Sending any_sending() {
    Sending sending = test::code(any(60), any(5));
    sending.destination = test::print(any(40));
    sending.peer_uid = any(3);
    sending.familiar = any(3) > 1;
    sending.kind = static_cast<MessageKind>(any(6));
    if (any(3) == 1) {
      sending.channel = FactorKind::email;
      sending.prefix.clear();
    } else {
      sending.prefix = any(2) == 1 ? "+358" : "+44";
    }
    return sending;
  }

  void attempt() {
    Sending sending = any_sending();
    sending.expires_at = now_ + rules_.code.lifetime;
    if (ledger_.refusal_of(sending, rules_, now_)) return;
    const MessageId id{static_cast<std::int64_t>(random_() >> 1)};
    ledger_.count(id, sending, now_);
    if (any(50) == 1) return ledger_.uncount(id);
    const bool was_answered = any(4) == 1;
    if (was_answered) ledger_.answered(id, now_);
    keep(id, sending, was_answered);
  }

  void keep(MessageId id, const Sending& sending, bool was_answered) {
    Message row;
    row.id = id;
    row.channel = sending.channel;
    row.kind = sending.kind;
    row.state = MessageState::sent;
    row.subject = sending.subject;
    row.factor = sending.factor;
    row.peer_uid = sending.peer_uid;
    row.destination = sending.destination;
    row.source = sending.source;
    row.prefix = sending.prefix;
    row.answered = was_answered;
    row.created_at = now_;
    row.expires_at = sending.expires_at;
    rows_.push_back(row);
    familiar_.push_back(sending.familiar);
  }

  // A new daemon knows the rows of the last 24 hours, in the order of their numbers.
  void restart() {
    ledger_ = {};
    std::vector<Message> rows;
    for (const Message& row : rows_) {
      if (row.created_at > now_ - 24h) rows.push_back(row);
    }
    std::ranges::sort(rows, {}, &Message::id);
    for (const Message& row : rows) ledger_.restore(row, now_);
    ledger_.restored(rules_, now_);
  }

  // The fullest window of the rows that are alike by `key_of`.
  template <class KeyOf>
  std::size_t fullest(milliseconds length, KeyOf key_of) {
    std::map<decltype(key_of(rows_[0])), std::vector<Time>> times;
    for (const Message& row : rows_) times[key_of(row)].push_back(row.created_at);
    std::size_t fullest = 0;
    for (const auto& [key, all] : times) fullest = std::max(fullest, fullest_window(all, length));
    return fullest;
  }

  std::size_t of_prefix(std::string_view prefix) {
    std::vector<Time> times;
    for (const Message& row : rows_) {
      if (row.prefix == prefix) times.push_back(row.created_at);
    }
    return fullest_window(times, 1h);
  }

  // Each budget is reached, and none is exceeded.
  void expect_full_windows() {
    EXPECT_EQ(of_prefix("+358"), 17U);
    EXPECT_EQ(of_prefix("+44"), 11U);
    EXPECT_EQ(of_prefix(""), 13U) << "e-mail";
    EXPECT_EQ(fullest(24h, [](const Message& row) { return row.peer_uid; }), 100U);
    EXPECT_EQ(fullest(24h, [](const Message& row) { return row.destination; }), 12U);
    EXPECT_EQ(fullest(24h, [](const Message& row) { return row.subject; }), 9U);
    EXPECT_EQ(fullest(1h,
                      [](const Message& row) {
                        return std::tuple{row.subject, row.source};
                      }),
              3U);
  }

  std::mt19937_64 random_{GetParam()};
  policies::Policy rules_ = test::policy();
  Ledger ledger_;
  Time now_ = test::kStart;
  std::vector<Message> rows_;
  std::vector<bool> familiar_;
};

TEST_P(RandomSchedule, NoWindowHoldsMoreThanItsBudget) {
  for (int i = 0; i < kAttempts; ++i) {
    // In bursts, and now and then after hours.
    now_ += any(400) == 1 ? milliseconds{any(6 * 3'600'000)} : milliseconds{any(3000)};
    if (any(10'000) == 1) restart();
    attempt();
  }
  expect_full_windows();
}

TEST_P(RandomSchedule, NorDoesOneWhenTheClockStepsBack) {
  for (int i = 0; i < kAttempts; ++i) {
    now_ += any(400) == 1 ? milliseconds{any(6 * 3'600'000)} : milliseconds{any(3000)};
    if (any(5000) == 1) now_ -= milliseconds{any(3'600'000)};
    attempt();
  }
  expect_full_windows();
}

TEST_P(RandomSchedule, StrangersStayWithinTheirShare) {
  for (int i = 0; i < kAttempts; ++i) {
    now_ += milliseconds{any(4000)};
    if (any(10'000) == 1) restart();
    attempt();
  }
  std::map<SubjectId, std::vector<Time>> of_strangers;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (!familiar_[i]) of_strangers[rows_[i].subject].push_back(rows_[i].created_at);
  }
  std::size_t most = 0;
  for (const auto& [subject, times] : of_strangers) {
    most = std::max(most, fullest_window(times, 24h));
  }
  EXPECT_EQ(most, 3U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomSchedule, testing::Range(1U, 9U));

class RandomCount : public testing::TestWithParam<unsigned> {};

// And it gives back what it withholds: a sixtieth of the window later at the latest.
TEST_P(RandomCount, IsNeverBelowTheTruthAndSoonTrue) {
  std::mt19937_64 random{GetParam()};
  SlidingCount count{1h};
  std::vector<Time> times;
  Time now = test::kStart;
  for (int i = 0; i < 20'000; ++i) {
    now += milliseconds{random() % (i % 500 == 0 ? 4'000'000 : 2000)};
    times.push_back(now);
    count.add({now, now});
    const auto within = [&times, now](milliseconds length) {
      const auto first = std::ranges::upper_bound(times, now - length);
      return static_cast<std::uint64_t>(times.end() - first);
    };
    ASSERT_GE(count.count(now), within(1h));
    ASSERT_LE(count.count(now), within(61min));
    const auto wait = count.until_below(1000, now);
    ASSERT_LT(count.count(now + wait), 1000U);
    ASSERT_TRUE(wait == 0ms || count.count(now + wait - 1ms) >= 1000);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomCount, testing::Values(1U, 2U, 3U));

// All of them codes that may still be answered, no two of one person or to one number.
TEST(LedgerMemory, AHundredThousandMessagesTakeLittle) {
  const std::size_t before = ::mallinfo2().uordblks;
  Ledger ledger;
  for (std::int64_t i = 1; i <= 100'000; ++i) {
    Sending sending = test::code(i);
    sending.expires_at = test::kStart + 10min;
    ledger.count(MessageId{i}, sending, test::kStart);
  }
  const std::size_t taken = ::mallinfo2().uordblks - before;
  RecordProperty("bytes_a_message", static_cast<int>(taken / 100'000));
  EXPECT_LT(taken, 48U << 20);
}

TEST(LedgerMemory, OldOnesAreForgotten) {
  const policies::Policy rules = test::policy();
  const std::size_t before = ::mallinfo2().uordblks;
  Ledger ledger;
  Time now = test::kStart;
  // A month of a thousand a day.
  for (std::int64_t i = 1; i <= 30'000; ++i, now += 86'400ms) {
    Sending sending = test::code(i);
    sending.expires_at = now + 5min;
    ASSERT_FALSE(ledger.refusal_of(sending, rules, now));
    ledger.count(MessageId{i}, sending, now);
  }
  EXPECT_LT(::mallinfo2().uordblks - before, 2U << 20);
}

}  // namespace
}  // namespace countersign::outbox
