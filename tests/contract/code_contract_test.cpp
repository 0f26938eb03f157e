// SPDX-License-Identifier: Apache-2.0
// What every Store promises about challenges that come with a message, and about all challenges
// that were answered before.
#include "tests/contract/message_world.hpp"

namespace countersign::test {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

constexpr std::size_t kOpenMax = 5;

class CodeContract : public MessageWorld {
 protected:
  [[nodiscard]] Challenge challenge(std::int64_t id, FactorId factor = FactorId{1}) const {
    return {.id = ChallengeId{id},
            .subject = SubjectId{1},
            .factor = factor,
            .kind = FactorKind::sms,
            .purpose = Purpose::sign_in,
            .value = Bytes(32, std::byte{7}),
            .created_at = world_.clock.time,
            .expires_at = world_.clock.time + 5min};
  }
  // Keeps a code, whose message has the challenge's number and a hundred.
  Status keep(Challenge challenge, std::size_t open_max = kOpenMax) {
    Message with = message(100 + number(challenge.id), challenge.subject, challenge.factor);
    return keep(std::move(challenge), std::move(with), open_max);
  }
  Status keep(Challenge challenge, Message with, std::size_t open_max = kOpenMax) {
    with.challenge = challenge.id;
    auto message = std::make_unique<Message>(std::move(with));
    return world_.run(world_.store->keep(std::move(challenge), open_max, std::move(message),
                                         world_.entry(Event::message_queued)));
  }
  Status keep_without(Challenge challenge) {
    return world_.run(world_.store->keep(std::move(challenge), kOpenMax, nullptr, {}));
  }
  bool is_there(std::int64_t id) {
    return *world_.run(world_.store->challenge(ChallengeId{id})) != nullptr;
  }
  MessageState state_of_message_of(std::int64_t challenge) { return load(100 + challenge)->state; }
};

TEST_P(CodeContract, TheCodeAndItsMessageComeTogetherOrNotAtAll) {
  ASSERT_THAT(keep(challenge(1)), Succeeds());
  world_.open();
  EXPECT_TRUE(is_there(1));
  EXPECT_EQ((*world_.run(world_.store->challenge(ChallengeId{1})))->kind, FactorKind::sms);
  EXPECT_EQ(load(101)->challenge, ChallengeId{1});
  EXPECT_EQ(load(101)->state, MessageState::queued);
  // The message's number is taken: the challenge, with a number of its own, is not kept either, and
  // the one before stays.
  EXPECT_THAT(keep(challenge(2), message(101)), FailsWith(ErrorCode::already_exists));
  EXPECT_FALSE(is_there(2));
  EXPECT_TRUE(is_there(1));
  EXPECT_EQ(state_of_message_of(1), MessageState::queued);
  EXPECT_THAT(keep(challenge(1), message(102)), FailsWith(ErrorCode::already_exists));
  EXPECT_FALSE(load(102));
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(CodeContract, LeavesTheMessagesRecordAndNoOther) {
  const std::uint64_t before = world_.journal_records();
  ASSERT_THAT(keep(challenge(1)), Succeeds());
  EXPECT_EQ(world_.journal_records(), before + 1);
  ASSERT_THAT(keep(challenge(2, FactorId{}), nobodys(102)), Succeeds());
  EXPECT_EQ(world_.journal_records(), before + 1);
}

TEST_P(CodeContract, ANewerOneTakesThePlaceOfTheOlder) {
  ASSERT_THAT(keep(challenge(1)), Succeeds());
  ASSERT_THAT(keep(challenge(2)), Succeeds());
  EXPECT_FALSE(is_there(1));
  EXPECT_TRUE(is_there(2));
  EXPECT_EQ(state_of_message_of(1), MessageState::superseded);
  EXPECT_THAT(load(101)->sealed, IsEmpty());
  EXPECT_EQ(state_of_message_of(2), MessageState::queued);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(CodeContract, ASentMessageOfAnOlderOneStaysSent) {
  ASSERT_THAT(keep(challenge(1)), Succeeds());
  ASSERT_THAT(settle(*load(101), MessageState::sent), Succeeds());
  ASSERT_THAT(keep(challenge(2)), Succeeds());
  EXPECT_FALSE(is_there(1));
  EXPECT_EQ(state_of_message_of(1), MessageState::sent);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(CodeContract, CodesForAnythingElseStay) {
  ASSERT_THAT(keep(challenge(1, FactorId{2})), Succeeds());
  Challenge other = challenge(2);
  other.purpose = Purpose::transaction;
  ASSERT_THAT(keep(other), Succeeds());
  other = challenge(3);
  other.kind = FactorKind::email;
  ASSERT_THAT(keep(other), Succeeds());
  other = challenge(4);
  other.subject = SubjectId{2};
  ASSERT_THAT(keep(other), Succeeds());
  ASSERT_THAT(keep(challenge(5)), Succeeds());
  for (std::int64_t id = 1; id <= 5; ++id) {
    EXPECT_TRUE(is_there(id)) << id;
    EXPECT_EQ(state_of_message_of(id), MessageState::queued) << id;
  }
}

// Those cost whoever asks for them nothing.
TEST_P(CodeContract, StayHoweverManyQuestionsToAKeyAreStarted) {
  ASSERT_THAT(keep(challenge(1)), Succeeds());
  Challenge question = challenge(2, FactorId{2});
  question.kind = FactorKind::chalresp;
  question.expires_at += 1min;
  for (std::int64_t id = 2; id < 2 + 2 * std::int64_t{kOpenMax}; ++id) {
    question.id = ChallengeId{id};
    ASSERT_THAT(keep_without(question), Succeeds());
  }
  EXPECT_TRUE(is_there(1));
  EXPECT_EQ(state_of_message_of(1), MessageState::queued);
  int questions = 0;
  for (std::int64_t id = 2; id < 2 + 2 * std::int64_t{kOpenMax}; ++id) questions += is_there(id);
  EXPECT_EQ(questions, static_cast<int>(kOpenMax));
}

TEST_P(CodeContract, OnesThatAreGivenUpForTooManyTakeTheirMessagesAlong) {
  for (std::int64_t id = 1; id <= 4; ++id) {
    ASSERT_THAT(keep(challenge(id, FactorId{id}), 3), Succeeds());
    world_.clock.time += 1s;
  }
  EXPECT_FALSE(is_there(1));
  EXPECT_EQ(state_of_message_of(1), MessageState::superseded);
  for (std::int64_t id = 2; id <= 4; ++id) {
    EXPECT_EQ(state_of_message_of(id), MessageState::queued) << id;
  }
}

TEST_P(CodeContract, WithoutAMessageNothingIsReplaced) {
  for (const std::int64_t id : {1, 2}) {
    Challenge of_a_slot = challenge(id);
    of_a_slot.kind = FactorKind::chalresp;
    ASSERT_THAT(keep_without(of_a_slot), Succeeds());
  }
  EXPECT_TRUE(is_there(1));
  EXPECT_TRUE(is_there(2));
}

// One that was used stays for whoever did not hear the answer.
TEST_P(CodeContract, AUsedOneIsNotReplaced) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  ASSERT_THAT(keep(challenge(1)), Succeeds());
  Attempt used = world_.accepted(*alice, 0);
  used.challenge = std::make_unique<ChallengeMove>(ChallengeMove{challenge(1), 0});
  used.challenge->row.position = Position{0};
  ASSERT_THAT(world_.commit(alice, used), Succeeds());
  ASSERT_THAT(keep(challenge(2)), Succeeds());
  EXPECT_TRUE(is_there(1));
  EXPECT_TRUE(is_there(2));
  EXPECT_THAT(world_.problems(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Sqlite, CodeContract, testing::Values(MakeBackend{[] {
                           return std::make_unique<SqliteBackend>();
                         }}));

}  // namespace
}  // namespace countersign::test
