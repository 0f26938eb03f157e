// SPDX-License-Identifier: Apache-2.0
// Which message is handed out next, and which is never handed out.
#include "daemon/outbox/queue.hpp"

#include "tests/support/failure.hpp"
#include "tests/unit/outbox_support.hpp"

#include <gmock/gmock.h>

#include <map>
#include <random>
#include <set>

namespace countersign::outbox {
namespace {

using namespace std::chrono_literals;
using test::kStart;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr Channels kUp{true, true};
constexpr std::size_t kMany = 32;
constexpr std::size_t kMax = 1000;

constexpr MessageId id(std::int64_t number) { return MessageId{number}; }

Queue::Item item(std::int64_t number, Urgency urgency = Urgency::code, Time due = kStart) {
  return {id(number), FactorKind::sms, urgency, due, due + 5min};
}

void push(Queue& queue, const Queue::Item& item) { ASSERT_TRUE(queue.push(item, kMax)); }

TEST(Queue, HandsOutCodesBeforeNoticesAndTheOldestFirst) {
  Queue queue;
  push(queue, item(1, Urgency::notice, kStart));
  push(queue, item(2, Urgency::code, kStart + 2s));
  push(queue, item(3, Urgency::code, kStart + 1s));
  push(queue, item(4, Urgency::notice, kStart + 1s));
  EXPECT_THAT(queue.take(3, kUp, kStart + 5s), ElementsAre(id(3), id(2), id(1)));
  EXPECT_THAT(queue.take(3, kUp, kStart + 5s), ElementsAre(id(4)));
  EXPECT_THAT(queue.take(3, kUp, kStart + 5s), IsEmpty());
}

TEST(Queue, HandsOutNothingEarly) {
  Queue queue;
  push(queue, item(1));
  EXPECT_THAT(queue.take(kMany, kUp, kStart - 1ms), IsEmpty());
  EXPECT_EQ(queue.next_event(kStart - 1ms), kStart);
  EXPECT_THAT(queue.take(kMany, kUp, kStart), ElementsAre(id(1)));
}

TEST(Queue, HandsOutNothingToAChannelThatIsDown) {
  Queue queue;
  push(queue, item(1));
  Queue::Item mail = item(2);
  mail.channel = FactorKind::email;
  push(queue, mail);
  EXPECT_THAT(queue.take(kMany, {.sms = false, .email = true}, kStart), ElementsAre(id(2)));
  EXPECT_THAT(queue.take(kMany, {.sms = true, .email = false}, kStart), ElementsAre(id(1)));
}

TEST(Queue, HandsOutNothingWhoseTimeIsOver) {
  Queue queue;
  push(queue, item(1));
  push(queue, item(2, Urgency::code, kStart + 1s));
  EXPECT_THAT(queue.take(kMany, kUp, kStart + 5min), ElementsAre(id(2)));
  EXPECT_THAT(queue.expired(kStart + 5min), ElementsAre(id(1)));
  EXPECT_FALSE(queue.holds(id(1)));
}

TEST(Queue, HandsOutAgainWhatNobodyReportedOn) {
  Queue queue;
  push(queue, item(1));
  EXPECT_THAT(queue.take(kMany, kUp, kStart), ElementsAre(id(1)));
  EXPECT_TRUE(queue.is_leased(id(1), kStart + 59s));
  EXPECT_THAT(queue.take(kMany, kUp, kStart + 59s), IsEmpty());
  EXPECT_EQ(queue.next_event(kStart), kStart + 60s);
  EXPECT_FALSE(queue.is_leased(id(1), kStart + 60s));
  EXPECT_THAT(queue.take(kMany, kUp, kStart + 60s), ElementsAre(id(1)));
}

TEST(Queue, DoesNotGiveUpAMessageThatMayHaveBeenSentInTime) {
  Queue queue;
  push(queue, item(1));
  const Time late = kStart + 5min - 1s;
  EXPECT_THAT(queue.take(kMany, kUp, late), ElementsAre(id(1)));
  EXPECT_THAT(queue.expired(late + 59s), IsEmpty());
  EXPECT_THAT(queue.take(kMany, kUp, late + 60s), IsEmpty());
  EXPECT_THAT(queue.expired(late + 60s), ElementsAre(id(1)));
}

TEST(Queue, WaitsLongerEachTimeNobodyTakesIt) {
  for (const auto& [urgency, longest] :
       {std::pair{Urgency::code, 60s}, std::pair{Urgency::notice, 900s}}) {
    Queue queue;
    Queue::Item one = item(1, urgency);
    one.expires_at = kStart + 24h;
    push(queue, one);
    Time now = kStart;
    std::chrono::seconds pause = 2s;
    for (int i = 0; i < 15; ++i) {
      ASSERT_THAT(queue.take(kMany, kUp, now), ElementsAre(id(1)));
      queue.defer(id(1), 0s, now);
      EXPECT_THAT(queue.take(kMany, kUp, now + pause - 1ms), IsEmpty());
      now += pause;
      pause = std::min(pause * 2, longest);
    }
  }
}

TEST(Queue, WaitsAsLongAsAProviderAsksAndNotForever) {
  Queue queue;
  Queue::Item one = item(1, Urgency::notice);
  one.expires_at = kStart + 24h;
  push(queue, one);
  ASSERT_THAT(queue.take(kMany, kUp, kStart), ElementsAre(id(1)));
  queue.defer(id(1), 10min, kStart);
  EXPECT_EQ(queue.next_event(kStart), kStart + 10min);
  queue.defer(id(1), 24h * 365, kStart);
  EXPECT_EQ(queue.next_event(kStart), kStart + 1h);
}

TEST(Queue, ForgetsWhatIsSettled) {
  Queue queue;
  push(queue, item(1));
  push(queue, item(2));
  EXPECT_EQ(queue.size(FactorKind::sms), 2U);
  EXPECT_EQ(queue.size(FactorKind::email), 0U);
  queue.forget(id(1));
  queue.forget(id(7));
  EXPECT_EQ(queue.size(), 1U);
  EXPECT_THAT(queue.take(kMany, kUp, kStart), ElementsAre(id(2)));
  queue.forget(id(2));
  EXPECT_THAT(queue.expired(kStart + 24h), IsEmpty());
  EXPECT_EQ(queue.next_event(kStart), std::nullopt);
}

TEST(Queue, IsBounded) {
  Queue queue;
  for (std::int64_t i = 1; i <= 3; ++i) ASSERT_TRUE(queue.push(item(i), 3));
  EXPECT_EQ(test::failure(queue.push(item(4), 3)), ErrorCode::limit_exceeded);
  EXPECT_EQ(test::failure(queue.push(item(3), 4)), ErrorCode::already_exists);
  queue.forget(id(1));
  EXPECT_TRUE(queue.push(item(4), 3));
}

// One message of which the courier dies, whatever it has taken with it: all others are sent.
TEST(Queue, APoisonedMessageStarvesNobody) {
  Queue queue;
  std::set<MessageId> waiting;
  for (std::int64_t i = 1; i <= 100; ++i) {
    Queue::Item one = item(i);
    one.expires_at = kStart + 1h;
    push(queue, one);
    waiting.insert(one.id);
  }
  constexpr MessageId kPoison{40};
  Time now = kStart;
  for (; waiting.size() > 1 && now < kStart + 1h; now += 1s) {
    const auto taken = queue.take(kMany, kUp, now);
    if (std::ranges::find(taken, kPoison) != taken.end()) continue;
    for (const MessageId each : taken) {
      queue.forget(each);
      waiting.erase(each);
    }
  }
  EXPECT_THAT(waiting, ElementsAre(kPoison));
  EXPECT_LT(now - kStart, 3min) << "its companions were handed out alone, one after another";
}

TEST(Queue, NewMessagesDoNotWaitForAPoisonedOne) {
  Queue queue;
  push(queue, item(1));
  Time now = kStart;
  for (std::int64_t i = 2; i < 200; ++i, now += 1s) {
    push(queue, item(i, Urgency::code, now));
    bool was_taken = false;
    // At most one courier dies before it.
    for (int take = 0; take < 2; ++take) {
      for (const MessageId each : queue.take(kMany, kUp, now)) {
        was_taken = was_taken || each == id(i);
        if (each != id(1)) queue.forget(each);
      }
    }
    EXPECT_TRUE(was_taken) << i;
  }
}

TEST(Queue, GoesOnWhenTheClockStepsBack) {
  Queue queue;
  Queue::Item one = item(1);
  one.expires_at = kStart + 24h;
  push(queue, one);
  ASSERT_THAT(queue.take(kMany, kUp, kStart), ElementsAre(id(1)));
  EXPECT_THAT(queue.take(kMany, kUp, kStart - 6h), IsEmpty());
  EXPECT_THAT(queue.take(kMany, kUp, kStart - 6h + 60s), ElementsAre(id(1)));
}

// Whatever happens in whatever order: nothing is handed out twice at a time or after its end, and
// everything is handed out or over in the end.
class RandomQueue : public testing::TestWithParam<unsigned> {};

TEST_P(RandomQueue, LosesNothingAndLeasesNothingTwice) {
  std::mt19937_64 random{GetParam()};
  Queue queue;
  std::map<MessageId, Time> ends;
  std::map<MessageId, Time> leased;
  std::size_t over = 0;
  Time now = kStart;
  constexpr std::int64_t kMessages = 5000;
  for (std::int64_t next = 1; next <= kMessages || queue.size() > 0;) {
    now += std::chrono::milliseconds{random() % 800};
    if (next <= kMessages && random() % 3 == 0) {
      Queue::Item one = item(next++, random() % 4 == 0 ? Urgency::notice : Urgency::code, now);
      ends[one.id] = one.expires_at;
      push(queue, one);
    }
    for (const MessageId each : queue.expired(now)) {
      ++over;
      ASSERT_LE(ends.at(each), now);
      ends.erase(each);
    }
    for (const MessageId each : queue.take(1 + random() % 8, kUp, now)) {
      ASSERT_LT(now, ends.at(each));
      ASSERT_TRUE(!leased.contains(each) || leased.at(each) <= now);
      leased[each] = now + Queue::kLease;
      const auto end = random() % 10;
      if (end < 3) queue.defer(each, 0s, now), leased.erase(each);
      if (end > 6) queue.forget(each), ends.erase(each);
    }
    ASSERT_EQ(ends.size(), queue.size());
  }
  EXPECT_TRUE(ends.empty());
  EXPECT_GT(over, 0U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomQueue, testing::Values(1U, 2U, 3U));

}  // namespace
}  // namespace countersign::outbox
