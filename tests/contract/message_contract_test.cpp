// SPDX-License-Identifier: Apache-2.0
// What every Store promises about the outbox and about familiar places.
#include "tests/contract/message_world.hpp"

#include <algorithm>

namespace countersign::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class MessageContract : public MessageWorld {};

TEST_P(MessageContract, KeepsWhatItWasTold) {
  Message kept = message(INT64_MAX, SubjectId{1}, FactorId{2});
  kept.channel = FactorKind::email;
  kept.kind = MessageKind::factor_added;
  kept.challenge = ChallengeId{INT64_MAX};
  kept.peer_uid = 4711;
  kept.prefix = "+358";
  kept.sealed = Bytes(Message::kSealedBytesMax, std::byte{9});
  ASSERT_THAT(queue(kept), Succeeds());
  world_.open();
  const auto loaded = load(INT64_MAX);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->id, kept.id);
  EXPECT_EQ(loaded->channel, kept.channel);
  EXPECT_EQ(loaded->kind, kept.kind);
  EXPECT_EQ(loaded->state, MessageState::queued);
  EXPECT_EQ(loaded->subject, kept.subject);
  EXPECT_EQ(loaded->factor, kept.factor);
  EXPECT_EQ(loaded->challenge, kept.challenge);
  EXPECT_EQ(loaded->peer_uid, kept.peer_uid);
  EXPECT_EQ(loaded->destination, kept.destination);
  EXPECT_EQ(loaded->source, kept.source);
  EXPECT_EQ(loaded->prefix, kept.prefix);
  EXPECT_FALSE(loaded->answered);
  EXPECT_EQ(loaded->created_at, kept.created_at);
  EXPECT_EQ(loaded->expires_at, kept.expires_at);
  EXPECT_EQ(loaded->sealed, kept.sealed);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(MessageContract, KnowsNoneThatWasNotQueued) {
  EXPECT_FALSE(load(1));
  ASSERT_THAT(queue(message(2)), Succeeds());
  EXPECT_FALSE(load(1));
  EXPECT_THAT(queue(message(2)), FailsWith(ErrorCode::already_exists));
}

