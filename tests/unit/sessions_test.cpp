// SPDX-License-Identifier: Apache-2.0
// The promises of Sessions, one test per promise.
#include "daemon/service/session/sessions.hpp"

#include "tests/support/world.hpp"

#include <gtest/gtest.h>

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::run;
using test::World;

class SessionsTest : public testing::Test {
 protected:
  FreshSession begin(SessionScope scope = SessionScope::account) {
    FreshSession fresh = *run(sessions_.fresh({.scope = scope}, world_.alice(), now()));
    world_.open_sessions[fresh.row.id] = fresh.row;
    return fresh;
  }
  FreshSession promote(const FreshSession& from, SessionScope scope, SessionProof proof = {}) {
    FreshSession next = *run(sessions_.promoted(from.row, world_.alice(), scope, proof, now()));
    world_.open_sessions[next.row.id] = next.row;
    return next;
  }
  Result<std::optional<FoundSession>> find(const SecretBytes& text) {
    return run(sessions_.find(text, now()));
  }
  bool finds(const SecretBytes& text) {
    const auto found = find(text);
    return found && *found;
  }
  bool finds(std::string_view text) { return finds(SecretBytes{as_bytes(text)}); }
  [[nodiscard]] Time now() const { return world_.clock.now(); }

  World world_;
  Sessions sessions_{world_.parts()};
};

TEST_F(SessionsTest, AreFoundByTheirText) {
  const FreshSession fresh = begin();
  const auto found = find(fresh.text);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->session.id, fresh.row.id);
  EXPECT_EQ((*found)->subject->fixed.id, World::kAlice);
}

TEST_F(SessionsTest, AreFoundByNothingElse) {
  const FreshSession fresh = begin();
  std::string text{as_text(fresh.text.expose())};
  text[30] = text[30] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(finds(text));
  EXPECT_FALSE(finds(""));
  EXPECT_FALSE(finds("no session at all"));
}

TEST_F(SessionsTest, AreBoundToTheirSubject) {
  const FreshSession fresh = begin();
  world_.open_sessions.at(fresh.row.id).subject = decoy_of_name(3);
  EXPECT_FALSE(finds(fresh.text));
}

// Fixation: whoever planted the text of a session has nothing once somebody signs in by it.
TEST_F(SessionsTest, HaveAnotherTextAfterEachPromotion) {
  const FreshSession planted = begin(SessionScope::sign_in);
  const FreshSession signed_in = promote(planted, SessionScope::account);
  EXPECT_FALSE(finds(planted.text));
  EXPECT_TRUE(finds(signed_in.text));
  EXPECT_EQ(signed_in.row.id, planted.row.id);
  const FreshSession proven = promote(signed_in, SessionScope::account, {.factor_at = now()});
  EXPECT_FALSE(finds(signed_in.text));
  EXPECT_TRUE(finds(proven.text));
}

TEST_F(SessionsTest, LastAsLongAsTheirScopeMay) {
  const auto& rules = world_.rules.session;
  const auto lifetime = [](const FreshSession& s) { return s.row.expires_at - s.row.created_at; };
  EXPECT_EQ(lifetime(begin(SessionScope::sign_in)), rules.sign_in_lifetime);
  EXPECT_EQ(lifetime(begin(SessionScope::activation)), rules.activation_lifetime);
  EXPECT_EQ(lifetime(begin(SessionScope::reset)), rules.reset_lifetime);
  EXPECT_EQ(lifetime(begin(SessionScope::account)), rules.lifetime);
}

TEST_F(SessionsTest, BeginTheirLifeAnewWithAnotherScopeAlone) {
  const FreshSession first = begin(SessionScope::sign_in);
  world_.clock.time += 2min;
  const FreshSession second = promote(first, SessionScope::account);
  EXPECT_EQ(second.row.expires_at, now() + world_.rules.session.lifetime);
  world_.clock.time += 2min;
  EXPECT_EQ(promote(second, SessionScope::account).row.expires_at, second.row.expires_at);
}

TEST_F(SessionsTest, AreOverAtTheirEndWhoeverUsesThem) {
  world_.rules.session.lifetime = 60min;
  const FreshSession fresh = begin();
  for (int i = 0; i < 5; ++i) {
    world_.clock.time += 10min;
    EXPECT_TRUE(finds(fresh.text));
  }
  world_.clock.time = fresh.row.expires_at - 1ms;
  EXPECT_TRUE(finds(fresh.text));
  world_.clock.time = fresh.row.expires_at;
  EXPECT_FALSE(finds(fresh.text));
}

