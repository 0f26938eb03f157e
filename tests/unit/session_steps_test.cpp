// SPDX-License-Identifier: Apache-2.0
// How a session gets on, by which factors, and by nothing else. One test per promise.
#include "tests/unit/account_visits.hpp"

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::kNoon;
using test::run;
using test::run_all;
using test::World;

class SessionSteps : public test::AccountVisits {
 protected:
  SessionVerdict prove(const SecretBytes& session, std::string_view code) {
    return get<SessionVerdict>(answer(proof(code), session));
  }
  // One asks the service for messages, and could deliver them.
  void welcome_courier() {
    world_.rules.sms.prefixes = {{"+358", 500}};
    world_.rules.peers[0].roles[static_cast<std::size_t>(Role::courier)] = true;
    ASSERT_TRUE(run(service_.start()));
    TakeMessages ask;
    ask.providers = {{.name = "a", .channel = FactorKind::sms, .state = ProviderState::works}};
    const Peer courier{.uid = 1000, .gid = 1000, .role = Role::courier};
    ASSERT_TRUE(answer(std::move(ask), {}, courier));
  }
};

TEST_F(SessionSteps, ACodeSignsInWhoeverHasGivenThePassword) {
  const FreshSession half = half_way();
  const SessionVerdict outcome = prove(half.text, world_.code_now());
  EXPECT_TRUE(outcome.verdict.accepted);
  const SessionReport report = seen_by(outcome.session);
  EXPECT_EQ(report.session.scope, SessionScope::account);
  EXPECT_EQ(report.session.proof.factor_at, kNoon);
  EXPECT_EQ(report.session.proof.kinds, bit_of(FactorKind::password) | bit_of(FactorKind::totp));
  EXPECT_EQ(report.level, 2);
  EXPECT_EQ(world_.entries.back().event, Event::sign_in);
}

// Fixation: the text that was good before is good for nothing.
TEST_F(SessionSteps, EachStepGivesAnotherText) {
  const FreshSession half = half_way();
  const SessionVerdict in = prove(half.text, world_.code_now());
  EXPECT_FALSE(is_session(half.text));
  world_.clock.time += 30s;
  const SessionVerdict again = prove(in.session, world_.code_now());
  EXPECT_TRUE(again.verdict.accepted);
  EXPECT_FALSE(is_session(in.session));
  EXPECT_EQ(seen_by(again.session).session.id, half.row.id);
}

TEST_F(SessionSteps, AWrongCodeLeavesTheSessionAsItIs) {
  const FreshSession half = half_way();
  const SessionVerdict outcome = prove(half.text, "111111");
  EXPECT_FALSE(outcome.verdict.accepted);
  EXPECT_EQ(outcome.session.size(), 0u);
  EXPECT_EQ(seen_by(half.text).session.scope, SessionScope::sign_in);
  EXPECT_EQ(world_.alice().budget.failures, 1u);
}

TEST_F(SessionSteps, AUsedCodeSignsNobodyIn) {
  const std::string code = world_.code_now();
  ASSERT_TRUE(world_.verify(code)->accepted);
  const FreshSession half = half_way();
  EXPECT_EQ(prove(half.text, code).verdict.reason, Reason::replayed);
  EXPECT_EQ(seen_by(half.text).session.scope, SessionScope::sign_in);
}

TEST_F(SessionSteps, AnothersFactorIsNotFound) {
  const FreshSession half = half_way();
  EXPECT_EQ(refusal(answer(proof(world_.code_now(), FactorId{999}), half.text)), "factor.id");
}

TEST_F(SessionSteps, OfManyProofsAtOnceOneIsTheSessions) {
  const FreshSession half = half_way();
  std::vector<awaitable<Result<Answer>>> proofs;
  for (int i = 0; i < 100; ++i) {
    SecretBytes text{half.text.expose()};
    proofs.push_back(answer_later(proof(world_.code_now()), std::move(text)));
  }
  int promoted = 0;
  for (Result<Answer>& result : run_all(std::move(proofs))) {
    if (get<SessionVerdict>(std::move(result)).session.size() != 0) ++promoted;
  }
  EXPECT_EQ(promoted, 1);
}

