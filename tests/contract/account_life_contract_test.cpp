// SPDX-License-Identifier: Apache-2.0
// How an account begins and ends, what else a commit may leave behind, and how its journal is read.
#include "tests/contract/account_world.hpp"

#include <fstream>
#include <iterator>

namespace countersign::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class AccountLife : public AccountWorld {
 protected:
  static Factor mailbox(std::byte content) {
    Factor factor;
    factor.kind = FactorKind::primary_email;
    factor.state = FactorState::active;
    factor.label = "labelofmailbox";
    factor.sealed = Bytes(80, content);
    return factor;
  }
  Result<SubjectId> create(std::string_view username) {
    const SubjectId id = world_.store->reserve_subject();
    Factor phone = mailbox(std::byte{0xb1});
    phone.kind = FactorKind::mobile;
    std::vector<Factor> contacts{mailbox(std::byte{0xb0}), phone};
    Aftermath also;
    also.account.issued.push_back(
        ticket(1000 + number(id), SubjectId{}, TicketPurpose::activation));
    also.account.profile = SealedProfile{Version{1}, Bytes(300, std::byte{0xaf})};
    const Subject subject{
        .id = id, .name = StoreWorld::name(username), .state = SubjectState::pending};
    const Status created = world_.run(world_.store->create_account(
        subject, std::move(contacts), std::move(also), world_.entry(Event::subject_created)));
    if (!created) return created.error();
    return id;
  }
  Status erase(SubjectId id, std::string grave) {
    return world_.run(world_.store->erase(world_.load(id), std::move(grave),
                                          world_.entry(Event::subject_erased)));
  }
  std::string everything_on_disk() {
    const auto& folder = static_cast<SqliteBackend&>(*backend_).folder();
    std::string all;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      std::ifstream in{file.path(), std::ios::binary};
      all.append(std::istreambuf_iterator<char>{in}, {});
    }
    return all;
  }
};

