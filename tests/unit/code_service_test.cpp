// SPDX-License-Identifier: Apache-2.0
// Codes by SMS and e-mail from the wish to the answer, one promise a test.
#include "tests/unit/code_support.hpp"

#include <gmock/gmock.h>

namespace countersign {
namespace {

using namespace std::chrono_literals;

TEST_F(Codes, GoFromTheWishToTheAnswer) {
  const ChallengeReport challenge = start();
  EXPECT_EQ(challenge.delivery->outcome, DeliveryOutcome::accepted_for_delivery);
  EXPECT_EQ(challenge.delivery->masked_destination, "+358 ••••••12");
  EXPECT_EQ(challenge.delivery->retry_after, 30s);
  EXPECT_EQ(challenge.factor, World::kPhone);
  EXPECT_EQ(challenge.digits, 6);
  EXPECT_EQ(challenge.lifetime, 300s);
  EXPECT_TRUE(challenge.value.empty());

  const auto messages = world.take();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].destination.text, World::kNumber);
  EXPECT_EQ(as_text(messages[0].code.expose()), world.last_code);
  EXPECT_EQ(messages[0].kind, MessageKind::sign_in);
  EXPECT_TRUE(world.take().empty());  // it is leased
  ASSERT_TRUE(world.report(messages[0].id, MessageOutcome::sent));
  EXPECT_EQ(world.outbox.begin()->second.state, MessageState::sent);
  EXPECT_TRUE(world.outbox.begin()->second.sealed.empty());

  const Verdict verdict = answer(challenge.id, world.last_code);
  EXPECT_TRUE(verdict.accepted);
  EXPECT_EQ(verdict.factor, World::kPhone);
  EXPECT_EQ(verdict.kind, FactorKind::sms);
  EXPECT_TRUE(world.outbox.begin()->second.answered);
  EXPECT_EQ(world.alice().sources.size(), 1U);
}

TEST_F(Codes, AreAcceptedOnce) {
  const ChallengeReport challenge = start();
  ASSERT_TRUE(answer(challenge.id, world.last_code).accepted);
  EXPECT_EQ(answer(challenge.id, world.last_code).reason, Reason::replayed);
}

TEST_F(Codes, OfManyAnswersAtOnceExactlyOneIsAccepted) {
  world.rules.throttle.failures_free = 100;
  const ChallengeReport challenge = start();
  std::vector<awaitable<Result<Verdict>>> tasks;
  for (int i = 0; i < 64; ++i) {
    tasks.push_back(world.answer_later(World::code_answer(challenge.id, world.last_code)));
  }
  int accepted = 0;
  for (const auto& verdict : test::run_all(std::move(tasks))) accepted += given(verdict).accepted;
  EXPECT_EQ(accepted, 1);
}

TEST_F(Codes, OfAThousandWrongAnswersAtOnceFiveAreEvaluated) {
  world.rules.throttle.failures_free = 100;
  const ChallengeReport challenge = start();
  std::vector<awaitable<Result<Verdict>>> tasks;
  for (int i = 0; i < 1000; ++i) {
    tasks.push_back(world.answer_later(World::code_answer(challenge.id, wrong_code())));
  }
  int evaluated = 0;
  for (const auto& verdict : test::run_all(std::move(tasks))) {
    evaluated += given(verdict).reason == Reason::wrong_code;
  }
  EXPECT_EQ(evaluated, 5);
  EXPECT_EQ(world.alice().budget.failures, 5U);
  EXPECT_EQ(answer(challenge.id, world.last_code).reason, Reason::expired);
}

TEST_F(Codes, ANewOneGivesNoMoreThanTheFactorsOwnFailures) {
  world.rules.throttle.failures_free = 100;
  world.rules.messages.per_subject_per_day = 1000;
  world.rules.messages.per_destination_per_day = 1000;
  world.rules.messages.unfamiliar_per_day = 1000;
  world.rules.messages.per_source_per_hour = 1000;
  int evaluated = 0;
  for (int sent = 0; sent < 30; ++sent) {
    const ChallengeReport challenge = start();
    ASSERT_EQ(challenge.delivery->outcome, DeliveryOutcome::accepted_for_delivery);
    for (int i = 0; i < 6; ++i) {
      evaluated += answer(challenge.id, wrong_code()).reason == Reason::wrong_code;
    }
    world.clock.time += 15min;
  }
  EXPECT_EQ(evaluated, 75);
}

TEST_F(Codes, ANewOneTakesThePlaceOfTheOneBefore) {
  const ChallengeReport first = start();
  const std::string first_code = world.last_code;
  ASSERT_EQ(answer(first.id, wrong_code()).reason, Reason::wrong_code);
  world.clock.time += 30s;
  const ChallengeReport second = start();
  EXPECT_EQ(world.outbox.at(world.message_of(first.id)).state, MessageState::superseded);
  EXPECT_EQ(answer(first.id, first_code).reason, Reason::expired);
  EXPECT_EQ(world.alice().budget.failures, 1U);
  const auto messages = world.take();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].id, world.message_of(second.id));
  EXPECT_TRUE(answer(second.id, world.last_code).accepted);
}

