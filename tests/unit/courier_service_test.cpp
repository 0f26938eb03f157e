// SPDX-License-Identifier: Apache-2.0
// The promises of the outbox to the courier, and to those who are told something, one a test.
#include "tests/support/matchers.hpp"
#include "tests/support/world.hpp"

#include <gmock/gmock.h>

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::FailsWith;
using test::World;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr Peer kProvision{.uid = 1000, .gid = 1000, .role = Role::provision};

class Courier : public testing::Test {
 protected:
  Courier() {
    world.welcome_courier();
    world.add_destination(World::kPhone, FactorKind::sms);
  }
  // A code that was asked for, and is queued.
  MessageId send() {
    const auto report = world.start(World::code_wish());
    EXPECT_TRUE(report);
    return report ? world.message_of(report->id) : MessageId{};
  }
  std::vector<MessageId> taken() {
    std::vector<MessageId> ids;
    for (const OutboundMessage& message : world.take()) ids.push_back(message.id);
    return ids;
  }
  // What was told to whom since the last time.
  std::vector<std::string> told() {
    std::vector<std::string> destinations;
    for (const OutboundMessage& message : world.take()) {
      destinations.push_back(message.destination.text);
    }
    return destinations;
  }
  MessageState state(MessageId id) { return world.outbox.at(id).state; }
  TakeMessages question(std::chrono::seconds wait) {
    TakeMessages ask;
    ask.wait = wait;
    ask.providers = world.memory.presence.providers();
    return ask;
  }

  World world;
};

TEST_F(Courier, GetsWhatItTookAgainWhenTheLeaseIsOver) {
  const MessageId id = send();
  const std::string code = world.last_code;
  ASSERT_THAT(taken(), ElementsAre(id));
  world.clock.time += 59s;
  EXPECT_THAT(taken(), IsEmpty());
  world.clock.time += 1s;
  const auto again = world.take();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(as_text(again[0].code.expose()), code);
}

TEST_F(Courier, GetsWhatItDeferredLater) {
  const MessageId id = send();
  for (const auto pause : {2s, 4s, 8s}) {
    ASSERT_THAT(taken(), ElementsAre(id));
    ASSERT_TRUE(world.report(id, MessageOutcome::deferred));
    EXPECT_THAT(taken(), IsEmpty());
    world.clock.time += pause;
  }
  EXPECT_THAT(taken(), ElementsAre(id));
  EXPECT_EQ(state(id), MessageState::queued);
}

TEST_F(Courier, SaysWhatBecameOfAMessageAndTheJournalToo) {
  const MessageId id = send();
  ASSERT_THAT(taken(), ElementsAre(id));
  ASSERT_TRUE(world.report(id, MessageOutcome::sent));
  ASSERT_TRUE(world.report(id, MessageOutcome::sent));  // told twice
  ASSERT_TRUE(world.report(id, MessageOutcome::delivered));
  ASSERT_TRUE(world.report(id, MessageOutcome::undeliverable));  // after its end
  EXPECT_EQ(state(id), MessageState::delivered);
  std::vector<Event> events;
  for (const JournalEntry& entry : world.entries) events.push_back(entry.event);
  EXPECT_THAT(events,
              ElementsAre(Event::message_queued, Event::message_sent, Event::message_delivered));
  EXPECT_EQ(world.entries.back().count, static_cast<std::uint64_t>(number(id)));
}

TEST_F(Courier, IsNotBelievedAboutMessagesThatAreNotThere) {
  EXPECT_TRUE(world.report(MessageId{4711}, MessageOutcome::sent));
  EXPECT_TRUE(world.report(MessageId{4711}, MessageOutcome::deferred));
  EXPECT_THAT(world.entries, IsEmpty());
}

TEST_F(Courier, NeverGetsWhatWasChangedInTheStore) {
  const MessageId first = send();
  world.outbox.at(first).sealed.back() ^= std::byte{1};  // not the letter any more
  world.outbox.at(first).sealed.push_back(std::byte{0});
  EXPECT_THAT(taken(), IsEmpty());
  EXPECT_EQ(state(first), MessageState::undeliverable);
}

TEST_F(Courier, NeverGetsAnothersMessage) {
  world.add_destination(World::kMailbox, FactorKind::email);
  const MessageId by_sms = send();
  StartChallenge wish = World::code_wish();
  wish.kind = FactorKind::email;
  const auto other = world.start(wish);
  ASSERT_TRUE(other);
  const MessageId by_mail = world.message_of(other->id);
  world.outbox.at(by_sms).sealed = world.outbox.at(by_mail).sealed;
  EXPECT_THAT(taken(), ElementsAre(by_mail));
  EXPECT_EQ(state(by_sms), MessageState::undeliverable);
}