TEST_P(AccountLife, BeginsWithItsContactsProfileAndTicket) {
  const auto id = create("alice");
  ASSERT_TRUE(id);
  world_.open();
  const SubjectPtr alice = world_.load("alice");
  EXPECT_EQ(alice->fixed.id, *id);
  EXPECT_EQ(alice->fixed.state, SubjectState::pending);
  EXPECT_EQ(alice->fixed.created_at, world_.clock.time);
  ASSERT_EQ(alice->factors.size(), 2u);
  EXPECT_EQ(alice->factors[0].fixed.kind, FactorKind::primary_email);
  EXPECT_EQ(alice->factors[1].fixed.kind, FactorKind::mobile);
  EXPECT_EQ((*world_.run(world_.store->profile(*id))).sealed.size(), 300u);
  EXPECT_THAT(open_tickets(*id), ElementsAre(1000 + number(*id)));
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(AccountLife, LeavesNothingWhereTheNameIsTaken) {
  ASSERT_TRUE(create("alice"));
  const std::uint64_t records = world_.journal_records();
  const auto again = create("alice");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::already_exists);
  EXPECT_EQ(world_.journal_records(), records);
  EXPECT_THAT(open_tickets(SubjectId{2}), IsEmpty());
  const auto bob = create("bob");
  ASSERT_TRUE(bob);
  EXPECT_EQ(number(*bob), 3);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

// The first factor of a new account: all of it in one commit.
TEST_P(AccountLife, LeavesAnAttemptsAftermathInOneCommit) {
  const auto id = create("alice");
  ASSERT_TRUE(id);
  const SubjectPtr alice = world_.load(*id);
  Attempt attempt = world_.accepted(*alice, 0);
  attempt.state = FactorState::active;
  attempt.aftermath = std::make_unique<Aftermath>();
  attempt.aftermath->state = SubjectState::active;
  Factor phone = alice->factors[1].fixed;
  phone.state = FactorState::revoked;
  phone.sealed = Bytes(81, std::byte{0xb2});
  attempt.aftermath->factors.push_back(phone);
  Ticket link = ticket(1000 + number(*id), *id, TicketPurpose::activation);
  attempt.aftermath->account.tickets.push_back({link, TicketState::spent});
  ASSERT_THAT(world_.commit(alice, attempt), Succeeds());
  // What is in memory and what is on the disk.
  for (int i = 0; i < 2; ++i) {
    const SubjectPtr now = world_.load(*id);
    EXPECT_EQ(now->fixed.state, SubjectState::active);
    EXPECT_EQ(now->factors[1].fixed.state, FactorState::revoked);
    EXPECT_EQ(now->factors[1].fixed.sealed, phone.sealed);
    EXPECT_EQ(now->factors[0].motion.position, Position{0});
    world_.open();
  }
  EXPECT_THAT(open_tickets(*id), IsEmpty());
  EXPECT_THAT(world_.commit(alice, attempt), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(world_.problems(), IsEmpty());
}

// A password whose hash is renewed by the attempt that it accepts.
TEST_P(AccountLife, RewritesTheFactorThatAnAttemptMoves) {
  const auto id = create("alice");
  ASSERT_TRUE(id);
  for (int i = 0; i < 2; ++i) {
    const SubjectPtr alice = world_.load(*id);
    Attempt attempt = world_.accepted(*alice, i);
    attempt.aftermath = std::make_unique<Aftermath>();
    Factor renewed = alice->factors[0].fixed;
    renewed.sealed = Bytes(90, static_cast<std::byte>(i));
    attempt.aftermath->factors.push_back(renewed);
    ASSERT_THAT(world_.commit(alice, attempt), Succeeds());
    world_.open();
    EXPECT_EQ(world_.load(*id)->factors[0].fixed.sealed, renewed.sealed);
    EXPECT_EQ(world_.load(*id)->factors[0].motion.position, Position{i});
  }
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(AccountLife, LeavesTheSameBesideAnEnrolmentAndAChange) {
  const auto id = create("alice");
  ASSERT_TRUE(id);
  const SubjectPtr alice = world_.load(*id);
  Factor password;
  password.kind = FactorKind::password;
  password.state = FactorState::active;
  password.sealed = Bytes(60, std::byte{0x9a});
  Aftermath also;
  also.factors.push_back(alice->factors[0].fixed);
  also.factors[0].state = FactorState::revoked;
  Ticket not_me = ticket(1500, *id, TicketPurpose::repudiation);
  not_me.factor = kNewFactor;
  also.account.issued.push_back(not_me);
  const auto factor = world_.run(world_.store->enrol(alice, password, Position::none,
                                                     world_.entry(Event::factor_enrolled), also));
  ASSERT_TRUE(factor);
  EXPECT_EQ(world_.load(*id)->factors[0].fixed.state, FactorState::revoked);
  EXPECT_EQ((*find(TicketId{1500}))->factor, *factor);

  Factor changed = world_.load(*id)->find(*factor)->fixed;
  changed.state = FactorState::suspended;
  Aftermath ends;
  ends.state = SubjectState::suspended;
  ASSERT_THAT(world_.run(world_.store->change(world_.load(*id), changed,
                                              world_.entry(Event::factor_suspended), ends)),
              Succeeds());
  EXPECT_EQ(world_.load(*id)->fixed.state, SubjectState::suspended);
  EXPECT_EQ(world_.load(*id)->find(*factor)->fixed.state, FactorState::suspended);
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(AccountLife, ConflictsWithWhatHappenedSince) {
  const auto id = create("alice");
  ASSERT_TRUE(id);
  const SubjectPtr before = world_.load(*id);
  ASSERT_THAT(apply(before, {}), Succeeds());
  EXPECT_THAT(apply(before, {}), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(
      world_.run(world_.store->erase(before, "\x01grave", world_.entry(Event::subject_erased))),
      FailsWith(ErrorCode::conflict));
  EXPECT_EQ(world_.load("alice")->fixed.id, *id);
}

TEST_P(AccountLife, IsNobodysAfterItsErasure) {
  const auto id = create("alice");
  ASSERT_TRUE(id);
  AccountChange visit;
  visit.begun.push_back(session(2001, *id));
  ASSERT_THAT(apply(world_.load(*id), std::move(visit)), Succeeds());
  const FactorId factor = world_.load(*id)->factors[0].fixed.id;
  ASSERT_THAT(erase(*id, "\x01grave 1"), Succeeds());
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(world_.run(world_.store->subject(*id)), FailsWith(ErrorCode::not_found));
    const SubjectName name = StoreWorld::name("alice");
    EXPECT_TRUE(is_decoy(*world_.run(world_.store->identify(name))));
    EXPECT_EQ(*world_.run(world_.store->owner(factor)), *id);
    EXPECT_THAT(open_tickets(*id), IsEmpty());
    EXPECT_FALSE(*find(SessionId{2001}));
    EXPECT_EQ((*world_.run(world_.store->profile(*id))).version, Version{0});
    EXPECT_THAT(world_.problems(), IsEmpty());
    world_.open();
  }
  const auto again = create("alice");
  ASSERT_TRUE(again);
  EXPECT_GT(number(*again), number(*id));
  EXPECT_EQ(world_.load("alice")->factors[0].motion.position, Position::none);
  ASSERT_THAT(erase(*again, "\x01grave 2"), Succeeds());
  EXPECT_THAT(world_.problems(), IsEmpty());
}

// A message that the person was sent does not contradict the journal by being gone.
TEST_P(AccountLife, TakesItsMessagesAlong) {
  const auto id = create("alice");
  ASSERT_TRUE(id);
  Message message{.id = MessageId{77},
                  .channel = FactorKind::email,
                  .kind = MessageKind::activation,
                  .subject = *id,
                  .created_at = world_.clock.time,
                  .expires_at = world_.clock.time + 5min,
                  .sealed = Bytes(200, std::byte{5})};
  ASSERT_THAT(world_.run(world_.store->queue(message, world_.entry(Event::message_queued))),
              Succeeds());
  ASSERT_THAT(erase(*id, "\x01grave 1"), Succeeds());
  EXPECT_FALSE(*world_.run(world_.store->message(MessageId{77})));
  EXPECT_THAT(world_.problems(), IsEmpty());
}

// Among others, so that rows have moved from page to page.
TEST_P(AccountLife, LeavesNothingInTheFileAfterItsErasure) {
  std::vector<SubjectId> neighbours;
  for (int i = 0; i < 20; ++i) neighbours.push_back(*create("neighbour" + std::to_string(i)));
  const std::string name = "weissnichtwer.von.und.zu";
  const auto id = create(name);
  ASSERT_TRUE(id);
  const std::string canary(64, static_cast<char>(0xe7));
  Factor totp;
  totp.kind = FactorKind::totp;
  totp.state = FactorState::active;
  totp.label = "theonlyphone";
  totp.serial = "serialserial";
  totp.sealed = Bytes{as_bytes(canary).begin(), as_bytes(canary).end()};
  Aftermath also;
  also.account.profile = SealedProfile{Version{2}, Bytes(700, std::byte{0xe7})};
  also.account.kept = PendingSecret{.subject = *id,
                                    .sealed = Bytes(90, std::byte{0xe7}),
                                    .expires_at = world_.clock.time + 15min};
  Session visit = session(2001, *id);
  visit.user_agent = "a rare browser";
  also.account.begun.push_back(visit);
  ASSERT_TRUE(world_.run(world_.store->enrol(world_.load(*id), totp, Position::none,
                                             world_.entry(Event::factor_enrolled), also)));
  for (const SubjectId neighbour : neighbours) world_.add_factor(neighbour);
  world_.open();  // moves the log into the database
  const char* const kTraces[] = {"weissnichtwer", "theonlyphone", "serialserial", "a rare browser",
                                 canary.c_str()};
  for (const char* trace : kTraces) EXPECT_THAT(everything_on_disk(), HasSubstr(trace));

  ASSERT_THAT(erase(*id, "\x01grave 1"), Succeeds());
  world_.open();
  for (const char* trace : kTraces) EXPECT_THAT(everything_on_disk(), Not(HasSubstr(trace)));
  EXPECT_THAT(everything_on_disk(), HasSubstr("neighbour19"));
}

TEST_P(AccountLife, ShowsItsOwnEventsNewestFirst) {
  const auto alice = create("alice");
  const auto bob = create("bob");
  ASSERT_TRUE(alice && bob);
  world_.add_factor(*bob);
  ASSERT_THAT(apply(world_.load(*alice), {}, Event::profile_changed), Succeeds());
  const SubjectPtr now = world_.load(*alice);
  ASSERT_THAT(world_.commit(now, world_.accepted(*now, 1)), Succeeds());  // is no such event
  EXPECT_THAT(events(),
              ElementsAre(Event::profile_changed, Event::ticket_issued, Event::factor_enrolled,
                          Event::factor_enrolled, Event::subject_created));
  for (int i = 0; i < 60; ++i) ASSERT_THAT(apply(world_.load(*alice), {}), Succeeds());
  const auto first = *world_.run(world_.store->activity(*alice, 0));
  ASSERT_EQ(first.size(), AccountStore::kLinesListed);
  EXPECT_EQ(first[0].realm, "default");
  const auto second = *world_.run(world_.store->activity(*alice, first.back().number));
  EXPECT_EQ(second.size(), 65u - 50u);
  EXPECT_EQ(second.back().entry.event, Event::subject_created);
}

TEST_P(AccountLife, TellsTheJournalLineByLine) {
  const auto alice = create("alice");
  ASSERT_TRUE(alice);
  world_.clock.time += 1h;
  ASSERT_THAT(apply(world_.load(*alice), {}), Succeeds());
  const auto all = lines();
  ASSERT_EQ(all.size(), world_.journal_records());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].number, i + 1);
  EXPECT_EQ(all.back().realm, "default");
  EXPECT_EQ(lines(2, Time{}, 2).front().number, 3u);
  EXPECT_EQ(lines(2, Time{}, 2).size(), 2u);
  EXPECT_EQ(lines(0, world_.clock.time).size(), 1u);
  EXPECT_THAT(lines(all.size()), IsEmpty());
  ASSERT_THAT(erase(*alice, "\x01grave 1"), Succeeds());
  EXPECT_EQ(lines().front().realm, "");
  EXPECT_EQ(lines().back().entry.event, Event::subject_erased);
  EXPECT_NE(lines().back().entry.count, 1u);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, AccountLife, testing::Values(MakeBackend{[] {
                           return std::make_unique<SqliteBackend>();
                         }}));

}  // namespace
}  // namespace countersign::test
