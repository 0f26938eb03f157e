// SPDX-License-Identifier: Apache-2.0
// The promises of TicketService: what a link is good for, and who learns who has signed in.
#include "daemon/service/session/bearer_secret.hpp"
#include "daemon/service/ticket/tickets.hpp"
#include "tests/unit/account_visits.hpp"

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::run;
using test::run_all;
using test::World;

constexpr Peer kPortal = World::kPeer;

class HandOvers : public test::AccountVisits {
 protected:
  SecretBytes issue(const SecretBytes& session) {
    return get<HandOver>(answer(IssueHandOver{}, session)).ticket;
  }
  HandOverReport redeem(const SecretBytes& ticket, Peer peer = kPortal) {
    RedeemHandOver ask{SecretBytes{ticket.expose()}};
    return get<HandOverReport>(answer(std::move(ask), {}, peer));
  }
};

TEST_F(HandOvers, TellThePortalWhoHasSignedIn) {
  world_.rules.account.portal_url = "https://claims.example.com/in";
  const FreshSession in = signed_in();
  const auto issued = get<HandOver>(answer(IssueHandOver{}, in.text));
  EXPECT_EQ(issued.url, "https://claims.example.com/in");
  EXPECT_EQ(issued.lifetime, world_.rules.session.hand_over_lifetime);
  const HandOverReport report = redeem(issued.ticket);
  EXPECT_TRUE(report.accepted);
  EXPECT_EQ(report.subject, name("alice"));
  EXPECT_EQ(report.proof, in.row.proof);
  EXPECT_EQ(report.level, 2);
}

TEST_F(HandOvers, AreIssuedToWhoeverIsSignedInAlone) {
  EXPECT_EQ(refusal(answer(IssueHandOver{})), "session.none");
  EXPECT_EQ(refusal(answer(IssueHandOver{}, half_way().text)), "session.scope");
}

TEST_F(HandOvers, TellNobodyTwice) {
  const SecretBytes ticket = issue(signed_in().text);
  EXPECT_TRUE(redeem(ticket).accepted);
  const HandOverReport again = redeem(ticket);
  EXPECT_FALSE(again.accepted);
  EXPECT_FALSE(again.subject);
  EXPECT_EQ(again.level, 0);
}

TEST_F(HandOvers, AreRedeemedByExactlyOneOfAThousand) {
  const SecretBytes ticket = issue(signed_in().text);
  std::vector<awaitable<Result<Answer>>> tries;
  for (int i = 0; i < 1000; ++i) {
    RedeemHandOver ask{SecretBytes{ticket.expose()}};
    tries.push_back(answer_later(std::move(ask), {}, kPortal));
  }
  int accepted = 0;
  for (Result<Answer>& result : run_all(std::move(tries))) {
    EXPECT_TRUE(result);
    if (get<HandOverReport>(std::move(result)).accepted) ++accepted;
  }
  EXPECT_EQ(accepted, 1);
}

TEST_F(HandOvers, OfASessionGiveWayToItsNext) {
  const FreshSession in = signed_in();
  const SecretBytes elsewhere = issue(signed_in().text);
  const SecretBytes first = issue(in.text);
  const SecretBytes second = issue(in.text);
  EXPECT_FALSE(redeem(first).accepted);
  EXPECT_TRUE(redeem(second).accepted);
  EXPECT_TRUE(redeem(elsewhere).accepted);
}

TEST_F(HandOvers, LeaveTheLinksOfTheOwnerOpen) {
  Ticket link{.id = TicketId{77},
              .purpose = TicketPurpose::repudiation,
              .subject = World::kAlice,
              .created_at = world_.clock.time,
              .expires_at = world_.clock.time + 24h};
  world_.tickets.emplace(link.id, link);
  for (std::size_t i = 0; i <= AccountStore::kTicketsMax; ++i) {
    world_.clock.time += 1s;
    issue(signed_in().text);
  }
  EXPECT_TRUE(world_.tickets.contains(link.id));
}

TEST_F(HandOvers, AreOverAtTheirEnd) {
  const auto lifetime = world_.rules.session.hand_over_lifetime;
  const SecretBytes first = issue(signed_in().text);
  const SecretBytes second = issue(signed_in().text);
  world_.clock.time += lifetime - 1ms;
  EXPECT_TRUE(redeem(first).accepted);
  world_.clock.time += 1ms;
  EXPECT_FALSE(redeem(second).accepted);
}

TEST_F(HandOvers, AreOverWhenTheirSessionIs) {
  const FreshSession in = signed_in();
  const SecretBytes ticket = issue(in.text);
  ASSERT_EQ(refusal(answer(EndSession{}, in.text)), "");
  EXPECT_FALSE(redeem(ticket).accepted);
}

TEST_F(HandOvers, AreOverWhenTheirSubjectIsSuspended) {
  const SecretBytes ticket = issue(signed_in().text);
  world_.alice().fixed.state = SubjectState::suspended;
  EXPECT_FALSE(redeem(ticket).accepted);
}

TEST_F(HandOvers, AreNoPeersOfAnotherRealm) {
  const SecretBytes ticket = issue(signed_in().text);
  world_.rules.peers.push_back({.name = "other", .uid = 1002, .realms = {"another"}});
  world_.rules.peers.back().roles[static_cast<std::size_t>(Role::verify)] = true;
  const Peer other{.uid = 1002, .gid = 1002, .role = Role::verify};
  EXPECT_FALSE(redeem(ticket, other).accepted);
  EXPECT_TRUE(redeem(ticket).accepted) << "and it has not been used up";
}

