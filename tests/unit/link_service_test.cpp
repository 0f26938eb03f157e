// SPDX-License-Identifier: Apache-2.0
// The promises of LinkService, one a test.
#include "tests/unit/account_flow_world.hpp"

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::AccountFlow;
using test::FailsWith;
using test::kProvider;
using test::named;
using testing::IsEmpty;
using testing::SizeIs;

class LinksByMail : public AccountFlow {
 protected:
  Result<Delivery> send_activation() {
    return test::run(links.send_activation(kProvider, {named("bob"), "en"}));
  }
  // Alice has an active account, and an address.
  void give_alice_an_address() {
    FactorRecord& record = world.add_destination(World::kMailbox, FactorKind::email);
    record.fixed.kind = FactorKind::primary_email;
  }
  // She was accepted lately from where links are asked for.
  void be_familiar() {
    const SourcePrint home = world.parts().outbox.prints.print(asked_from, kCompanionUid);
    world.alice().sources.push_back({home, world.clock.time});
  }
  // How many letters she gets when somebody asks for links again and again.
  std::size_t sent_in_a_while() {
    std::size_t sent = 0;
    for (int i = 0; i < 40; ++i) {
      world.clock.time += 10min;
      world.welcome_courier();
      EXPECT_TRUE(request(TicketPurpose::reset, "alice"));
      sent += letters().size();
    }
    return sent;
  }
  static constexpr std::int64_t kCompanionUid = 1000;
  using World = test::World;
};

TEST_F(LinksByMail, AreGoodForSevenDaysToTheMillisecond) {
  ASSERT_TRUE(create());
  const auto ticket = find(ticket_sent());
  ASSERT_TRUE(ticket && *ticket);
  const Time end = world.clock.time + 7 * 24h;
  EXPECT_EQ(condition_of(**ticket, end - 1ms), TicketCondition::open);
  EXPECT_EQ(condition_of(**ticket, end), TicketCondition::expired);
}

TEST_F(LinksByMail, SupersedeTheOneBefore) {
  ASSERT_TRUE(create());
  const std::string first = ticket_sent();
  ASSERT_TRUE(send_activation());
  const std::string second = ticket_sent();
  EXPECT_EQ((*find(first))->state, TicketState::superseded);
  EXPECT_EQ((*find(second))->state, TicketState::open);
}

TEST_F(LinksByMail, AreNotSentForAnAccountThatIsActive) {
  CreateSubject ask = wish();
  ask.send_activation = false;
  ASSERT_TRUE(create(ask));
  EXPECT_THAT(send_activation(), FailsWith(ErrorCode::conflict));
}

TEST_F(LinksByMail, SayThatTheCourierIsNotThere) {
  ASSERT_TRUE(create());
  const std::string first = ticket_sent();
  world.clock.time += 49h;  // it has said nothing for long
  const auto sent = send_activation();
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->outcome, DeliveryOutcome::channel_down);
  EXPECT_EQ((*find(first))->state, TicketState::open);  // the one before is good still
}

TEST_F(LinksByMail, AreAskedForAnewByTheirOwner) {
  ASSERT_TRUE(create());
  const std::string first = ticket_sent();
  world.clock.time += 8 * 24h;
  world.welcome_courier();
  ASSERT_TRUE(request(TicketPurpose::activation));
  const auto ticket = find(ticket_sent());
  ASSERT_TRUE(ticket && *ticket);
  EXPECT_EQ((*ticket)->expires_at, world.clock.time + 7 * 24h);
}

TEST_F(LinksByMail, ToResetByGoToActiveAccountsAlone) {
  give_alice_an_address();
  ASSERT_TRUE(request(TicketPurpose::reset, "alice"));
  EXPECT_THAT(letters(), SizeIs(1));
  ASSERT_TRUE(create());
  ASSERT_THAT(letters(), SizeIs(1));
  ASSERT_TRUE(request(TicketPurpose::reset, "bob"));
  EXPECT_THAT(letters(), IsEmpty());
}

TEST_F(LinksByMail, ToResetByAreSentOnlyWhereThePolicySaysSo) {
  give_alice_an_address();
  world.rules.account.reset_by_email = false;
  ASSERT_TRUE(request(TicketPurpose::reset, "alice"));
  EXPECT_THAT(letters(), IsEmpty());
}