TEST_F(SessionsTest, AreOverWhenNobodyUsesThem) {
  const FreshSession fresh = begin();
  world_.clock.time += world_.rules.session.idle - 1ms;
  EXPECT_TRUE(finds(fresh.text));
  world_.clock.time += world_.rules.session.idle;
  EXPECT_FALSE(finds(fresh.text));
}

TEST_F(SessionsTest, NoteTheirUseOnceAMinute) {
  const FreshSession fresh = begin();
  const Session& row = world_.open_sessions.at(fresh.row.id);
  world_.clock.time += 59s;
  EXPECT_TRUE(finds(fresh.text));
  EXPECT_EQ(row.seen_at, fresh.row.seen_at);
  world_.clock.time += 1s;
  EXPECT_TRUE(finds(fresh.text));
  EXPECT_EQ(row.seen_at, now());
}

TEST_F(SessionsTest, AreOverWhenTheClockWentBackBehindTheirBeginning) {
  const FreshSession fresh = begin();
  world_.clock.time -= 1h;
  EXPECT_FALSE(finds(fresh.text));
}

TEST_F(SessionsTest, AreNobodysWhileTheirSubjectIsSuspendedLockedOrPending) {
  const FreshSession fresh = begin();
  for (const SubjectState state : {SubjectState::suspended, SubjectState::locked,
                                   SubjectState::pending, SubjectState::erased}) {
    world_.alice().fixed.state = state;
    EXPECT_FALSE(finds(fresh.text)) << static_cast<int>(state);
  }
  world_.alice().fixed.state = SubjectState::active;
  EXPECT_TRUE(finds(fresh.text));
}

TEST_F(SessionsTest, OfAnActivationAreForWhoeverIsPending) {
  const FreshSession fresh = begin(SessionScope::activation);
  EXPECT_FALSE(finds(fresh.text));
  world_.alice().fixed.state = SubjectState::pending;
  EXPECT_TRUE(finds(fresh.text));
}

TEST_F(SessionsTest, FollowThePolicyOfTheirRealm) {
  auto strict = std::make_shared<policies::Policy>(world_.rules);
  strict->session.idle = 5min;
  world_.rules.realms["default"] = strict;
  const FreshSession fresh = begin();
  world_.clock.time += 5min;
  EXPECT_FALSE(finds(fresh.text));
}

TEST_F(SessionsTest, KeepNoHalfCharacterOfAUserAgent) {
  Session draft{.scope = SessionScope::account};
  draft.user_agent = std::string(Session::kUserAgentBytesMax - 1, 'a') + "ä";
  const FreshSession fresh = *run(sessions_.fresh(std::move(draft), world_.alice(), now()));
  EXPECT_EQ(fresh.row.user_agent, std::string(Session::kUserAgentBytesMax - 1, 'a'));
}

// What is not there costs as much as what is.
TEST_F(SessionsTest, CostTheSameWhateverIsBrought) {
  const FreshSession fresh = begin();
  const auto cost = [this](std::string_view text) {
    const int before = world_.calls;
    (void)finds(text);
    return world_.calls - before;
  };
  const std::string good{as_text(fresh.text.expose())};
  std::string unknown = good;
  unknown[3] = unknown[3] == 'B' ? 'C' : 'B';
  const int expected = cost(good);
  EXPECT_EQ(cost(unknown), expected);
  EXPECT_EQ(cost("malformed"), expected);
}

TEST_F(SessionsTest, AreNotFoundWhenAnyStepFails) {
  const FreshSession fresh = begin();
  world_.clock.time += 1min;
  int steps = 0;
  for (int fail = 1;; ++fail) {
    world_.calls = 0;
    world_.fail_call = fail;
    world_.open_sessions.at(fresh.row.id).seen_at = fresh.row.seen_at;
    const auto found = find(fresh.text);
    if (world_.calls < fail) break;
    ++steps;
    ASSERT_FALSE(found) << "step " << fail;
    EXPECT_EQ(found.error().code, ErrorCode::unavailable) << "step " << fail;
  }
  EXPECT_EQ(steps, 4);
}

}  // namespace
}  // namespace countersign