TEST_F(Courier, GetsTheOthersWhenARowWasChangedInTheStore) {
  world.add_destination(World::kMailbox, FactorKind::email);
  const MessageId by_sms = send();
  StartChallenge wish = World::code_wish();
  wish.kind = FactorKind::email;
  const auto other = world.start(wish);
  ASSERT_TRUE(other);
  world.tampered = by_sms;
  EXPECT_THAT(taken(), ElementsAre(world.message_of(other->id)));
  EXPECT_TRUE(world.report(by_sms, MessageOutcome::sent));
  world.tampered.reset();
  world.clock.time += 61s;
  EXPECT_THAT(taken(), ElementsAre(world.message_of(other->id)));  // it is in nobody's way any more
}

// Breaks the world at each call in turn: nothing that could not be handed out is lost.
TEST_F(Courier, GetsEverythingAfterAFailure) {
  const MessageId id = send();
  for (int fail_call = 1;; ++fail_call) {
    world.calls = 0;
    world.fail_call = fail_call;
    const auto ids = taken();
    if (world.calls < fail_call) {
      EXPECT_THAT(ids, ElementsAre(id));
      break;
    }
    EXPECT_THAT(ids, IsEmpty());
    EXPECT_EQ(state(id), MessageState::queued);
    world.clock.time += 10s;
  }
}

TEST_F(Courier, GetsNothingForAChannelThatIsDown) {
  send();
  TakeMessages ask = question(0s);
  ask.providers[0].state = ProviderState::down;
  const auto answer = test::run(world.couriers.take(std::move(ask)));
  ASSERT_TRUE(answer);
  EXPECT_THAT(std::get<MessageBatch>(*answer).messages, IsEmpty());
}

TEST_F(Courier, ThatAsksAgainEndsTheQuestionBefore) {
  const auto begun = std::chrono::steady_clock::now();
  std::vector<awaitable<Result<Answer>>> tasks;
  tasks.push_back(world.couriers.take(question(20s)));
  tasks.push_back(world.couriers.take(question(0s)));
  for (const auto& answer : test::run_all(std::move(tasks))) EXPECT_TRUE(answer);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
}

TEST_F(Courier, ThatWaitsGetsTheNewsAtOnce) {
  const StartChallenge wish = World::code_wish();
  const auto start = [this, &wish]() -> awaitable<Result<Answer>> {
    const auto report = co_await world.start_later(wish);
    EXPECT_TRUE(report);
    co_return Answer{MessagesReported{}};
  };
  const auto begun = std::chrono::steady_clock::now();
  std::vector<awaitable<Result<Answer>>> tasks;
  tasks.push_back(world.couriers.take(question(20s)));
  tasks.push_back(start());
  const auto answers = test::run_all(std::move(tasks));
  ASSERT_TRUE(answers[0]);
  EXPECT_EQ(std::get<MessageBatch>(*answers[0]).messages.size(), 1U);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
}

TEST_F(Courier, FindsEverythingAfterARestart) {
  const MessageId id = send();
  Outbox after{SecretBytes{outbox::Prints::kKeyBytes}};
  ASSERT_TRUE(test::run(after.fill(world, world, world.rules, world.clock.time)));
  EXPECT_TRUE(after.queue.holds(id));
  const outbox::Sending again{.channel = FactorKind::sms,
                              .kind = MessageKind::sign_in,
                              .subject = World::kAlice,
                              .factor = World::kPhone,
                              .prefix = "+358"};
  const auto refused = after.ledger.refusal_of(again, world.rules, world.clock.time + 29s);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->outcome, DeliveryOutcome::too_soon);
  EXPECT_EQ(refused->retry_after, 1s);
}

// A message whose row is gone is found out after the queue was asked, and what comes meanwhile
// rings for nobody.
TEST_F(Courier, ThatFoundNothingToTakeMissesNoNews) {
  ASSERT_TRUE(world.memory.queue.push({.id = MessageId{4711},
                                       .channel = FactorKind::sms,
                                       .due = world.clock.time,
                                       .expires_at = world.clock.time + 5min},
                                      10));
  const auto begun = std::chrono::steady_clock::now();
  const auto start = [this]() -> awaitable<Result<Answer>> {
    const StartChallenge wish = World::code_wish();
    CS_CO_TRY(ChallengeReport report, co_await world.start_later(wish));
    co_return Answer{std::move(report)};
  };
  std::vector<awaitable<Result<Answer>>> tasks;
  tasks.push_back(world.couriers.take(question(20s)));
  tasks.push_back(start());
  const auto answers = test::run_all(std::move(tasks));
  ASSERT_TRUE(answers[0]);
  EXPECT_EQ(std::get<MessageBatch>(*answers[0]).messages.size(), 1U);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
}

// ---- Notices ----

