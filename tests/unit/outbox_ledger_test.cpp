// SPDX-License-Identifier: Apache-2.0
// Which message may be sent: one test per rule.
#include "daemon/outbox/ledger.hpp"

#include "tests/unit/outbox_support.hpp"

#include <gmock/gmock.h>

namespace countersign::outbox {
namespace {

using namespace std::chrono_literals;
using test::code;
using test::kStart;
using test::policy;

// A ledger, the time, and numbers for messages.
struct Outbox {
  Ledger ledger;
  policies::Policy rules = policy();
  Time now = kStart;
  std::int64_t last_id = 0;

  // Why not; accepted and counted otherwise.
  DeliveryOutcome ask(Sending sending) {
    sending.expires_at = now + rules.code.lifetime;
    const auto refused = ledger.refusal_of(sending, rules, now);
    retry_after = refused ? refused->retry_after : 0s;
    if (refused) return refused->outcome;
    ledger.count(MessageId{++last_id}, sending, now);
    return DeliveryOutcome::accepted_for_delivery;
  }
  std::chrono::seconds retry_after{};
};

constexpr auto kAccepted = DeliveryOutcome::accepted_for_delivery;
constexpr auto kTooSoon = DeliveryOutcome::too_soon;
constexpr auto kLimit = DeliveryOutcome::limit_reached;
constexpr auto kNotAllowed = DeliveryOutcome::not_allowed;

TEST(Ledger, WaitsTwiceAsLongEachTime) {
  Outbox outbox;
  for (const auto wait : {30s, 60s, 120s, 240s, 480s, 900s, 900s}) {
    EXPECT_EQ(outbox.ask(code(1)), kAccepted);
    EXPECT_EQ(outbox.ledger.wait_before_next(code(1), outbox.rules, outbox.now), wait);
    outbox.now += wait - 1ms;
    EXPECT_EQ(outbox.ask(code(1)), kTooSoon);
    EXPECT_EQ(outbox.retry_after, 1s) << "rounded up: who waits as long as it says may ask";
    outbox.now += 1ms;
  }
}

TEST(Ledger, AskingTooSoonMakesNoWaitLonger) {
  Outbox outbox;
  outbox.ask(code(1));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(outbox.ask(code(1)), kTooSoon);
  outbox.now += 30s;
  EXPECT_EQ(outbox.ask(code(1)), kAccepted);
}

TEST(Ledger, AnAnswerEndsTheWait) {
  Outbox outbox;
  outbox.ask(code(1));
  outbox.now += 30s;
  outbox.ask(code(1));
  outbox.ledger.answered(MessageId{outbox.last_id}, outbox.now);
  EXPECT_EQ(outbox.ask(code(1)), kAccepted);
  EXPECT_EQ(outbox.ledger.wait_before_next(code(1), outbox.rules, outbox.now), 30s);
}

TEST(Ledger, AQuietDayEndsTheWait) {
  Outbox outbox;
  for (const auto wait : {30s, 60s, 120s, 240s}) {
    outbox.ask(code(1));
    outbox.now += wait;
  }
  outbox.now += 24h;
  EXPECT_EQ(outbox.ask(code(1)), kAccepted);
  EXPECT_EQ(outbox.ledger.wait_before_next(code(1), outbox.rules, outbox.now), 30s);
}

TEST(Ledger, WaitsAreOfOneSubjectFactorAndPurpose) {
  Outbox outbox;
  ASSERT_EQ(outbox.ask(code(1)), kAccepted);
  Sending other = code(1);
  other.kind = MessageKind::reset;
  EXPECT_EQ(outbox.ask(other), kAccepted);
  other = code(1);
  other.factor = FactorId{99};
  EXPECT_EQ(outbox.ask(other), kAccepted);
  other = code(1);
  other.channel = FactorKind::email;
  EXPECT_EQ(outbox.ask(other), kAccepted);
  EXPECT_EQ(outbox.ask(code(2)), kAccepted);
  EXPECT_EQ(outbox.ask(code(1)), kTooSoon);
}

TEST(Ledger, ParallelRequestsCannotOutrunTheCount) {
  Outbox outbox;
  int accepted = 0;
  for (int i = 0; i < 1000; ++i) accepted += outbox.ask(code(1)) == kAccepted ? 1 : 0;
  EXPECT_EQ(accepted, 1);
}

TEST(Ledger, WhatWasNotKeptDoesNotCount) {
  Outbox outbox;
  outbox.rules.sms.prefixes[0].per_hour = 1;
  outbox.rules.messages.per_destination_per_day = 1;
  outbox.rules.messages.per_subject_per_day = 1;
  outbox.rules.messages.per_peer_per_day = 1;
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(outbox.ask(code(1)), kAccepted);
    outbox.ledger.uncount(MessageId{outbox.last_id});
  }
  EXPECT_EQ(outbox.ledger.status(FactorKind::sms, outbox.now).accepted, 0U);
  ASSERT_EQ(outbox.ask(code(1)), kAccepted);
  outbox.now += 1h;
  EXPECT_EQ(outbox.ask(code(1)), kLimit);
}

TEST(Ledger, CountsTheCodesOfOneSubject) {
  Outbox outbox;
  outbox.rules.messages.per_subject_per_day = 3;
  for (std::int64_t factor = 1; factor <= 3; ++factor) {
    Sending sending = code(1);
    sending.factor = FactorId{factor};
    EXPECT_EQ(outbox.ask(sending), kAccepted);
    outbox.now += 1h;
  }
  EXPECT_EQ(outbox.ask(code(1)), kLimit);
  EXPECT_EQ(outbox.retry_after, 21h);
  outbox.now += outbox.retry_after;
  EXPECT_EQ(outbox.ask(code(1)), kAccepted);
  EXPECT_EQ(outbox.ask(code(2)), kAccepted);
}

TEST(Ledger, StrangersCannotSpendTheOwnersShare) {
  Outbox outbox;
  outbox.rules.messages.per_subject_per_day = 6;
  outbox.rules.messages.unfamiliar_per_day = 4;
  int accepted = 0;
  for (int i = 0; i < 100; ++i, outbox.now += 5min) {
    Sending attack = code(1, /*source=*/100 + i);
    attack.familiar = false;
    accepted += outbox.ask(attack) == kAccepted ? 1 : 0;
  }
  EXPECT_EQ(accepted, 4);
  EXPECT_EQ(outbox.ask(code(1)), kAccepted) << "from a familiar place";
  outbox.now += 1h;
  EXPECT_EQ(outbox.ask(code(1)), kAccepted);
  outbox.now += 1h;
  EXPECT_EQ(outbox.ask(code(1)), kLimit) << "and yet not without end";
}

TEST(Ledger, StrangersDoNotMakeTheOwnerWait) {
  Outbox outbox;
  Sending attack = code(1, /*source=*/100);
  attack.familiar = false;
  for (const auto wait : {30s, 60s, 120s, 240s, 480s}) {
    ASSERT_EQ(outbox.ask(attack), kAccepted);
    if (wait < 480s) outbox.now += wait;
  }
  EXPECT_EQ(outbox.ask(attack), kTooSoon);
  EXPECT_EQ(outbox.ask(code(1)), kAccepted) << "from a familiar place";
  EXPECT_EQ(outbox.retry_after, 0s);
  EXPECT_EQ(outbox.ask(code(1)), kTooSoon);
  EXPECT_EQ(outbox.retry_after, 30s) << "of its own";
}

// Whoever may have codes sent to any address, to confirm it, names somebody else's number.
TEST(Ledger, StrangersCannotSpendTheShareOfADestinationsOwner) {
  Outbox outbox;
  outbox.rules.messages.per_destination_per_day = 4;
  outbox.rules.messages.per_subject_per_day = 20;
  outbox.rules.messages.unfamiliar_per_day = 10;
  int accepted = 0;
  for (std::int64_t attacker = 100; attacker < 120; ++attacker) {
    Sending attack = code(attacker);
    attack.kind = attacker % 2 == 0 ? MessageKind::address : MessageKind::confirmation;
    attack.destination = test::print(1);
    accepted += outbox.ask(attack) == kAccepted ? 1 : 0;
  }
  EXPECT_EQ(accepted, 2);
  for (const auto expected : {kAccepted, kAccepted, kLimit}) {
    EXPECT_EQ(outbox.ask(code(1)), expected);
    outbox.now += 1h;
  }
}

TEST(Ledger, CountsOnePlaceInAnHour) {
  Outbox outbox;
  outbox.rules.messages.per_source_per_hour = 2;
  ASSERT_EQ(outbox.ask(code(1, 7)), kAccepted);
  outbox.now += 10min;
  ASSERT_EQ(outbox.ask(code(1, 7)), kAccepted);
  outbox.now += 10min;
  EXPECT_EQ(outbox.ask(code(1, 7)), kLimit);
  EXPECT_EQ(outbox.retry_after, 40min);
  EXPECT_EQ(outbox.ask(code(1, 8)), kAccepted);
  EXPECT_EQ(outbox.ask(code(2, 7)), kAccepted) << "another subject's, from the same place";
}

TEST(Ledger, CountsOneDestinationWhoeverAsks) {
  Outbox outbox;
  outbox.rules.messages.per_destination_per_day = 2;
  for (std::int64_t subject = 1; subject <= 3; ++subject) {
    Sending sending = code(subject);
    sending.destination = test::print(42);
    EXPECT_EQ(outbox.ask(sending), subject <= 2 ? kAccepted : kLimit);
  }
  EXPECT_EQ(outbox.retry_after, 24h);
}

TEST(Ledger, CountsOnePeerInADay) {
  Outbox outbox;
  outbox.rules.messages.per_peer_per_day = 2;
  EXPECT_EQ(outbox.ask(code(1)), kAccepted);
  EXPECT_EQ(outbox.ask(code(2)), kAccepted);
  EXPECT_EQ(outbox.ask(code(3)), kLimit);
  Sending other = code(3);
  other.peer_uid = 1001;
  EXPECT_EQ(outbox.ask(other), kAccepted);
}

TEST(Ledger, CountsOnePrefixInAnHour) {
  Outbox outbox;
  outbox.rules.sms.prefixes = {{"+358", 2}, {"+35840", 1}};
  Sending sending = code(1);
  EXPECT_EQ(outbox.ask(sending), kAccepted);
  sending.subject = SubjectId{2};
  EXPECT_EQ(outbox.ask(sending), kAccepted);
  sending.subject = SubjectId{3};
  EXPECT_EQ(outbox.ask(sending), kLimit);
  EXPECT_GE(outbox.retry_after, 1h);
  EXPECT_LE(outbox.retry_after, 61min);
  sending.prefix = "+35840";
  EXPECT_EQ(outbox.ask(sending), kAccepted);
}

TEST(Ledger, CountsEmailInAnHour) {
  Outbox outbox;
  outbox.rules.email.per_hour = 2;
  for (std::int64_t subject = 1; subject <= 3; ++subject) {
    Sending sending = code(subject);
    sending.channel = FactorKind::email;
    EXPECT_EQ(outbox.ask(sending), subject <= 2 ? kAccepted : kLimit);
  }
}

TEST(Ledger, SendsNothingWhereThePolicyNamesNoPrefix) {
  Outbox outbox;
  Sending sending = code(1);
  for (const char* prefix : {"", "+44", "+3584"}) {
    sending.prefix = prefix;
    EXPECT_EQ(outbox.ask(sending), kNotAllowed) << prefix;
  }
  sending.kind = MessageKind::factor_added;
  EXPECT_EQ(outbox.ask(sending), kNotAllowed) << "nor a notice";
  outbox.rules.sms.prefixes = {{"+358", 0}};
  EXPECT_EQ(outbox.ask(code(1)), kNotAllowed);
}

TEST(Ledger, AChannelMayBeBarredFromSigningIn) {
  Outbox outbox;
  outbox.rules.sms.sign_in = false;
  Sending sending = code(1);
  EXPECT_EQ(outbox.ask(sending), kNotAllowed);
  sending.nobodys = true;
  EXPECT_EQ(outbox.ask(sending), kNotAllowed) << "and a stranger sees no difference";
  sending = code(1);
  sending.kind = MessageKind::reset;
  EXPECT_EQ(outbox.ask(sending), kAccepted);
  sending = code(2);
  sending.channel = FactorKind::email;
  EXPECT_EQ(outbox.ask(sending), kAccepted);
  outbox.rules.email.sign_in = false;
  outbox.now += 1h;
  EXPECT_EQ(outbox.ask(sending), kNotAllowed);
}

TEST(Ledger, WhatHoldsFirstIsWhatItSays) {
  Outbox outbox;
  outbox.rules.messages.per_subject_per_day = 1;
  ASSERT_EQ(outbox.ask(code(1)), kAccepted);
  EXPECT_EQ(outbox.ask(code(1)), kTooSoon);
  outbox.now += 30s;
  EXPECT_EQ(outbox.ask(code(1)), kLimit);
  outbox.rules.sms.prefixes.clear();
  EXPECT_EQ(outbox.ask(code(1)), kNotAllowed);
}

TEST(Ledger, NobodysCodesWaitLikeOthers) {
  Outbox outbox;
  Sending nobodys = test::nobodys(-5);
  for (const auto wait : {30s, 60s, 120s}) {
    EXPECT_EQ(outbox.ask(nobodys), kAccepted);
    EXPECT_EQ(outbox.ask(nobodys), kTooSoon);
    EXPECT_EQ(outbox.retry_after, wait);
    outbox.now += wait;
  }
  outbox.rules.messages.unfamiliar_per_day = 3;
  EXPECT_EQ(outbox.ask(nobodys), kLimit);
}

// Or whoever asks when a prefix is shut learns who has a number there.
TEST(Ledger, NobodysCodesAreRefusedWhereOthersAre) {
  Outbox outbox;
  outbox.rules.sms.prefixes[0].per_hour = 1;
  ASSERT_EQ(outbox.ask(test::nobodys(-5)), kAccepted);
  ASSERT_EQ(outbox.ask(code(1)), kAccepted);
  ASSERT_EQ(outbox.ask(code(2)), kLimit);
  const auto wait = outbox.retry_after;
  EXPECT_EQ(outbox.ask(test::nobodys(-6)), kLimit);
  EXPECT_EQ(outbox.retry_after, wait);
  outbox.rules.sms.prefixes.clear();
  EXPECT_EQ(outbox.ask(code(3)), kNotAllowed);
  EXPECT_EQ(outbox.ask(test::nobodys(-7)), kNotAllowed);
}

// What is asked for may name the factor that somebody else would have; the row never does.
TEST(Ledger, NobodysCodesWaitAfterARestartToo) {
  Outbox outbox;
  Message row;
  row.channel = FactorKind::sms;
  row.kind = MessageKind::sign_in;
  row.state = MessageState::nobodys;
  row.subject = SubjectId{-5};
  row.created_at = kStart;
  outbox.ledger.restore(row, kStart);
  outbox.ledger.restored(outbox.rules, kStart);
  Sending asked = test::nobodys(-5);
  asked.factor = FactorId{-5};
  EXPECT_EQ(outbox.ask(asked), kTooSoon);
}

TEST(Ledger, RandomNamesShutNothingForOthers) {
  Outbox outbox;
  outbox.rules.sms.prefixes[0].per_hour = 1;
  outbox.rules.email.per_hour = 1;
  outbox.rules.messages.per_peer_per_day = 2;
  for (std::int64_t i = 1; i <= 1000; ++i) {
    Sending nobodys = test::nobodys(-i);
    nobodys.channel = i % 2 == 0 ? FactorKind::sms : FactorKind::email;
    if (i % 2 != 0) nobodys.prefix.clear();
    ASSERT_EQ(outbox.ask(nobodys), kAccepted);
  }
  EXPECT_EQ(outbox.ask(code(1)), kAccepted);
  Sending email = code(2);
  email.channel = FactorKind::email;
  EXPECT_EQ(outbox.ask(email), kAccepted);
  EXPECT_EQ(outbox.ledger.status(FactorKind::sms, outbox.now).accepted, 1U);
}

TEST(Ledger, NobodyUsesUpTheWarningOfAnAttack) {
  Outbox outbox;
  outbox.rules.messages.per_destination_per_day = 1;
  ASSERT_EQ(outbox.ask(code(1)), kAccepted);
  Sending notice = code(1);
  notice.kind = MessageKind::factor_removed;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(outbox.ask(notice), kAccepted);
  EXPECT_EQ(outbox.ask(code(1)), kTooSoon);
}

TEST(Ledger, NoticesCountWhereCodesAreBounded) {
  Outbox outbox;
  outbox.rules.sms.prefixes[0].per_hour = 1;
  Sending notice = code(1);
  notice.kind = MessageKind::factor_added;
  ASSERT_EQ(outbox.ask(notice), kAccepted);
  EXPECT_EQ(outbox.ask(code(2)), kLimit);
}

TEST(Ledger, TellsWhatBecameOfMessages) {
  Outbox outbox;
  std::array<MessageState, 4> ends{MessageState::sent, MessageState::delivered,
                                   MessageState::undeliverable, MessageState::too_late};
  for (std::int64_t i = 0; i < 4; ++i) {
    ASSERT_EQ(outbox.ask(code(1 + i)), kAccepted);
    Message row;
    row.id = MessageId{outbox.last_id};
    row.channel = FactorKind::sms;
    outbox.ledger.settled(row, ends[static_cast<std::size_t>(i)], outbox.now);
  }
  outbox.ledger.answered(MessageId{1}, outbox.now);
  outbox.ledger.refused(FactorKind::sms, outbox.now);
  const ChannelStatus status = outbox.ledger.status(FactorKind::sms, outbox.now);
  EXPECT_EQ(status.channel, FactorKind::sms);
  EXPECT_EQ(status.accepted, 4U);
  EXPECT_EQ(status.sent, 1U);
  EXPECT_EQ(status.delivered, 1U);
  EXPECT_EQ(status.undeliverable, 1U);
  EXPECT_EQ(status.too_late, 1U);
  EXPECT_EQ(status.answered, 1U);
  EXPECT_EQ(status.refused, 1U);
  EXPECT_EQ(outbox.ledger.status(FactorKind::email, outbox.now).accepted, 0U);
  EXPECT_EQ(outbox.ledger.status(FactorKind::sms, outbox.now + 25h).accepted, 0U);
}

}  // namespace
}  // namespace countersign::outbox
