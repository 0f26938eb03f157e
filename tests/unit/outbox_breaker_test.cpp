// SPDX-License-Identifier: Apache-2.0
// When SMS to a prefix stop because nobody answers them, and when they go on.
#include "daemon/outbox/ledger.hpp"
#include "tests/unit/outbox_support.hpp"

#include <gmock/gmock.h>

#include <set>

namespace countersign::outbox {
namespace {

using namespace std::chrono_literals;
using test::code;
using test::kStart;

// Codes to one prefix, each for somebody else, and what becomes of them.
class Pumping : public testing::Test {
 protected:
  Pumping() { rules_.sms.prefixes = {{"+358", 100'000}, {"+44", 100'000}}; }

  bool send(bool will_be_answered, std::string_view prefix = "+358") {
    Sending sending = code(++last_);
    sending.familiar = false;
    sending.prefix = prefix;
    sending.expires_at = now_ + rules_.code.lifetime;
    const auto refused = ledger_.refusal_of(sending, rules_, now_);
    retry_after_ = refused ? refused->retry_after : 0s;
    if (refused) return false;
    ledger_.count(MessageId{last_}, sending, now_);
    Message row;
    row.id = MessageId{last_};
    row.channel = sending.channel;
    row.kind = sending.kind;
    row.subject = sending.subject;
    row.prefix = prefix;
    row.created_at = now_;
    row.expires_at = sending.expires_at;
    if (is_sent_) {
      ledger_.settled(row, MessageState::sent, now_);
      row.state = MessageState::sent;
    }
    row.answered = will_be_answered;
    if (will_be_answered) ledger_.answered(row.id, now_ + 5s);
    rows_.push_back(row);
    return true;
  }

  void send_many(int count, int answered_of_ten) {
    for (int i = 0; i < count; ++i) send(i % 10 < answered_of_ten);
  }

  void let_them_end() { now_ += rules_.code.lifetime; }

  PrefixStatus status() { return ledger_.prefixes(rules_, now_).at(0); }

  Ledger restarted() {
    Ledger ledger;
    for (auto row = rows_.rbegin(); row != rows_.rend(); ++row) ledger.restore(*row, now_);
    ledger.restored(rules_, now_);
    return ledger;
  }

  policies::Policy rules_ = test::policy();
  Ledger ledger_;
  Time now_ = kStart;
  std::int64_t last_ = 0;
  bool is_sent_ = true;
  std::chrono::seconds retry_after_{};
  std::vector<Message> rows_;
};

TEST_F(Pumping, OpensTheBreaker) {
  send_many(50, 1);
  let_them_end();
  EXPECT_FALSE(send(true));
  EXPECT_EQ(retry_after_, 1h);
  EXPECT_TRUE(status().breaker_open);
  EXPECT_EQ(status().conversion_percent, 10U);
  EXPECT_EQ(status().conversion_sample, 50U);
  EXPECT_EQ(status().retry_after, 1h);
}

// Or whoever knows a few names keeps a country from signing in.
TEST_F(Pumping, DoesNotShutOutOwnersWhoAnswer) {
  send_many(50, 0);
  let_them_end();
  Sending owners = code(7000);
  owners.expires_at = now_ + 5min;
  ASSERT_FALSE(ledger_.refusal_of(owners, rules_, now_));
  ledger_.count(MessageId{7000}, owners, now_);
  EXPECT_FALSE(send(true)) << "a stranger";
  now_ += 30s;
  EXPECT_TRUE(ledger_.refusal_of(owners, rules_, now_)) << "the last one was not answered";
  ledger_.answered(MessageId{7000}, now_);
  EXPECT_FALSE(ledger_.refusal_of(owners, rules_, now_));
  owners.kind = MessageKind::address;
  EXPECT_TRUE(ledger_.refusal_of(owners, rules_, now_)) << "of a number that may be anybody's";
  now_ += 5min;
  EXPECT_TRUE(status().breaker_open) << "it decides nothing";
}

// They need none of the few that are let through.
TEST_F(Pumping, OwnersDoNotDecideBeforeThePauseIsOver) {
  send_many(50, 0);
  let_them_end();
  for (std::int64_t i = 7000; i < 7005; ++i) {
    Sending owners = code(i);
    owners.expires_at = now_ + 5min;
    ASSERT_FALSE(ledger_.refusal_of(owners, rules_, now_));
    ledger_.count(MessageId{i}, owners, now_);
    ledger_.answered(MessageId{i}, now_);
  }
  let_them_end();
  EXPECT_FALSE(send(true));
  now_ += 1h;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(send(false));
  EXPECT_FALSE(send(false));
}

TEST_F(Pumping, OfOnePrefixAlone) {
  send_many(50, 0);
  let_them_end();
  EXPECT_FALSE(send(true));
  EXPECT_TRUE(send(true, "+44"));
}

TEST_F(Pumping, IsToldOnce) {
  send_many(50, 1);
  let_them_end();
  send(true);
  const auto events = ledger_.take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].prefix, "+358");
  EXPECT_TRUE(events[0].change.opened);
  EXPECT_EQ(events[0].change.percent, 10U);
  EXPECT_EQ(events[0].change.sample, 50U);
  send(true);
  EXPECT_TRUE(ledger_.take_events().empty());
}