TEST_F(Courier, TellsPhonesOnlyOfWhoeverHasNoMailbox) {
  world.add_yubikey();
  ASSERT_TRUE(test::run(world.factors.revoke(kProvision, {World::kYubikey})));
  EXPECT_THAT(told(), ElementsAre(World::kNumber));
  world.add_destination(World::kMailbox, FactorKind::email);
  ASSERT_TRUE(test::run(world.factors.revoke(kProvision, {World::kTotp})));
  EXPECT_THAT(told(), ElementsAre(World::kAddress));
}

// Or whoever has somebody's session suspends their mailbox first, and nobody is told of the rest.
TEST_F(Courier, TellsASuspendedDestinationToo) {
  world.add_destination(World::kMailbox, FactorKind::email);
  ASSERT_TRUE(test::run(world.factors.suspend(kProvision, {World::kMailbox})));
  EXPECT_THAT(told(), ElementsAre(World::kAddress));
  ASSERT_TRUE(test::run(world.factors.suspend(kProvision, {World::kPhone})));
  EXPECT_THAT(told(), UnorderedElementsAre(World::kAddress, World::kNumber));
  ASSERT_TRUE(test::run(world.factors.revoke(kProvision, {World::kTotp})));
  EXPECT_THAT(told(), UnorderedElementsAre(World::kAddress, World::kNumber));
}

TEST_F(Courier, TellsNobodyOfWhatWasNeverConfirmed) {
  world.add_destination(World::kMailbox, FactorKind::email, FactorState::pending);
  ASSERT_TRUE(test::run(world.factors.revoke(kProvision, {World::kMailbox})));
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(Courier, TellsOfAKeyThatWasClaimed) {
  world.add_to_stock();
  ASSERT_TRUE(world.claim(World::otp({1, 1, 1})));
  const auto messages = world.take();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].kind, MessageKind::factor_added);
  ASSERT_EQ(messages[0].values.size(), 1U);
  EXPECT_EQ(messages[0].values[0].value, "YubiKey (key)");
}

TEST_F(Courier, SendsNoNoticeWhereThePolicySendsNothing) {
  world.rules.sms.prefixes = {{"+46", 500}};
  ASSERT_TRUE(test::run(world.factors.revoke(kProvision, {World::kTotp})));
  EXPECT_THAT(world.outbox, IsEmpty());
}

// Breaks the world at each call in turn: there is no change without its notice.
TEST_F(Courier, IsNeverLeftWithoutTheNoticeOfAChange) {
  for (int fail_call = 1;; ++fail_call) {
    SCOPED_TRACE(testing::Message() << "call " << fail_call << " fails");
    World other;
    other.welcome_courier();
    other.add_destination(World::kPhone, FactorKind::sms);
    other.calls = 0;
    other.fail_call = fail_call;
    const auto revoked = test::run(other.factors.revoke(kProvision, {World::kTotp}));
    const bool is_revoked = other.factor(World::kTotp).fixed.state == FactorState::revoked;
    EXPECT_EQ(other.outbox.size(), is_revoked ? 1U : 0U);
    if (other.calls < fail_call) {
      EXPECT_TRUE(revoked);
      EXPECT_TRUE(is_revoked);
      return;
    }
    EXPECT_FALSE(revoked);
  }
}

// ---- Destinations ----

EnrolOutOfBand enrolment(FactorKind channel, std::string destination) {
  return {{*Realm::from(""), *Username::from("alice")},
          channel,
          Destination{channel, std::move(destination)},
          *Label::from("mine")};
}

TEST_F(Courier, GoesWhereSomebodyEnrolledIsShownToGo) {
  const auto enrolled =
      test::run(world.factors.enrol(kProvision, enrolment(FactorKind::email, "alice@example.org")));
  ASSERT_TRUE(enrolled);
  const FactorReport& report = std::get<Enrolment>(*enrolled).factor;
  EXPECT_EQ(report.factor.state, FactorState::pending);
  EXPECT_EQ(report.masked_destination, "a•••@example.org");
  const ListFactors ask{{*Realm::from(""), *Username::from("alice")}};
  const auto listed = test::run(world.factors.list(kProvision, ask));
  ASSERT_TRUE(listed);
  std::vector<std::string> masked;
  for (const FactorReport& factor : std::get<FactorList>(*listed).factors) {
    masked.push_back(factor.masked_destination);
  }
  EXPECT_THAT(masked, ElementsAre("", "+358 ••••••12", "a•••@example.org"));
}

TEST_F(Courier, GoesToEachDestinationOfAPersonOnce) {
  const auto enrol = [this] {
    return test::run(world.factors.enrol(kProvision, enrolment(FactorKind::sms, "+358401234512")));
  };
  const auto again = enrol();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::already_exists);
  world.factor(World::kPhone).fixed.state = FactorState::revoked;
  EXPECT_TRUE(enrol());
}

}  // namespace
}  // namespace countersign