TEST_F(HandOvers, AreNoTicketsOfAnotherPurpose) {
  Tickets tickets{world_.parts()};
  const Time now = world_.clock.now();
  Ticket draft{.purpose = TicketPurpose::activation,
               .subject = World::kAlice,
               .session = signed_in().row.id,
               .created_at = now,
               .expires_at = now + 1h};
  const IssuedTicket link = *run(tickets.fresh(std::move(draft), *Realm::from("")));
  world_.tickets[link.row.id] = link.row;
  EXPECT_FALSE(redeem(link.text).accepted);
  EXPECT_EQ(world_.tickets.at(link.row.id).state, TicketState::open);
}

TEST_F(HandOvers, AreNothingThatWasMadeUp) {
  EXPECT_FALSE(redeem(SecretBytes{as_bytes("made up")}).accepted);
  const BearerSecret unknown{4711, SecretBytes{BearerSecret::kSecretBytes}};
  EXPECT_FALSE(redeem(text_of(unknown)).accepted);
}

TEST_F(HandOvers, TellNobodyWhenAnyStepFails) {
  const FreshSession in = signed_in();
  int steps = 0;
  for (int fail = 1;; ++fail) {
    const SecretBytes ticket = issue(in.text);
    world_.calls = 0;
    world_.fail_call = fail;
    RedeemHandOver ask{SecretBytes{ticket.expose()}};
    const auto result = answer(std::move(ask), {}, kPortal);
    const bool reached = world_.calls >= fail;
    world_.fail_call = 0;
    if (!reached) break;
    ++steps;
    EXPECT_FALSE(result) << "step " << fail;
    EXPECT_TRUE(redeem(ticket).accepted) << "step " << fail;
  }
  EXPECT_EQ(steps, 7);
}

class Inspections : public HandOvers {
 protected:
  SecretBytes link(TicketPurpose purpose, SubjectId subject = World::kAlice) {
    const Time now = world_.clock.now();
    Ticket draft{.purpose = purpose,
                 .subject = subject,
                 .details = {std::byte{static_cast<std::uint8_t>(MessageKind::factor_added)}},
                 .created_at = now,
                 .expires_at = now + 168h};
    IssuedTicket issued = *run(tickets_.fresh(std::move(draft), *Realm::from("")));
    last_ = issued.row.id;
    world_.tickets[last_] = std::move(issued.row);
    return std::move(issued.text);
  }
  TicketReport inspect(const SecretBytes& text) {
    InspectTicket ask{SecretBytes{text.expose()}};
    return get<TicketReport>(answer(std::move(ask)));
  }

  Tickets tickets_{world_.parts()};
  TicketId last_{};
};

TEST_F(Inspections, SayWhatALinkIsGoodForAndChangeNothing) {
  world_.alice().fixed.state = SubjectState::pending;
  const SecretBytes text = link(TicketPurpose::activation);
  const std::size_t records = world_.entries.size();
  for (int i = 0; i < 3; ++i) {
    const TicketReport report = inspect(text);
    EXPECT_EQ(report.condition, TicketCondition::open);
    EXPECT_EQ(report.purpose, TicketPurpose::activation);
    EXPECT_EQ(report.subject, name("alice"));
    EXPECT_EQ(report.expires_at, world_.clock.now() + 168h);
    EXPECT_FALSE(report.password_needed);
    EXPECT_FALSE(report.account_is_active);
  }
  EXPECT_EQ(world_.entries.size(), records);
  EXPECT_EQ(world_.tickets.at(last_).state, TicketState::open);
}

TEST_F(Inspections, OfALinkAreOpenForSevenDaysToTheSecond) {
  world_.alice().fixed.state = SubjectState::pending;
  const SecretBytes text = link(TicketPurpose::activation);
  world_.clock.time += 168h - 1s;
  EXPECT_EQ(inspect(text).condition, TicketCondition::open);
  world_.clock.time += 1s;
  EXPECT_EQ(inspect(text).condition, TicketCondition::expired);
  EXPECT_EQ(inspect(text).subject, name("alice"));
}

TEST_F(Inspections, AskForThePasswordOnceThereIsOne) {
  world_.alice().fixed.state = SubjectState::pending;
  world_.add(FactorId{31}, FactorKind::password);
  EXPECT_TRUE(inspect(link(TicketPurpose::activation)).password_needed);
  EXPECT_FALSE(inspect(link(TicketPurpose::reset)).password_needed);
}

TEST_F(Inspections, SayWhatWasNotMe) {
  EXPECT_EQ(inspect(link(TicketPurpose::repudiation)).about, MessageKind::factor_added);
}

TEST_F(Inspections, OfAUsedLinkSayOnlyWhetherTheAccountIsActive) {
  const SecretBytes text = link(TicketPurpose::activation);
  world_.tickets.at(last_).state = TicketState::spent;
  const TicketReport report = inspect(text);
  EXPECT_EQ(report.condition, TicketCondition::spent);
  EXPECT_TRUE(report.account_is_active);
  EXPECT_FALSE(report.subject);
  EXPECT_FALSE(report.purpose);
}

TEST_F(Inspections, OfWhatIsNoLinkLookLikeThoseOfAUsedOne) {
  const SecretBytes hand_over = issue(signed_in().text);
  const SecretBytes of_nobody = link(TicketPurpose::reset, decoy_of_name(3));
  for (const TicketReport& report :
       {inspect(hand_over), inspect(of_nobody), inspect(SecretBytes{as_bytes("made up")})}) {
    EXPECT_EQ(report.condition, TicketCondition::spent);
    EXPECT_FALSE(report.subject);
    EXPECT_FALSE(report.purpose);
  }
}

}  // namespace
}  // namespace countersign