TEST_F(Pumping, NeedsAWholeSample) {
  send_many(49, 0);
  let_them_end();
  EXPECT_TRUE(send(false));
  EXPECT_EQ(status().conversion_sample, 49U);
  let_them_end();
  EXPECT_FALSE(send(false));
}

TEST_F(Pumping, IsNotWhatEnoughAnswersSay) {
  for (int i = 0; i < 20; ++i) {
    send_many(50, 2);
    let_them_end();
  }
  EXPECT_TRUE(send(true));
  EXPECT_EQ(status().conversion_percent, 20U);
}

TEST_F(Pumping, IsJudgedByTheLastOnes) {
  send_many(200, 10);
  let_them_end();
  send_many(41, 0);
  let_them_end();
  EXPECT_FALSE(send(true)) << "9 of the last 50";
}

TEST_F(Pumping, IsNotAnSmsGatewayThatIsDown) {
  is_sent_ = false;
  send_many(500, 0);
  let_them_end();
  EXPECT_TRUE(send(true));
  EXPECT_EQ(status().conversion_sample, 0U);
}

TEST_F(Pumping, MayBeNobodysConcern) {
  rules_.sms.conversion_min_percent = 0;
  send_many(500, 0);
  let_them_end();
  EXPECT_TRUE(send(true));
}

TEST_F(Pumping, IsTriedAgainWithATenth) {
  send_many(50, 0);
  let_them_end();
  send(true);
  now_ += 1h - 1s;
  EXPECT_FALSE(send(true));
  EXPECT_EQ(retry_after_, 1s);
  now_ += 1s;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(send(true)) << i;
  EXPECT_FALSE(send(true));
  EXPECT_EQ(retry_after_, rules_.code.lifetime) << "until they are judged";
  let_them_end();
  EXPECT_TRUE(send(true));
  EXPECT_FALSE(status().breaker_open);
  const auto events = ledger_.take_events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_FALSE(events[1].change.opened);
  EXPECT_EQ(events[1].change.percent, 100U);
}

TEST_F(Pumping, OpensTheBreakerAgain) {
  send_many(50, 0);
  let_them_end();
  send(true);
  now_ += 1h;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(send(false));
  let_them_end();
  EXPECT_FALSE(send(true));
  EXPECT_EQ(retry_after_, 1h);
  EXPECT_EQ(ledger_.take_events().size(), 2U);
}

TEST_F(Pumping, IsNotJudgedByWhatBeganBefore) {
  send_many(50, 0);
  now_ += 1min;
  for (int i = 0; i < 30; ++i) send(false);
  now_ += rules_.code.lifetime - 1min;
  EXPECT_FALSE(send(true));
  now_ += 1h;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(send(true));
  let_them_end();
  EXPECT_TRUE(send(true)) << "five of five";
}

TEST_F(Pumping, ATrialThatWasNotSentIsRepeated) {
  send_many(50, 0);
  let_them_end();
  send(true);
  now_ += 1h;
  is_sent_ = false;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(send(false));
  EXPECT_FALSE(send(false));
  let_them_end();
  is_sent_ = true;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(send(true));
  let_them_end();
  EXPECT_TRUE(send(true));
  EXPECT_FALSE(status().breaker_open);
}

TEST_F(Pumping, ARestartChangesNothing) {
  // Through sample, pause, trial, pause again, trial and recovery.
  std::set<std::pair<bool, std::uint32_t>> seen;
  for (int minute = 0; minute < 400; ++minute, now_ += 1min) {
    for (int i = 0; i < 3; ++i) send(minute > 120 || (i + minute) % 7 == 0);
    const PrefixStatus before = status();
    ledger_ = restarted();
    const PrefixStatus after = status();
    EXPECT_EQ(after.breaker_open, before.breaker_open) << minute;
    EXPECT_EQ(after.retry_after, before.retry_after) << minute;
    EXPECT_EQ(after.conversion_percent, before.conversion_percent) << minute;
    EXPECT_EQ(after.conversion_sample, before.conversion_sample) << minute;
    EXPECT_EQ(after.sent_last_hour, before.sent_last_hour) << minute;
    seen.emplace(after.breaker_open, after.conversion_sample);
  }
  EXPECT_TRUE(seen.contains({true, 50}));
  EXPECT_TRUE(seen.contains({false, 50}));
}

TEST_F(Pumping, ARestartTellsNothingTwice) {
  send_many(50, 0);
  let_them_end();
  send(true);
  Ledger ledger = restarted();
  EXPECT_TRUE(ledger.take_events().empty()) << "it was logged when it happened";
}

}  // namespace
}  // namespace countersign::outbox