TEST_P(MessageContract, QueueingOneLeavesOneRecord) {
  const std::uint64_t before = world_.journal_records();
  ASSERT_THAT(queue(message(1)), Succeeds());
  EXPECT_EQ(world_.journal_records(), before + 1);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(MessageContract, ThatIsNobodysLeavesNoRecord) {
  const std::uint64_t before = world_.journal_records();
  ASSERT_THAT(queue(nobodys(1)), Succeeds());
  EXPECT_EQ(world_.journal_records(), before);
  EXPECT_EQ(load(1)->state, MessageState::nobodys);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(MessageContract, SettlingErasesWhatWasSealedAndLeavesARecord) {
  for (const MessageState end : {MessageState::sent, MessageState::delivered,
                                 MessageState::undeliverable, MessageState::too_late}) {
    const auto id = 100 + static_cast<std::int64_t>(end);
    ASSERT_THAT(queue(message(id)), Succeeds());
    const std::uint64_t before = world_.journal_records();
    ASSERT_THAT(settle(*load(id), end), Succeeds());
    EXPECT_EQ(load(id)->state, end);
    EXPECT_THAT(load(id)->sealed, IsEmpty());
    EXPECT_EQ(world_.journal_records(), before + 1);
  }
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(MessageContract, SettlingGoesOnFromWhereItIsAndFromNowhereElse) {
  ASSERT_THAT(queue(message(1)), Succeeds());
  const Message queued = *load(1);
  ASSERT_THAT(settle(queued, MessageState::sent), Succeeds());
  const std::uint64_t before = world_.journal_records();
  EXPECT_THAT(settle(queued, MessageState::undeliverable), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(settle(message(2), MessageState::sent), FailsWith(ErrorCode::conflict));
  EXPECT_EQ(world_.journal_records(), before);
  world_.open();
  ASSERT_THAT(settle(*load(1), MessageState::undeliverable), Succeeds());
  // A provider may learn better.
  ASSERT_THAT(settle(*load(1), MessageState::delivered), Succeeds());
  EXPECT_EQ(load(1)->state, MessageState::delivered);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(MessageContract, OfManyAtOnceExactlyOneSettlesIt) {
  ASSERT_THAT(queue(message(1)), Succeeds());
  std::vector<awaitable<Status>> tasks;
  for (int i = 0; i < 64; ++i) {
    tasks.push_back(
        world_.store->settle(message(1), MessageState::sent, world_.entry(Event::message_sent)));
  }
  const auto outcomes = world_.run_all(std::move(tasks));
  EXPECT_EQ(std::ranges::count_if(outcomes, [](const Status& s) { return bool(s); }), 1);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(MessageContract, AreListedByNumberWithoutWhatIsSealed) {
  for (const std::int64_t id : {3, 1, 2}) ASSERT_THAT(queue(message(id)), Succeeds());
  ASSERT_THAT(settle(*load(2), MessageState::sent), Succeeds());
  world_.open();
  EXPECT_THAT(listed(), ElementsAre(1, 2, 3));
  EXPECT_THAT(listed(1), ElementsAre(2, 3));
  for (const Message& one : list()) EXPECT_THAT(one.sealed, IsEmpty());
  EXPECT_EQ(list()[1].state, MessageState::sent);
}

TEST_P(MessageContract, AreListedAPageAtATime) {
  constexpr auto kMany = static_cast<std::int64_t>(Store::kMessagesListed) + 7;
  std::vector<awaitable<Status>> tasks;
  for (std::int64_t id = 1; id <= kMany; ++id) {
    tasks.push_back(world_.store->queue(message(id), world_.entry(Event::message_queued)));
  }
  for (const Status& status : world_.run_all(std::move(tasks))) ASSERT_THAT(status, Succeeds());
  EXPECT_THAT(listed(), SizeIs(Store::kMessagesListed));
  EXPECT_THAT(listed(static_cast<std::int64_t>(Store::kMessagesListed)), SizeIs(7));
}

TEST_P(MessageContract, AreKnownForADayAndAsLongAsTheyAreQueued) {
  for (const std::int64_t id : {1, 2, 3}) ASSERT_THAT(queue(message(id)), Succeeds());
  ASSERT_THAT(settle(*load(1), MessageState::sent), Succeeds());
  world_.clock.time += Store::kMessagesKept;
  EXPECT_THAT(listed(), ElementsAre(1, 2, 3));
  world_.clock.time += 1ms;
  EXPECT_THAT(listed(), ElementsAre(2, 3));
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(MessageContract, OldOnesAreSweptAFewAtATime) {
  for (std::int64_t id = 1; id <= 7; ++id) {
    ASSERT_THAT(queue(message(id)), Succeeds());
    if (id != 4) {
      ASSERT_THAT(settle(*load(id), MessageState::sent), Succeeds());
    }
  }
  world_.clock.time += Store::kMessagesKept;
  ASSERT_THAT(queue(message(11)), Succeeds());
  EXPECT_TRUE(load(1));  // not before it is older than that
  world_.clock.time += 1ms;
  ASSERT_THAT(queue(message(12)), Succeeds());
  int left = 0;
  for (std::int64_t id = 1; id <= 7; ++id) left += load(id) ? 1 : 0;
  EXPECT_EQ(left, 3);
  ASSERT_THAT(queue(message(13)), Succeeds());
  for (std::int64_t id = 1; id <= 7; ++id) EXPECT_EQ(load(id).has_value(), id == 4) << id;
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(MessageContract, NoticesComeWithTheFactorTheyTellOf) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  Factor factor = alice->factors[0].fixed;
  const auto added = world_.run(
      world_.store->enrol(alice, factor, Position::none, world_.entry(Event::factor_enrolled),
                          {.notices = {message(1, alice->fixed.id), message(2, alice->fixed.id)}}));
  ASSERT_THAT(added, Succeeds());
  EXPECT_THAT(listed(), ElementsAre(1, 2));
  // From the same state nothing happens, and nobody is told.
  const auto again = world_.run(world_.store->enrol(alice, factor, Position::none,
                                                    world_.entry(Event::factor_enrolled),
                                                    {.notices = {message(3, alice->fixed.id)}}));
  EXPECT_THAT(again, FailsWith(ErrorCode::conflict));
  EXPECT_THAT(listed(), ElementsAre(1, 2));
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(MessageContract, NoticesComeWithAFactorsChange) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  Factor revoked = alice->factors[0].fixed;
  revoked.state = FactorState::revoked;
  const auto change = [&](std::int64_t id) {
    return world_.run(world_.store->change(alice, revoked, world_.entry(Event::factor_revoked),
                                           {.notices = {message(id, alice->fixed.id)}}));
  };
  ASSERT_THAT(change(1), Succeeds());
  EXPECT_THAT(change(2), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(listed(), ElementsAre(1));
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(MessageContract, NoticesComeWithAnAssignedToken) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  Token token{.kind = FactorKind::totp, .serial = "4711", .sealed = Bytes(40, std::byte{1})};
  ASSERT_THAT(
      world_.run(world_.store->add(std::vector{token}, world_.entry(Event::token_imported))),
      Succeeds());
  const TokenRecord row = *world_.run(world_.store->token(TokenId{1}));
  Factor factor = alice->factors[0].fixed;
  factor.serial = "4711";
  const auto assign = [&](std::int64_t id) {
    return world_.run(world_.store->assign(row, alice, factor, Motion{},
                                           world_.entry(Event::token_assigned),
                                           {.notices = {message(id, alice->fixed.id)}}));
  };
  ASSERT_THAT(assign(1), Succeeds());
  EXPECT_THAT(assign(2), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(listed(), ElementsAre(1));
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(MessageContract, AnAttemptLeavesItsNoticesOrNothing) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  const auto with_notice = [&](std::int64_t id) {
    Attempt attempt = world_.accepted(*alice, 57);
    attempt.aftermath = std::make_unique<Aftermath>();
    attempt.aftermath->notices.push_back(message(id, alice->fixed.id));
    attempt.aftermath->familiar = print(1);
    return attempt;
  };
  ASSERT_THAT(world_.commit(alice, with_notice(1)), Succeeds());
  EXPECT_THAT(world_.commit(alice, with_notice(2)), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(listed(), ElementsAre(1));
  EXPECT_TRUE(is_familiar(alice->fixed.id, print(1)));
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(MessageContract, AnAnsweredOneSaysSoWhateverStateItIsIn) {
  SubjectPtr alice = world_.person_with_factor("alice");
  ASSERT_THAT(queue(message(1)), Succeeds());
  ASSERT_THAT(queue(message(2)), Succeeds());
  ASSERT_THAT(settle(*load(2), MessageState::sent), Succeeds());
  for (const std::int64_t id : {1, 2, 3}) {
    alice = world_.load("alice");
    Attempt attempt = world_.accepted(*alice, id);
    attempt.aftermath = std::make_unique<Aftermath>();
    attempt.aftermath->answered = MessageId{id};  // the third one is gone
    ASSERT_THAT(world_.commit(alice, attempt), Succeeds());
  }
  EXPECT_TRUE(load(1)->answered);
  EXPECT_EQ(load(1)->state, MessageState::queued);
  EXPECT_EQ(load(1)->sealed, message(1).sealed);
  EXPECT_TRUE(load(2)->answered);
  ASSERT_THAT(settle(message(1), MessageState::sent), Succeeds());
  EXPECT_TRUE(load(1)->answered);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(MessageContract, APlaceIsFamiliarToWhomeverWasAcceptedFromThere) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  const SubjectId bob = world_.add_subject("bob");
  ASSERT_THAT(accept_from(print(1)), Succeeds());
  world_.open();
  EXPECT_TRUE(is_familiar(alice->fixed.id, print(1)));
  EXPECT_FALSE(is_familiar(alice->fixed.id, print(2)));
  EXPECT_FALSE(is_familiar(bob, print(1)));
}

TEST_P(MessageContract, APlaceIsFamiliarForAMonth) {
  const SubjectId alice = world_.person_with_factor("alice")->fixed.id;
  ASSERT_THAT(accept_from(print(1)), Succeeds());
  world_.clock.time += kSourcesKept;
  EXPECT_TRUE(is_familiar(alice, print(1)));
  world_.clock.time += 1ms;
  EXPECT_FALSE(is_familiar(alice, print(1)));
  ASSERT_THAT(accept_from(print(1)), Succeeds());
  EXPECT_TRUE(is_familiar(alice, print(1)));
}

TEST_P(MessageContract, NobodyIsFamiliarFromAnUnknownPlace) {
  const SubjectId alice = world_.person_with_factor("alice")->fixed.id;
  ASSERT_THAT(accept_from(SourcePrint{}), Succeeds());
  EXPECT_FALSE(is_familiar(alice, SourcePrint{}));
}

TEST_P(MessageContract, OnlyThePlacesOfLateAreRemembered) {
  const SubjectId alice = world_.person_with_factor("alice")->fixed.id;
  constexpr int kMany = static_cast<int>(Store::kSourcesMax) + 3;
  for (int place = 1; place <= kMany; ++place) {
    ASSERT_THAT(accept_from(print(place)), Succeeds());
    world_.clock.time += 1s;
    ASSERT_THAT(accept_from(print(1)), Succeeds());
    world_.clock.time += 1s;
  }
  // As the cache has it, and as it is found on the disk.
  for (const bool cached : {true, false}) {
    if (!cached) world_.open();
    EXPECT_TRUE(is_familiar(alice, print(1)));
    for (int place = 2; place <= kMany; ++place) {
      EXPECT_EQ(is_familiar(alice, print(place)), place > 4) << place << " cached: " << cached;
    }
  }
  EXPECT_THAT(world_.problems(), IsEmpty());
}

// A clock that was set back does not make the newest place the oldest.
TEST_P(MessageContract, ThePlaceJustAcceptedFromIsRememberedWhateverTheClockSays) {
  const SubjectId alice = world_.person_with_factor("alice")->fixed.id;
  for (int place = 1; place <= static_cast<int>(Store::kSourcesMax); ++place) {
    ASSERT_THAT(accept_from(print(place)), Succeeds());
  }
  world_.clock.time -= 1h;
  ASSERT_THAT(accept_from(print(99)), Succeeds());
  EXPECT_TRUE(is_familiar(alice, print(99)));
  const auto places = world_.load("alice")->sources;
  world_.open();
  EXPECT_EQ(places.size(), Store::kSourcesMax);
  for (const FamiliarSource& place : places) EXPECT_TRUE(is_familiar(alice, place.print));
}

INSTANTIATE_TEST_SUITE_P(Sqlite, MessageContract, testing::Values(MakeBackend{[] {
                           return std::make_unique<SqliteBackend>();
                         }}));

}  // namespace
}  // namespace countersign::test
