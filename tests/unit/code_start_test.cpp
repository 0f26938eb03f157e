// SPDX-License-Identifier: Apache-2.0
// Codes that are not sent: nobody's, and those that may not be. One promise a test.
#include "daemon/service/message/code_service.hpp"
#include "tests/unit/code_support.hpp"

#include <gmock/gmock.h>

namespace countersign {
namespace {

using namespace std::chrono_literals;

// ---- Who waits for whom ----

class CodesInLanes : public Codes {
 protected:
  using Reports = std::vector<Result<ChallengeReport>>;

  awaitable<Result<ChallengeReport>> hold_alices_turn() {
    CS_CO_TRY(Turns::Turn turn, co_await world.parts().turns.take(World::kAlice));
    held_.emplace(std::move(turn));
    co_return ChallengeReport{};
  }
  awaitable<Result<ChallengeReport>> let_go() {
    held_.reset();
    co_return ChallengeReport{};
  }
  // What all of them are told who come, in this order, while somebody has Alice's turn.
  Reports start_all(const std::vector<StartChallenge>& wishes) {
    CodeService codes{world.parts()};
    std::vector<awaitable<Result<ChallengeReport>>> tasks;
    tasks.push_back(hold_alices_turn());
    for (const StartChallenge& wish : wishes) tasks.push_back(codes.start(World::kPeer, wish));
    tasks.push_back(let_go());
    Reports reports = test::run_all(std::move(tasks));
    return {std::make_move_iterator(reports.begin() + 1),
            std::make_move_iterator(reports.end() - 1)};
  }

