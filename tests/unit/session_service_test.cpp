// SPDX-License-Identifier: Apache-2.0
// The promises of SessionService, one test per promise.
#include "tests/unit/account_visits.hpp"

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::World;

class SessionsOfOnesOwn : public test::AccountVisits {};

TEST_F(SessionsOfOnesOwn, SayWhatIsKnownOfThem) {
  world_.add(World::kHotp, FactorKind::hotp);
  const FreshSession in = signed_in();
  const SessionReport report = seen_by(in.text);
  EXPECT_EQ(report.subject, name("alice"));
  EXPECT_TRUE(report.current);
  EXPECT_FALSE(report.has_password);
  EXPECT_EQ(report.factors, 2u);
  EXPECT_EQ(report.level, 2);
}

TEST_F(SessionsOfOnesOwn, AreListedThoseThatWereSeenLastFirst) {
  const FreshSession first = signed_in();
  world_.clock.time += 1min;
  const FreshSession second = half_way();
  world_.clock.time += 1min;
  const SessionList list = get<SessionList>(answer(ListSessions{}, first.text));
  ASSERT_EQ(list.sessions.size(), 2u);
  EXPECT_EQ(list.sessions[0].session.id, first.row.id);
  EXPECT_TRUE(list.sessions[0].current);
  EXPECT_EQ(list.sessions[1].session.id, second.row.id);
  EXPECT_FALSE(list.sessions[1].current);
}

TEST_F(SessionsOfOnesOwn, AreNotListedOnceTheyAreIdle) {
  const FreshSession idle = signed_in();
  world_.clock.time += world_.rules.session.idle;
  const FreshSession in = signed_in();
  EXPECT_EQ(get<SessionList>(answer(ListSessions{}, in.text)).sessions.size(), 1u);
}

TEST_F(SessionsOfOnesOwn, EndBySigningOut) {
  const FreshSession in = signed_in();
  const FreshSession other = signed_in();
  EXPECT_EQ(refusal(answer(EndSession{}, in.text)), "");
  EXPECT_FALSE(is_session(in.text));
  EXPECT_TRUE(is_session(other.text));
  EXPECT_EQ(world_.entries.back().event, Event::signed_out);
}

TEST_F(SessionsOfOnesOwn, EndForGoodWhenTheirSubjectIsSuspended) {
  constexpr Peer kProvider{.uid = 1000, .gid = 1000, .role = Role::provision};
  const FreshSession in = signed_in();
  ASSERT_EQ(refusal(answer(SuspendSubject{name("alice")}, {}, kProvider)), "");
  ASSERT_EQ(refusal(answer(ResumeSubject{name("alice")}, {}, kProvider)), "");
  EXPECT_FALSE(is_session(in.text));
  EXPECT_EQ(world_.open_sessions.size(), 0u);
}

TEST_F(SessionsOfOnesOwn, EndFromAnotherOne) {
  const FreshSession in = signed_in();
  const FreshSession other = signed_in();
  EXPECT_EQ(refusal(answer(EndSession{.session = other.row.id}, in.text)), "");
  EXPECT_FALSE(is_session(other.text));
  EXPECT_TRUE(is_session(in.text));
  EXPECT_EQ(world_.entries.back().event, Event::session_ended);
}

TEST_F(SessionsOfOnesOwn, EndAllAtOnceButTheOneThatAsks) {
  const FreshSession in = signed_in();
  const FreshSession other = signed_in();
  const FreshSession third = half_way();
  EXPECT_EQ(refusal(answer(EndSession{.all_others = true}, in.text)), "");
  EXPECT_TRUE(is_session(in.text));
  EXPECT_FALSE(is_session(other.text));
  EXPECT_FALSE(is_session(third.text));
}

TEST_F(SessionsOfOnesOwn, AreEndedBesidesItselfByAnAccountsAlone) {
  const FreshSession in = signed_in();
  for (const SessionScope scope : {SessionScope::sign_in, SessionScope::reset}) {
    const FreshSession half = begin(scope);
    EXPECT_EQ(refusal(answer(EndSession{.all_others = true}, half.text)), "session.scope");
    EXPECT_EQ(refusal(answer(EndSession{.session = in.row.id}, half.text)), "session.scope");
    EXPECT_TRUE(is_session(in.text));
    EXPECT_EQ(refusal(answer(EndSession{.session = half.row.id}, half.text)), "");
    EXPECT_FALSE(is_session(half.text));
  }
}

TEST_F(SessionsOfOnesOwn, AreNobodyElsesToEnd) {
  const FreshSession in = signed_in();
  const FreshSession other = signed_in();
  world_.open_sessions.at(other.row.id).subject = SubjectId{77};
  EXPECT_EQ(refusal(answer(EndSession{.session = other.row.id}, in.text)), "session.id");
  EXPECT_TRUE(world_.open_sessions.contains(other.row.id));
  EXPECT_EQ(refusal(answer(EndSession{.session = SessionId{4711}}, in.text)), "session.id");
}

TEST_F(SessionsOfOnesOwn, AreOverForWhoeverIsSuspended) {
  const FreshSession in = signed_in();
  world_.alice().fixed.state = SubjectState::suspended;
  EXPECT_EQ(refusal(answer(GetSession{}, in.text)), "session.none");
}

TEST_F(SessionsOfOnesOwn, AreNotThereAgainWhenTheirOwnerIs) {
  constexpr Peer kAdmin{.uid = 1000, .gid = 1000, .role = Role::admin};
  world_.rules.peers[0].roles.fill(true);
  const FreshSession in = signed_in();
  for (const auto purpose :
       {TicketPurpose::reset, TicketPurpose::hand_over, TicketPurpose::repudiation}) {
    const auto id = TicketId{70 + static_cast<int>(purpose)};
    world_.tickets[id] = {.id = id,
                          .purpose = purpose,
                          .state = TicketState::open,
                          .subject = World::kAlice,
                          .created_at = world_.clock.time,
                          .expires_at = world_.clock.time + 1h};
  }
  const auto state_of = [this](TicketPurpose purpose) {
    return world_.tickets.at(TicketId{70 + static_cast<int>(purpose)}).state;
  };
  const std::size_t records = world_.entries.size();
  ASSERT_EQ(refusal(answer(SuspendSubject{name("alice")}, {}, kAdmin)), "");
  EXPECT_EQ(world_.entries[records].event, Event::subject_suspended);
  EXPECT_EQ(world_.alice().fixed.state, SubjectState::suspended);
  EXPECT_EQ(state_of(TicketPurpose::reset), TicketState::superseded);
  EXPECT_EQ(state_of(TicketPurpose::hand_over), TicketState::superseded);
  EXPECT_EQ(state_of(TicketPurpose::repudiation), TicketState::open);
  ASSERT_EQ(refusal(answer(ResumeSubject{name("alice")}, {}, kAdmin)), "");
  EXPECT_EQ(world_.alice().fixed.state, SubjectState::active);
  EXPECT_FALSE(is_session(in.text));
}

TEST_F(SessionsOfOnesOwn, AreEndedDurablyOrNotAtAll) {
  int steps = 0;
  for (int fail = 1;; ++fail) {
    const FreshSession in = signed_in();
    world_.calls = 0;
    world_.fail_call = fail;
    const auto result = answer(EndSession{}, in.text);
    const bool reached = world_.calls >= fail;
    world_.fail_call = 0;
    EXPECT_EQ(is_session(in.text), !result) << "step " << fail;
    if (!reached) break;
    ++steps;
  }
  EXPECT_EQ(steps, 6);
}

}  // namespace
}  // namespace countersign