TEST_F(SessionSteps, ASentCodeSignsIn) {
  welcome_courier();
  world_.add_destination(World::kPhone, FactorKind::sms);
  const FreshSession half = half_way();
  StartChallenge wish{.subject = SubjectName::own(), .kind = FactorKind::sms};
  const auto started = get<ChallengeReport>(answer(std::move(wish), half.text));
  ASSERT_NE(number(started.id), 0);
  AnswerChallenge reply{.challenge = started.id};
  reply.passcode.emplace(*Passcode::from(world_.last_code));
  const auto outcome = get<SessionVerdict>(answer(std::move(reply), half.text));
  EXPECT_TRUE(outcome.verdict.accepted);
  EXPECT_EQ(seen_by(outcome.session).session.scope, SessionScope::account);
  EXPECT_EQ(world_.entries.back().event, Event::sign_in);
}

TEST_F(SessionSteps, AProofIsRenewedInASessionThatIsSignedIn) {
  const FreshSession in = signed_in();
  world_.clock.time += 20min;
  EXPECT_EQ(refusal(answer(RevokeFactor{World::kTotp}, in.text)), "proof.both");
  const SessionVerdict outcome = prove(in.text, world_.code_now());
  EXPECT_EQ(refusal(answer(RevokeFactor{World::kTotp}, outcome.session)), "proof.password");
  EXPECT_EQ(seen_by(outcome.session).session.expires_at, in.row.expires_at);
  EXPECT_EQ(world_.entries.back().event, Event::reauthenticated);
}

TEST_F(SessionSteps, ConfirmingAFactorProvesNothingOfThePerson) {
  world_.add(World::kHotp, FactorKind::hotp, FactorState::pending);
  const FreshSession in = signed_in();
  world_.clock.time += 20min;
  ConfirmFactor ask{World::kHotp, *Passcode::from(World::code_at(0))};
  const auto outcome = get<SessionVerdict>(answer(std::move(ask), in.text));
  EXPECT_TRUE(outcome.verdict.accepted);
  EXPECT_EQ(outcome.session.size(), 0u);
  EXPECT_EQ(seen_by(in.text).session.proof.factor_at, kNoon);
}

// Whoever has no session is told neither who is there nor by what, and a key proves no reset.
TEST_F(SessionSteps, NobodyGetsBackInByAKey) {
  world_.add_slot();
  world_.add(FactorId{15}, FactorKind::chalresp);
  for (const auto purpose : {Purpose::reset, Purpose::unlock}) {
    for (const char* username : {"alice", "nobody"}) {
      const int calls = world_.calls;
      StartChallenge by_key{.subject = name(username), .purpose = purpose};
      EXPECT_EQ(refusal(answer(by_key)), "challenge.kind");
      by_key.kind = FactorKind::chalresp;
      EXPECT_EQ(refusal(answer(by_key)), "challenge.kind");
      EXPECT_EQ(world_.calls, calls);
    }
  }
  EXPECT_TRUE(world_.challenges.empty());
}

TEST_F(SessionSteps, NobodyGetsBackInByAKeyThatAnotherSocketAskedFor) {
  constexpr Peer kProvision{.uid = 1000, .gid = 1000, .role = Role::provision};
  world_.rules.peers[0].roles.fill(true);
  world_.add_slot();
  StartChallenge start{.subject = name("alice"), .factor = World::kSlot, .purpose = Purpose::reset};
  const auto challenge = get<ChallengeReport>(answer(std::move(start), {}, kProvision));
  ASSERT_EQ(challenge.factor, World::kSlot);
  AnswerChallenge reply{.challenge = challenge.id,
                        .response = World::response_to(challenge.value),
                        .purpose = Purpose::reset};
  EXPECT_EQ(refusal(answer(std::move(reply))), "challenge.purpose");
  EXPECT_TRUE(world_.open_sessions.empty());
}

TEST_F(SessionSteps, NobodySignsInWhenAnyStepFails) {
  const std::string code = world_.code_now();
  int steps = 0;
  for (int fail = 1;; ++fail) {
    const FreshSession half = half_way();
    world_.calls = 0;
    world_.fail_call = fail;
    const auto result = answer(proof(code), half.text);
    const bool reached = world_.calls >= fail;
    world_.fail_call = 0;
    if (!reached) {
      EXPECT_TRUE(result);
      break;
    }
    ++steps;
    EXPECT_FALSE(result) << "step " << fail;
    EXPECT_EQ(seen_by(half.text).session.scope, SessionScope::sign_in) << "step " << fail;
    EXPECT_EQ(world_.factor(World::kTotp).motion.position, Position::none) << "step " << fail;
  }
  EXPECT_GE(steps, 8);
}

TEST_F(SessionSteps, BeginAgainWhenAnotherWriterWasFirst) {
  const FreshSession half = half_way();
  world_.conflicts = 3;
  EXPECT_TRUE(prove(half.text, world_.code_now()).verdict.accepted);
}

}  // namespace
}  // namespace countersign
