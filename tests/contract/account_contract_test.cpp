// SPDX-License-Identifier: Apache-2.0
// What every AccountStore promises of tickets, sessions, profiles and pending secrets.
#include "tests/contract/account_world.hpp"

namespace countersign::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Accounts : public AccountWorld {
 protected:
  Accounts() { world_.person_with_factor("alice"); }
};

TEST_P(Accounts, KeepATicketUntilItIsSpent) {
  const Ticket link = ticket(1001);
  ASSERT_THAT(issue(link), Succeeds());
  world_.open();
  const auto kept = find(TicketId{1001});
  ASSERT_TRUE(kept && *kept);
  EXPECT_EQ((*kept)->mac, link.mac);
  EXPECT_EQ((*kept)->details, link.details);
  EXPECT_EQ((*kept)->expires_at, link.expires_at);
  EXPECT_THAT(open_tickets(), ElementsAre(1001));

  ASSERT_THAT(move(link, TicketState::spent), Succeeds());
  EXPECT_THAT(open_tickets(), IsEmpty());
  EXPECT_EQ((*find(TicketId{1001}))->state, TicketState::spent);
  EXPECT_THAT(move(link, TicketState::spent), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(move(link, TicketState::superseded), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(Accounts, RefuseATicketThatIsNotWhatWasRead) {
  ASSERT_THAT(issue(ticket(1001)), Succeeds());
  Ticket other = ticket(1001);
  other.expires_at += 1s;
  EXPECT_THAT(move(other, TicketState::spent), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(move(ticket(1002), TicketState::spent), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(issue(ticket(1001)), FailsWith(ErrorCode::already_exists));
  EXPECT_THAT(open_tickets(), ElementsAre(1001));
}

// A thousand browsers open one link at the same moment.
TEST_P(Accounts, OneOfAThousandRedemptionsSucceeds) {
  constexpr int kRedemptions = 1000;
  const Ticket link = ticket(1001);
  ASSERT_THAT(issue(link), Succeeds());
  const SubjectPtr alice = world_.load("alice");
  std::vector<awaitable<Status>> redemptions;
  for (int i = 0; i < kRedemptions; ++i) {
    Aftermath aftermath;
    aftermath.account.tickets.push_back({link, TicketState::spent});
    aftermath.account.begun.push_back(session(2000 + i));
    redemptions.push_back(
        world_.store->apply(alice, std::move(aftermath), world_.entry(Event::ticket_spent)));
  }
  int redeemed = 0;
  for (const Status& one : world_.run_all(std::move(redemptions))) {
    if (one)
      ++redeemed;
    else
      EXPECT_EQ(one.error().code, ErrorCode::conflict);
  }
  EXPECT_EQ(redeemed, 1);
  EXPECT_EQ(sessions().size(), 1u);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

// The same by attempts, which leave the subject's version as it is.
TEST_P(Accounts, OneOfManyAttemptsSpendsATicket) {
  const Ticket link = ticket(1001);
  ASSERT_THAT(issue(link), Succeeds());
  int spent = 0;
  for (int i = 0; i < 10; ++i) {
    const SubjectPtr alice = world_.load("alice");
    Attempt attempt = world_.accepted(*alice, 100 + i);
    attempt.aftermath = std::make_unique<Aftermath>();
    attempt.aftermath->account.tickets.push_back({link, TicketState::spent});
    spent += world_.commit(alice, attempt) ? 1 : 0;
  }
  EXPECT_EQ(spent, 1);
}

TEST_P(Accounts, TellTheJournalOfEveryTicket) {
  AccountChange change;
  change.issued = {ticket(1001), ticket(1002)};
  ASSERT_THAT(apply(std::move(change), Event::ticket_issued), Succeeds());
  AccountChange next;
  next.tickets.push_back({ticket(1001), TicketState::superseded});
  next.tickets.push_back({ticket(1002), TicketState::spent});
  ASSERT_THAT(apply(std::move(next), Event::password_set), Succeeds());

  std::vector<std::string> told;
  for (const JournalLine& line : lines()) {
    if (line.entry.event < Event::ticket_issued) continue;
    told.push_back(std::to_string(static_cast<int>(line.entry.event)) + " " +
                   std::to_string(number(line.entry.challenge)) + " " +
                   std::to_string(line.entry.count) +
                   (line.entry.outcome == Reason::none ? "" : " refused"));
    EXPECT_EQ(line.entry.subject, SubjectId{1});
    EXPECT_EQ(line.entry.client_address, "192.0.2.7");
  }
  EXPECT_THAT(told,
              ElementsAre("70 1001 2", "70 1002 2", "76 0 1", "71 1001 2 refused", "71 1002 2"));
}

TEST_P(Accounts, CountWhatWasIssuedWithinADay) {
  const Time noon = world_.clock.time;
  for (const std::int64_t id : {1001, 1002, 1003}) {
    ASSERT_THAT(issue(ticket(id)), Succeeds());
    world_.clock.time += 10h;
  }
  ASSERT_THAT(issue(ticket(1004, SubjectId{1}, TicketPurpose::hand_over)), Succeeds());
  EXPECT_THAT(*world_.run(world_.store->issued(SubjectId{1}, TicketPurpose::reset, noon + 30h)),
              ElementsAre(noon + 20h, noon + 10h));
  EXPECT_THAT(*world_.run(world_.store->issued(SubjectId{2}, TicketPurpose::reset, noon + 30h)),
              IsEmpty());
}

TEST_P(Accounts, CountADecoysTicketsWithoutARecord) {
  const SubjectId decoy{-77};
  const std::uint64_t records = world_.journal_records();
  AccountChange change;
  change.issued.push_back(ticket(1001, decoy));
  ASSERT_THAT(world_.run(world_.store->apply(decoy, std::move(change))), Succeeds());
  EXPECT_THAT(*world_.run(world_.store->issued(decoy, TicketPurpose::reset, world_.clock.time)),
              ElementsAre(world_.clock.time));
  EXPECT_EQ(world_.journal_records(), records);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(Accounts, SupersedeADecoysTicketsWithoutARecord) {
  const SubjectId decoy{-77};
  const std::uint64_t records = world_.journal_records();
  AccountChange first;
  first.issued.push_back(ticket(1001, decoy));
  ASSERT_THAT(world_.run(world_.store->apply(decoy, std::move(first))), Succeeds());
  AccountChange second;
  second.tickets.push_back({ticket(1001, decoy), TicketState::superseded});
  second.issued.push_back(ticket(1002, decoy));
  ASSERT_THAT(world_.run(world_.store->apply(decoy, std::move(second))), Succeeds());
  const auto open = world_.run(world_.store->open_tickets(decoy, world_.clock.time));
  ASSERT_TRUE(open);
  ASSERT_EQ(open->size(), 1U);
  EXPECT_EQ(open->front().id, TicketId{1002});
  EXPECT_EQ(world_.journal_records(), records);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(Accounts, KeepOnlySoManyOpenTickets) {
  constexpr auto kMax = static_cast<std::int64_t>(AccountStore::kTicketsMax);
  for (std::int64_t i = 0; i <= kMax; ++i) {
    world_.clock.time += 1s;
    ASSERT_THAT(issue(ticket(1001 + i)), Succeeds());
  }
  EXPECT_EQ(open_tickets().size(), AccountStore::kTicketsMax);
  const auto oldest = find(TicketId{1001});
  ASSERT_TRUE(oldest);
  EXPECT_FALSE(*oldest);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(Accounts, LetNoOtherPurposeCrowdOutATicket) {
  constexpr auto kMax = static_cast<std::int64_t>(AccountStore::kTicketsMax);
  ASSERT_THAT(issue(ticket(1001, SubjectId{1}, TicketPurpose::repudiation)), Succeeds());
  ASSERT_THAT(issue(ticket(1002, SubjectId{1}, TicketPurpose::reset)), Succeeds());
  for (std::int64_t i = 0; i <= kMax; ++i) {
    world_.clock.time += 1s;
    ASSERT_THAT(issue(ticket(1003 + i, SubjectId{1}, TicketPurpose::hand_over)), Succeeds());
  }
  EXPECT_TRUE(*find(TicketId{1001}));
  EXPECT_TRUE(*find(TicketId{1002}));
  EXPECT_FALSE(*find(TicketId{1003}));
  EXPECT_EQ(open_tickets().size(), AccountStore::kTicketsMax + 2);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(Accounts, ForgetTicketsThatExpiredLongAgo) {
  ASSERT_THAT(issue(ticket(1001)), Succeeds());
  world_.clock.time += 7 * 24h;
  EXPECT_THAT(open_tickets(), IsEmpty());  // to the second
  world_.clock.time += AccountStore::kTicketsKept;
  ASSERT_THAT(issue(ticket(1002)), Succeeds());
  EXPECT_TRUE(*find(TicketId{1001}));
  world_.clock.time += 1s;
  ASSERT_THAT(issue(ticket(1003)), Succeeds());
  EXPECT_FALSE(*find(TicketId{1001}));
}

TEST_P(Accounts, KeepASessionUntilItEnds) {
  const Session visit = session(2001);
  ASSERT_THAT(begin(visit), Succeeds());
  world_.open();
  const auto kept = find(SessionId{2001});
  ASSERT_TRUE(kept && *kept);
  EXPECT_EQ((*kept)->proof, visit.proof);
  EXPECT_EQ((*kept)->user_agent, "Firefox");
  EXPECT_EQ((*kept)->mac, visit.mac);
  EXPECT_EQ((*kept)->source, visit.source);
  EXPECT_THAT(sessions(), ElementsAre(2001));

  ASSERT_THAT(put(ended(visit)), Succeeds());
  EXPECT_THAT(sessions(), IsEmpty());
  EXPECT_FALSE(*find(SessionId{2001}));
  EXPECT_THAT(put(ended(visit)), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(Accounts, RefuseASessionOfAnOlderVersion) {
  ASSERT_THAT(begin(session(2001)), Succeeds());
  Session promoted = session(2001);
  promoted.version = Version{2};
  promoted.mac.fill(std::byte{9});
  ASSERT_THAT(put(promoted), Succeeds());
  Session stale = session(2001);
  stale.version = Version{2};
  EXPECT_THAT(put(stale), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(put(ended(session(2001))), FailsWith(ErrorCode::conflict));
  EXPECT_EQ((*find(SessionId{2001}))->mac, promoted.mac);
}

TEST_P(Accounts, SeeASessionWithoutARecord) {
  ASSERT_THAT(begin(session(2001)), Succeeds());
  const std::uint64_t records = world_.journal_records();
  const Time later = world_.clock.time + 3min;
  ASSERT_THAT(world_.run(world_.store->seen(session(2001), later)), Succeeds());
  EXPECT_EQ((*find(SessionId{2001}))->seen_at, later);
  EXPECT_EQ(world_.journal_records(), records);

  Session promoted = **find(SessionId{2001});
  promoted.version = Version{2};
  ASSERT_THAT(put(promoted), Succeeds());
  ASSERT_THAT(world_.run(world_.store->seen(session(2001), later + 3min)), Succeeds());
  EXPECT_EQ((*find(SessionId{2001}))->seen_at, later);
}

TEST_P(Accounts, EndAllSessionsButOne) {
  const SubjectId bob = world_.add_subject("bob");
  AccountChange bobs;
  bobs.begun.push_back(session(2009, bob));
  ASSERT_THAT(apply(world_.load(bob), std::move(bobs)), Succeeds());
  for (const std::int64_t id : {2001, 2002, 2003}) ASSERT_THAT(begin(session(id)), Succeeds());
  AccountChange change;
  change.ends_all_but = SessionId{2002};
  change.begun.push_back(session(2004));
  ASSERT_THAT(apply(std::move(change), Event::profile_changed), Succeeds());
  EXPECT_THAT(sessions(), UnorderedElementsAre(2002, 2004));
  EXPECT_THAT(sessions(bob), ElementsAre(2009));
  EXPECT_FALSE(*find(SessionId{2001}));
  AccountChange all;
  all.ends_all_but = SessionId{};
  ASSERT_THAT(apply(std::move(all), Event::repudiated), Succeeds());
  EXPECT_THAT(sessions(), IsEmpty());
  EXPECT_EQ(std::ranges::count(events(), Event::session_ended), 4);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(Accounts, KeepTheSessionsThatWereSeenLast) {
  constexpr auto kMax = static_cast<std::int64_t>(AccountStore::kSessionsMax);
  for (std::int64_t i = 0; i < kMax; ++i) {
    world_.clock.time += 1min;
    ASSERT_THAT(begin(session(2001 + i)), Succeeds());
  }
  ASSERT_THAT(world_.run(world_.store->seen(session(2001 + kMax - 1), world_.clock.time)),
              Succeeds());
  world_.clock.time += 1min;
  ASSERT_THAT(begin(session(2001 + kMax)), Succeeds());
  EXPECT_EQ(sessions().size(), AccountStore::kSessionsMax);
  EXPECT_FALSE(*find(SessionId{2001}));
  EXPECT_TRUE(*find(SessionId{2001 + kMax}));
  EXPECT_THAT(world_.problems(), IsEmpty());
}

// Who knows a password, and nothing else, ends nobody's sessions.
TEST_P(Accounts, HalfASignInGivesWayToWhoIsSignedIn) {
  ASSERT_THAT(begin(session(2001)), Succeeds());
  constexpr auto kMany = static_cast<std::int64_t>(2 * AccountStore::kSessionsMax);
  for (std::int64_t i = 1; i <= kMany; ++i) {
    world_.clock.time += 1min;
    Session half = session(2001 + i);
    half.scope = SessionScope::sign_in;
    ASSERT_THAT(begin(half), Succeeds());
  }
  EXPECT_EQ(sessions().size(), AccountStore::kSessionsMax);
  EXPECT_TRUE(*find(SessionId{2001}));
  EXPECT_FALSE(*find(SessionId{2002}));
  EXPECT_TRUE(*find(SessionId{2001 + kMany}));
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(Accounts, ForgetSessionsThatExpired) {
  ASSERT_THAT(begin(session(2001)), Succeeds());
  world_.clock.time += 12h;
  EXPECT_THAT(sessions(), IsEmpty());
  EXPECT_TRUE(*find(SessionId{2001}));
  world_.clock.time += 1s;
  ASSERT_THAT(begin(session(2002)), Succeeds());
  EXPECT_FALSE(*find(SessionId{2001}));
}

TEST_P(Accounts, CompareTheProfilesVersion) {
  const auto profile = [this] { return *world_.run(world_.store->profile(SubjectId{1})); };
  const auto set = [this](std::uint64_t version, std::byte content) {
    AccountChange change;
    change.profile = SealedProfile{Version{version}, Bytes(100, content)};
    return apply(std::move(change));
  };
  EXPECT_EQ(profile().version, Version{0});
  EXPECT_THAT(set(2, std::byte{1}), FailsWith(ErrorCode::conflict));
  ASSERT_THAT(set(1, std::byte{1}), Succeeds());
  EXPECT_THAT(set(1, std::byte{2}), FailsWith(ErrorCode::conflict));
  ASSERT_THAT(set(2, std::byte{3}), Succeeds());
  world_.open();
  EXPECT_EQ(profile().version, Version{2});
  EXPECT_EQ(profile().sealed, Bytes(100, std::byte{3}));
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(Accounts, KeepAPendingSecretForAWhile) {
  Factor factor;
  factor.kind = FactorKind::totp;
  factor.sealed = Bytes(40, std::byte{1});
  Aftermath also;
  also.account.kept = PendingSecret{.factor = kNewFactor,
                                    .subject = SubjectId{1},
                                    .sealed = Bytes(60, std::byte{2}),
                                    .expires_at = world_.clock.time + PendingSecret::kKept};
  const auto id = world_.run(world_.store->enrol(world_.load("alice"), factor, Position::none,
                                                 world_.entry(Event::factor_enrolled), also));
  ASSERT_TRUE(id);
  const auto secret = [this, &id] {
    return *world_.run(world_.store->pending_secret(*id, world_.clock.time));
  };
  ASSERT_TRUE(secret());
  EXPECT_EQ(secret()->sealed, Bytes(60, std::byte{2}));
  EXPECT_THAT(world_.problems(), IsEmpty());
  world_.clock.time += PendingSecret::kKept;
  EXPECT_FALSE(secret());
  world_.clock.time -= 1s;
  AccountChange change;
  change.forgotten = *id;
  ASSERT_THAT(apply(std::move(change)), Succeeds());
  EXPECT_FALSE(secret());
}

INSTANTIATE_TEST_SUITE_P(Sqlite, Accounts, testing::Values(MakeBackend{[] {
                           return std::make_unique<SqliteBackend>();
                         }}));

}  // namespace
}  // namespace countersign::test