TEST_F(Codes, OfTwoWishesAtOnceOneIsTooSoon) {
  const StartChallenge wish = World::code_wish();
  std::vector<awaitable<Result<ChallengeReport>>> tasks;
  for (int i = 0; i < 8; ++i) tasks.push_back(world.start_later(wish));
  int accepted = 0;
  for (const auto& report : test::run_all(std::move(tasks))) {
    ASSERT_TRUE(report);
    accepted += report->delivery->outcome == DeliveryOutcome::accepted_for_delivery;
    const bool nothing = report->delivery->outcome == DeliveryOutcome::too_soon;
    EXPECT_EQ(nothing, number(report->id) == 0);
  }
  EXPECT_EQ(accepted, 1);
  EXPECT_EQ(world.outbox.size(), 1U);
}

TEST_F(Codes, AreGoodForWhatTheyWereAskedForAndNothingElse) {
  StartChallenge wish = World::code_wish();
  wish.purpose = Purpose::reset;
  const ChallengeReport reset = start(wish, kProvision);
  const std::string code = world.last_code;
  EXPECT_THAT(answer_for(Purpose::unlock, reset.id, code, "", kProvision),
              FailsWith(ErrorCode::denied));
  EXPECT_THAT(answer_for(Purpose::reset, reset.id, code), FailsWith(ErrorCode::denied));
  EXPECT_THAT(world.answer(World::code_answer(reset.id, code)), FailsWith(ErrorCode::denied));
  EXPECT_TRUE(given(answer_for(Purpose::reset, reset.id, code, "", kProvision)).accepted);
}

TEST_F(Codes, OfATransactionAreGoodForItsWordsAlone) {
  StartChallenge wish = World::code_wish();
  wish.purpose = Purpose::transaction;
  wish.transaction = "EUR 1,250.00 to Example Oy";
  const ChallengeReport challenge = start(wish);
  const auto messages = world.take();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_THAT(messages[0].values,
              testing::Contains(testing::Field(&MessageValue::value, wish.transaction)));
  const std::string code = world.last_code;
  const auto other = answer_for(Purpose::transaction, challenge.id, code, "EUR 9,250.00 to me");
  EXPECT_EQ(given(other).reason, Reason::wrong_code);
  EXPECT_EQ(given(answer_for(Purpose::transaction, challenge.id, code)).reason, Reason::wrong_code);
  EXPECT_THAT(world.answer(World::code_answer(challenge.id, code)), FailsWith(ErrorCode::denied));
  EXPECT_TRUE(
      given(answer_for(Purpose::transaction, challenge.id, code, wish.transaction)).accepted);
}

TEST_F(Codes, OfSomebodyElseThanIsNamedExpire) {
  const ChallengeReport challenge = start();
  const int matches = world.matches;
  EXPECT_EQ(answer_of("mallory", challenge.id, world.last_code).reason, Reason::expired);
  EXPECT_EQ(world.matches, matches + 1);  // it takes the whole way
  EXPECT_EQ(world.alice().budget.failures, 0U);
  EXPECT_TRUE(answer_of("alice", challenge.id, world.last_code).accepted);
}

TEST_F(Codes, ComeTooLateWhenTheLifetimeIsOver) {
  const ChallengeReport challenge = start();
  world.clock.time += 300s;
  EXPECT_EQ(answer(challenge.id, world.last_code).reason, Reason::expired);
  EXPECT_TRUE(world.take().empty());  // and are not sent any more
  EXPECT_EQ(world.outbox.begin()->second.state, MessageState::queued);
  world.sweep();
  EXPECT_EQ(world.outbox.begin()->second.state, MessageState::too_late);
}

// Their lifetime would begin anew.
TEST_F(Codes, AreOverWhenTheClockStepsBackBehindThem) {
  const ChallengeReport challenge = start();
  const MessageId message = world.message_of(challenge.id);
  ASSERT_EQ(world.take().size(), 1U);
  ASSERT_TRUE(world.report(message, MessageOutcome::deferred));
  world.clock.time -= 1h;
  EXPECT_EQ(answer(challenge.id, world.last_code).reason, Reason::expired);
  EXPECT_TRUE(world.take().empty());
  world.clock.time += 2s;
  EXPECT_TRUE(world.take().empty());
  EXPECT_EQ(world.outbox.at(message).state, MessageState::too_late);
}

TEST_F(Codes, AreGoodWhileTheClockIsCorrected) {
  const ChallengeReport challenge = start();
  world.clock.time -= 9s;
  EXPECT_TRUE(answer(challenge.id, world.last_code).accepted);
}