 private:
  std::optional<Turns::Turn> held_;
};

TEST_F(CodesInLanes, AreStartedForWhoIsKnownHoweverManyStrangersAsk) {
  constexpr const char* kHome = "192.0.2.1";
  world.alice().sources = {{world.memory.prints.print(kHome, World::kPeer.uid), world.clock.time}};
  StartChallenge strangers = World::code_wish();
  strangers.client_address = "198.51.100.7";
  std::vector<StartChallenge> wishes(Turns::kWaitingMax + 1, strangers);
  wishes.push_back(World::code_wish());
  wishes.back().client_address = kHome;
  const Reports reports = start_all(wishes);
  EXPECT_FALSE(reports[Turns::kWaitingMax]);
  ASSERT_TRUE(reports.back());
  EXPECT_EQ(reports.back()->delivery->outcome, DeliveryOutcome::accepted_for_delivery);
}

// ---- Nobody's ----

TEST_F(Codes, OfNobodyAreStartedAndAnsweredLikeOthers) {
  const int before = world.calls;
  ASSERT_EQ(outcome(), DeliveryOutcome::accepted_for_delivery);
  const int calls = world.calls - before;
  const ChallengeReport nobodys = start(World::code_wish("mallory"));
  EXPECT_EQ(world.calls - before, 2 * calls);
  EXPECT_EQ(nobodys.delivery->outcome, DeliveryOutcome::accepted_for_delivery);
  EXPECT_EQ(nobodys.delivery->retry_after, 30s);
  EXPECT_EQ(nobodys.delivery->masked_destination, "");
  EXPECT_EQ(nobodys.factor, FactorId{});
  EXPECT_EQ(outcome(World::code_wish("mallory")), DeliveryOutcome::too_soon);
  EXPECT_EQ(world.outbox.at(world.message_of(nobodys.id)).state, MessageState::nobodys);
  EXPECT_TRUE(world.outbox.at(world.message_of(nobodys.id)).sealed.empty());
  EXPECT_GT(world.last_letter_bytes, 0U);  // the HSM sealed it all the same
  EXPECT_EQ(world.take().size(), 1U);      // Alice's alone
  EXPECT_EQ(answer(nobodys.id, world.last_code).reason, Reason::no_such_factor);
}

TEST_F(Codes, OfSomebodyWithoutSuchAFactorTakeTheSameWay) {
  StartChallenge wish = World::code_wish();
  wish.kind = FactorKind::email;
  const int before = world.calls;
  const ChallengeReport nobodys = start(wish);
  const int calls = world.calls - before;
  EXPECT_EQ(nobodys.delivery->outcome, DeliveryOutcome::accepted_for_delivery);
  EXPECT_EQ(nobodys.factor, FactorId{});
  EXPECT_TRUE(world.take().empty());
  ASSERT_EQ(outcome(), DeliveryOutcome::accepted_for_delivery);
  EXPECT_EQ(world.calls - before, 2 * calls + 0);
  EXPECT_EQ(answer(nobodys.id, world.last_code).reason, Reason::no_such_factor);
}

TEST_F(Codes, OfNobodyAreRefusedLikeOthers) {
  world.rules.sms.prefixes = {{"+358", 1}, {"+46", 0}};
  ASSERT_EQ(outcome(), DeliveryOutcome::accepted_for_delivery);
  StartChallenge wish = World::code_wish();
  wish.purpose = Purpose::transaction;
  wish.transaction = "EUR 1";
  const Delivery refused = *start(wish).delivery;
  ASSERT_EQ(refused.outcome, DeliveryOutcome::limit_reached);
  const Delivery nobodys = *start(World::code_wish("mallory")).delivery;
  EXPECT_EQ(nobodys.outcome, DeliveryOutcome::limit_reached);
  EXPECT_EQ(nobodys.retry_after, refused.retry_after);
  world.rules.sms.prefixes.clear();
  EXPECT_EQ(outcome(World::code_wish("mallory")), DeliveryOutcome::not_allowed);
}

TEST_F(Codes, OfSomebodySuspendedReachNobody) {
  world.alice().fixed.state = SubjectState::suspended;
  const ChallengeReport nobodys = start();
  EXPECT_EQ(nobodys.delivery->outcome, DeliveryOutcome::accepted_for_delivery);
  EXPECT_EQ(nobodys.factor, FactorId{});
  EXPECT_TRUE(world.take().empty());
  EXPECT_EQ(answer(nobodys.id, world.last_code).reason, Reason::suspended);
}

// To whoever has not signed in at the companion: that nothing may go there would tell that there is
// somebody. Others are told why.
TEST_F(Codes, OfSomebodyWhoseDestinationIsShutAreNobodysToStrangers) {
  constexpr Peer kCompanion{.uid = 1000, .gid = 1000, .role = Role::enroll};
  world.rules.peers[0].roles[static_cast<std::size_t>(Role::enroll)] = true;
  world.rules.messages.per_destination_per_day = 1;
  const auto wish_of = [](std::string_view username) {
    StartChallenge wish = World::code_wish(username);
    wish.purpose = Purpose::reset;
    return wish;
  };
  const auto both_are_accepted = [&] {
    const Delivery known = *start(wish_of("alice"), kCompanion).delivery;
    const Delivery unknown = *start(wish_of("mallory"), kCompanion).delivery;
    EXPECT_EQ(known.outcome, DeliveryOutcome::accepted_for_delivery);
    EXPECT_EQ(unknown.outcome, known.outcome);
    EXPECT_EQ(unknown.retry_after, known.retry_after);
  };
  both_are_accepted();
  EXPECT_EQ(world.take().size(), 1U);
  world.clock.time += 30s;
  world.welcome_courier();
  both_are_accepted();
  EXPECT_TRUE(world.take().empty());
  EXPECT_EQ(outcome(wish_of("alice"), kCompanion), DeliveryOutcome::too_soon);
  EXPECT_EQ(outcome(wish_of("mallory"), kCompanion), DeliveryOutcome::too_soon);
  world.clock.time += 24h;
  world.welcome_courier();
  world.rules.sms.prefixes = {{"+46", 500}};
  both_are_accepted();
  EXPECT_TRUE(world.take().empty());
  world.clock.time += 1h;
  world.welcome_courier();
  world.rules.sms.prefixes = {{"+46", 500}};
  EXPECT_EQ(outcome(wish_of("alice"), kAdmin), DeliveryOutcome::not_allowed);
}

// ---- Whatever is not accepted for delivery was not made ----

TEST_F(Codes, AreNotMadeWhereNobodyDelivers) {
  world.memory.presence.answered(world.clock.time - 15s);
  EXPECT_EQ(outcome(), DeliveryOutcome::channel_down);
  world.memory.presence.asked(
      {{.name = "a", .channel = FactorKind::sms, .state = ProviderState::down}}, world.clock.time);
  EXPECT_EQ(outcome(), DeliveryOutcome::channel_down);
  EXPECT_TRUE(world.challenges.empty());
  EXPECT_TRUE(world.outbox.empty());
  world.welcome_courier();
  EXPECT_EQ(outcome(), DeliveryOutcome::accepted_for_delivery);  // nothing was counted
}

TEST_F(Codes, AreNotMadeWhereThePolicyAllowsNone) {
  world.rules.sms.sign_in = false;
  EXPECT_EQ(outcome(), DeliveryOutcome::not_allowed);
  StartChallenge wish = World::code_wish();
  wish.purpose = Purpose::transaction;
  wish.transaction = "EUR 1";
  EXPECT_EQ(outcome(wish), DeliveryOutcome::not_allowed);
  wish = World::code_wish();
  wish.purpose = Purpose::reset;
  EXPECT_EQ(outcome(wish, kAdmin), DeliveryOutcome::accepted_for_delivery);
  world.rules.sms.prefixes = {{"+46", 500}};
  EXPECT_EQ(outcome(wish, kAdmin), DeliveryOutcome::not_allowed);
}

TEST_F(Codes, ResetNothingWhereThePolicyResetsByNoSuchChannel) {
  world.add_destination(World::kMailbox, FactorKind::email);
  constexpr Peer kCompanion{.uid = 1000, .gid = 1000, .role = Role::enroll};
  for (policies::PeerRule& peer : world.rules.peers) peer.roles.fill(true);
  const auto sent = [this](FactorKind kind) {
    world.clock.time += 24h;
    world.welcome_courier();
    StartChallenge wish = World::code_wish();
    wish.kind = kind;
    wish.purpose = Purpose::reset;
    EXPECT_EQ(outcome(wish, kCompanion), DeliveryOutcome::accepted_for_delivery);
    return world.take().size();
  };
  world.rules.account.reset_by_sms = true;
  world.rules.account.reset_by_email = true;
  EXPECT_EQ(sent(FactorKind::sms), 1U);
  EXPECT_EQ(sent(FactorKind::email), 1U);
  world.rules.account.reset_by_sms = false;
  EXPECT_EQ(sent(FactorKind::sms), 0U);
  EXPECT_EQ(sent(FactorKind::email), 1U);
  world.rules.account.reset_by_email = false;
  EXPECT_EQ(sent(FactorKind::email), 0U);
}

TEST_F(Codes, AreNotMadeForAPurposeOfAnotherSocket) {
  StartChallenge wish = World::code_wish();
  wish.purpose = Purpose::reset;
  EXPECT_EQ(failure(world.start(wish)), ErrorCode::denied);
  wish.purpose = Purpose::sign_in;
  EXPECT_EQ(failure(world.start(wish, kProvision)), ErrorCode::denied);
}

// Breaks the world at its first call, then at its second, and so on until a run has no call left
// to break. Whatever breaks, nothing is accepted for delivery unless challenge and message are
// durable, and what failed was not counted: it can be asked for again at once.
TEST_F(Codes, AreNeverAcceptedForDeliveryWhenAnyStepFails) {
  for (int fail_call = 1;; ++fail_call) {
    SCOPED_TRACE(testing::Message() << "call " << fail_call << " fails");
    world.calls = 0;
    world.fail_call = fail_call;
    const auto report = world.start(World::code_wish());
    if (world.calls < fail_call) {
      ASSERT_TRUE(report);
      EXPECT_EQ(report->delivery->outcome, DeliveryOutcome::accepted_for_delivery);
      EXPECT_TRUE(world.challenges.contains(report->id));
      EXPECT_EQ(world.outbox.size(), 1U);
      EXPECT_EQ(world.entries.size(), 1U);
      return;
    }
    EXPECT_EQ(failure(report), ErrorCode::unavailable);
    EXPECT_TRUE(world.challenges.empty());
    EXPECT_TRUE(world.outbox.empty());
  }
}

}  // namespace
}  // namespace countersign