// An account that awaits its activation, one that is active, and a name that nobody bears.
TEST_F(LinksByMail, AreAnsweredTheSameWhoeverTheyAreFor) {
  ASSERT_TRUE(create());
  world.clock.time += 2min;
  world.welcome_courier();
  for (int turn = 0; turn < 12; ++turn) {
    const auto bob = request(TicketPurpose::activation, "bob");
    const auto alice = request(TicketPurpose::activation, "alice");
    const auto nobody = request(TicketPurpose::activation, "nobody");
    ASSERT_TRUE(bob && alice && nobody);
    EXPECT_EQ(alice->lifetime, nobody->lifetime);
    EXPECT_EQ(alice->retry_after, nobody->retry_after);
    EXPECT_EQ(bob->lifetime, nobody->lifetime);
    EXPECT_EQ(bob->retry_after, nobody->retry_after);
    world.clock.time += 61s;
    world.welcome_courier();
  }
}

// So that the next request reads no more for a name that nobody bears than for another.
TEST_F(LinksByMail, OfNobodyGiveWayToNewerOnesAsOthersDo) {
  for (int turn = 0; turn < 3; ++turn) {
    ASSERT_TRUE(request(TicketPurpose::reset, "nobody"));
    world.clock.time += 61s;
  }
  const auto is_open = [](const auto& one) { return one.second.state == TicketState::open; };
  EXPECT_EQ(world.tickets.size(), 3U);
  EXPECT_EQ(std::ranges::count_if(world.tickets, is_open), 1);
}

TEST_F(LinksByMail, ComeNoFasterThanThePolicySays) {
  ASSERT_TRUE(create());
  ASSERT_THAT(letters(), SizeIs(1));
  world.clock.time += 59s;
  world.welcome_courier();
  EXPECT_TRUE(request(TicketPurpose::activation));
  EXPECT_THAT(letters(), IsEmpty());
  world.clock.time += 1s;
  world.welcome_courier();
  EXPECT_TRUE(request(TicketPurpose::activation));
  EXPECT_THAT(letters(), SizeIs(1));
}

TEST_F(LinksByMail, AreNoMoreADayThanThePolicySays) {
  give_alice_an_address();
  be_familiar();
  EXPECT_EQ(sent_in_a_while(), world.rules.account.links_per_day);
}

TEST_F(LinksByMail, AreKeptForTheirOwnerWhateverStrangersAskFor) {
  give_alice_an_address();
  EXPECT_EQ(sent_in_a_while(), world.rules.account.links_per_day - 1U);
  be_familiar();
  EXPECT_EQ(sent_in_a_while(), 1U);
}

// The peer itself is a place: whose codes were accepted there is known to it.
TEST_F(LinksByMail, AreKeptForTheirOwnerWhereThePeerSaysNoAddress) {
  give_alice_an_address();
  asked_from.clear();
  EXPECT_EQ(sent_in_a_while(), world.rules.account.links_per_day - 1U);
  be_familiar();
  EXPECT_EQ(sent_in_a_while(), 1U);
}

// One a day is all that there is: nothing can be kept.
TEST_F(LinksByMail, AreStrangersTooWhereThereIsOneADay) {
  give_alice_an_address();
  world.rules.account.links_per_day = 1;
  EXPECT_EQ(sent_in_a_while(), 1U);
}

// Strangers use up the mailbox's share of theirs, and leave the rest to whoever is known.
TEST_F(LinksByMail, GoOutToTheirOwnerWhenStrangersHaveUsedUpTheMailbox) {
  give_alice_an_address();
  world.rules.account.links_per_day = 100;
  const std::size_t of_strangers = sent_in_a_while();
  ASSERT_LT(of_strangers, 40U);
  be_familiar();
  EXPECT_GT(sent_in_a_while(), 0U);
}

// Nonsense names meet the same stand-ins: who has asked for all of theirs is told what everybody
// is.
TEST_F(LinksByMail, AreAnsweredTheSameHoweverOftenTheyAreAskedFor) {
  give_alice_an_address();
  for (int i = 0; i < 12; ++i) {
    for (const std::string_view name : {"alice", "nobody"}) {
      const auto answer = request(TicketPurpose::reset, name);
      ASSERT_TRUE(answer);
      EXPECT_EQ(answer->retry_after, world.rules.account.link_wait);
    }
  }
}

// Whatever breaks, there is a new link with its letter, or the old one is as it was.
TEST_F(LinksByMail, AreNeverReplacedByHalvesWhenAnyStepFails) {
  ASSERT_TRUE(create());
  const std::string first = ticket_sent();
  for (int fail_call = 1;; ++fail_call) {
    SCOPED_TRACE(testing::Message() << "call " << fail_call << " fails");
    world.calls = 0;
    world.fail_call = fail_call;
    const auto sent = send_activation();
    world.fail_call = 0;
    const auto told = letters();
    if (sent) {
      EXPECT_THAT(told, SizeIs(1));
      EXPECT_EQ((*find(first))->state, TicketState::superseded);
      return;
    }
    EXPECT_THAT(told, IsEmpty());
    EXPECT_EQ((*find(first))->state, TicketState::open);
  }
}

}  // namespace
}  // namespace countersign