TEST_F(Codes, ConfirmAPendingDestinationAndTellTheOldOne) {
  world.add_destination(World::kMailbox, FactorKind::email);
  constexpr FactorId kNew{23};
  world.add_destination(kNew, FactorKind::sms, FactorState::pending);
  StartChallenge wish = World::code_wish();
  wish.factor = kNew;
  EXPECT_EQ(start(wish).factor, FactorId{});  // signs nobody in
  const ChallengeReport challenge = start(wish, kProvision);
  ASSERT_EQ(challenge.factor, kNew);
  EXPECT_EQ(challenge.purpose, Purpose::confirmation);
  EXPECT_TRUE(answer(challenge.id, world.last_code, kProvision).accepted);
  EXPECT_EQ(world.factor(kNew).fixed.state, FactorState::active);
  const auto messages = world.take();
  ASSERT_EQ(messages.size(), 2U);  // the code, and behind it the notice
  EXPECT_EQ(messages[1].kind, MessageKind::factor_added);
  EXPECT_EQ(messages[1].destination.text, World::kAddress);
  EXPECT_EQ(messages[1].code.size(), 0U);
  EXPECT_EQ(messages[1].expires_at, world.clock.time + 24h);
}

TEST_F(Codes, ARemovedDestinationIsToldToo) {
  world.add_destination(World::kMailbox, FactorKind::email);
  ASSERT_TRUE(test::run(world.factors.revoke(kProvision, {World::kPhone})));
  std::vector<std::string> told;
  for (const auto& message : world.take()) {
    EXPECT_EQ(message.kind, MessageKind::factor_removed);
    told.push_back(message.destination.text);
  }
  EXPECT_THAT(told, testing::UnorderedElementsAre(World::kNumber, World::kAddress));
}

// Whoever did it: a new name hides what it is, and what is suspended is nobody's way in.
TEST_F(Codes, OfEveryOtherChangeOfAFactorItsOwnerIsTold) {
  world.add_destination(World::kMailbox, FactorKind::email);
  const auto told = [this] {
    std::vector<std::string> all;
    for (const auto& message : world.take()) {
      EXPECT_EQ(message.kind, MessageKind::factor_changed);
      all.push_back(message.destination.text);
    }
    return all;
  };
  const auto its_owner = testing::ElementsAre(World::kAddress);
  ASSERT_TRUE(test::run(world.factors.rename(kProvision, {World::kTotp, *Label::from("mine")})));
  EXPECT_THAT(told(), its_owner);
  ASSERT_TRUE(test::run(world.factors.suspend(kAdmin, {World::kTotp})));
  EXPECT_THAT(told(), its_owner);
  ASSERT_TRUE(test::run(world.factors.resume(kAdmin, {World::kTotp})));
  EXPECT_THAT(told(), its_owner);
  world.add(World::kHotp, FactorKind::hotp, FactorState::pending);
  ASSERT_TRUE(test::run(world.factors.rename(kProvision, {World::kHotp, *Label::from("new")})));
  EXPECT_THAT(told(), testing::IsEmpty());  // it is nobody's yet
}

TEST_F(Codes, ProveAnAddressAndMoveNoFactor) {
  StartChallenge wish = World::code_wish();
  wish.purpose = Purpose::address;
  wish.kind = FactorKind::email;
  wish.destination = Destination{FactorKind::email, "bob@example.org"};
  const ChallengeReport challenge = start(wish, kProvision);
  EXPECT_EQ(challenge.factor, FactorId{});
  EXPECT_EQ(challenge.delivery->masked_destination, "b•••@example.org");
  const auto answered = [&](std::string_view code) {
    return given(answer_for(Purpose::address, challenge.id, code, "", kProvision));
  };
  EXPECT_EQ(answered(wrong_code()).reason, Reason::wrong_code);
  EXPECT_EQ(world.alice().budget.failures, 1U);
  EXPECT_TRUE(answered(world.last_code).accepted);
  EXPECT_EQ(world.alice().budget.failures, 1U);  // nobody proved who they are
  EXPECT_EQ(world.factor(World::kPhone).motion.position, Position::none);
  EXPECT_TRUE(world.alice().sources.empty());
  EXPECT_EQ(answered(world.last_code).reason, Reason::replayed);
}

TEST_F(Codes, AreNeverAcceptedWhenAnyStepFails) {
  for (int fail_call = 1;; ++fail_call) {
    SCOPED_TRACE(testing::Message() << "call " << fail_call << " fails");
    World other;
    other.welcome_courier();
    other.add_destination(World::kPhone, FactorKind::sms, FactorState::pending);
    other.add_destination(World::kMailbox, FactorKind::email);
    StartChallenge wish = World::code_wish();
    wish.factor = World::kPhone;
    const auto challenge = other.start(wish, kProvision);
    ASSERT_TRUE(challenge);
    other.calls = 0;
    other.fail_call = fail_call;
    const auto verdict =
        other.answer(World::code_answer(challenge->id, other.last_code), kProvision);
    if (other.calls < fail_call) {
      ASSERT_TRUE(verdict && verdict->accepted);
      EXPECT_EQ(other.outbox.size(), 2U);  // the notice is there as well
      return;
    }
    EXPECT_THAT(verdict, FailsWith(ErrorCode::unavailable));
    EXPECT_TRUE(other.challenges.at(challenge->id).is_open());
    EXPECT_EQ(other.factor(World::kPhone).fixed.state, FactorState::pending);
    EXPECT_EQ(other.outbox.size(), 1U);
  }
}

}  // namespace
}  // namespace countersign
