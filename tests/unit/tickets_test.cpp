// SPDX-License-Identifier: Apache-2.0
// The promises of Tickets, one test per promise.
#include "daemon/service/ticket/tickets.hpp"

#include "daemon/service/session/bearer_secret.hpp"
#include "tests/support/world.hpp"

#include <gtest/gtest.h>

#include <set>

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::run;
using test::World;

class TicketsTest : public testing::Test {
 protected:
  IssuedTicket issue(TicketPurpose purpose = TicketPurpose::activation) {
    const Time now = world_.clock.now();
    Ticket draft{
        .purpose = purpose, .subject = World::kAlice, .created_at = now, .expires_at = now + 168h};
    IssuedTicket issued = *run(tickets_.fresh(std::move(draft), *Realm::from("")));
    world_.tickets[issued.row.id] = issued.row;
    return issued;
  }
  Result<std::optional<Ticket>> find(const SecretBytes& text) { return run(tickets_.find(text)); }
  bool finds(const SecretBytes& text) {
    const auto found = find(text);
    return found && *found;
  }
  bool finds(std::string_view text) { return finds(SecretBytes{as_bytes(text)}); }

  World world_;
  Tickets tickets_{world_.parts()};
};

TEST_F(TicketsTest, AreFoundByTheirText) {
  const IssuedTicket issued = issue();
  EXPECT_EQ(issued.text.size(), BearerSecret::kTextBytes);
  const auto found = find(issued.text);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->id, issued.row.id);
}

TEST_F(TicketsTest, AreFoundByNothingElse) {
  const IssuedTicket issued = issue();
  std::string text{as_text(issued.text.expose())};
  text[30] = text[30] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(finds(text)) << "another secret";
  EXPECT_FALSE(finds(""));
  EXPECT_FALSE(finds("no ticket at all"));
  world_.tickets.clear();
  EXPECT_FALSE(finds(issued.text)) << "it has gone";
}

TEST_F(TicketsTest, AreBoundToSubjectPurposeAndRealm) {
  const IssuedTicket issued = issue(TicketPurpose::activation);
  Ticket& kept = world_.tickets.at(issued.row.id);
  kept.purpose = TicketPurpose::hand_over;
  EXPECT_FALSE(finds(issued.text));
  kept.purpose = TicketPurpose::activation;
  kept.subject = decoy_of_name(3);
  EXPECT_FALSE(finds(issued.text));
  kept.subject = World::kAlice;
  world_.alice().fixed.name.realm = *Realm::from("another");
  EXPECT_FALSE(finds(issued.text));
  world_.alice().fixed.name.realm = *Realm::from("");
  EXPECT_TRUE(finds(issued.text));
}

TEST_F(TicketsTest, HaveSecretsOfTheirOwn) {
  std::set<std::string> texts;
  for (int i = 0; i < 100; ++i) texts.emplace(as_text(issue().text.expose()));
  EXPECT_EQ(texts.size(), 100u);
}

// What is not there costs as much as what is.
TEST_F(TicketsTest, CostTheSameWhateverIsBrought) {
  const IssuedTicket issued = issue();
  const auto cost = [this](std::string_view text) {
    const int before = world_.calls;
    (void)finds(text);
    return world_.calls - before;
  };
  const std::string good{as_text(issued.text.expose())};
  std::string unknown = good;
  unknown[3] = unknown[3] == 'B' ? 'C' : 'B';
  const int expected = cost(good);
  EXPECT_EQ(cost(unknown), expected);
  EXPECT_EQ(cost("malformed"), expected);
  EXPECT_EQ(cost(""), expected);
}

TEST_F(TicketsTest, AreNotFoundWhenAnyStepFails) {
  const IssuedTicket issued = issue();
  int steps = 0;
  for (int fail = 1;; ++fail) {
    world_.calls = 0;
    world_.fail_call = fail;
    const auto found = find(issued.text);
    if (world_.calls < fail) break;
    ++steps;
    ASSERT_FALSE(found) << "step " << fail;
    EXPECT_EQ(found.error().code, ErrorCode::unavailable) << "step " << fail;
  }
  EXPECT_EQ(steps, 3);
}

TEST_F(TicketsTest, AreOpenToTheLastMillisecond) {
  const Ticket ticket = issue().row;
  EXPECT_EQ(condition_of(ticket, ticket.expires_at - 1ms), TicketCondition::open);
  EXPECT_EQ(condition_of(ticket, ticket.expires_at), TicketCondition::expired);
  EXPECT_EQ(condition_of(ticket, ticket.created_at), TicketCondition::open);
  EXPECT_EQ(condition_of(ticket, ticket.created_at - 1h), TicketCondition::expired)
      << "a clock that went back makes no ticket good for longer";
  for (const TicketState state : {TicketState::spent, TicketState::superseded}) {
    Ticket used = ticket;
    used.state = state;
    EXPECT_EQ(condition_of(used, ticket.created_at), TicketCondition::spent);
  }
}

TEST_F(TicketsTest, BecomeLinksOfTheCompanion) {
  const IssuedTicket issued = issue();
  EXPECT_EQ(link_of(world_.rules, issued.text), "");
  world_.rules.account.url = "https://accounts.example.com";
  EXPECT_EQ(link_of(world_.rules, issued.text),
            "https://accounts.example.com/t/" + std::string{as_text(issued.text.expose())});
}

}  // namespace
}  // namespace countersign
