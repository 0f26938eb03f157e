// SPDX-License-Identifier: Apache-2.0
// The promises of Gate, one test per promise.
#include "daemon/service/gate/gate.hpp"

#include "daemon/service/operation_of.hpp"
#include "daemon/verify/recovery_codes.hpp"
#include "daemon/verify/temporary_code.hpp"
#include "tests/support/world.hpp"

#include <gtest/gtest.h>

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::run;
using test::World;

constexpr Peer kCompanion{.uid = 1000, .gid = 1000, .role = Role::enroll};
constexpr FactorId kAnothers{999};

class GateTest : public testing::Test {
 protected:
  GateTest() { world_.rules.peers[0].roles[static_cast<std::size_t>(Role::enroll)] = true; }

  void sign_in(SessionScope scope = SessionScope::account) {
    const Time now = world_.clock.now();
    Session draft{.scope = scope, .proof = {.password_at = now, .factor_at = now}};
    FreshSession fresh = *run(sessions_.fresh(std::move(draft), world_.alice(), now));
    world_.open_sessions[fresh.row.id] = fresh.row;
    text_ = std::move(fresh.text);
  }

  // The name of what is wrong; empty when the visit is let in.
  std::string refusal(Ask ask, Peer peer = kCompanion) {
    request_.emplace(Request{World::request_id(1), std::move(ask), SecretBytes{text_.expose()}});
    const Operation operation = std::visit(OperationOf{}, request_->ask);
    const Status admitted = run(admit(peer, operation));
    return admitted ? "" : std::string{admitted.error().operation.view()};
  }
  awaitable<Status> admit(Peer peer, Operation operation) {
    CS_CO_TRY(const Visit visit, co_await gate_.admit(peer, operation, *request_));
    EXPECT_EQ(visit.session.has_value(), visit.subject != nullptr);
    co_return Status{};
  }
  template <class Type>
  const Type& asked() {
    return std::get<Type>(request_->ask);
  }
  static SubjectName name(std::string_view username) {
    return {*Realm::from(""), *Username::from(username)};
  }
  static StartChallenge challenge(SubjectName whose, std::optional<Purpose> purpose) {
    return {.subject = std::move(whose), .kind = FactorKind::sms, .purpose = purpose};
  }

  World world_;
  Sessions sessions_{world_.parts()};
  Gate gate_{world_.parts()};
  SecretBytes text_;
  std::optional<Request> request_;
};

TEST_F(GateTest, LetsOtherSocketsThrough) {
  EXPECT_EQ(refusal(ListFactors{name("bob")}, World::kPeer), "");
  EXPECT_EQ(asked<ListFactors>().name, name("bob"));
}

TEST_F(GateTest, AsksForASession) {
  EXPECT_EQ(refusal(GetSession{}), "session.none");
  EXPECT_EQ(refusal(ListFactors{name("alice")}), "session.none");
  text_ = SecretBytes{as_bytes("no session at all")};
  EXPECT_EQ(refusal(GetSession{}), "session.none");
  sign_in();
  EXPECT_EQ(refusal(GetSession{}), "");
}

TEST_F(GateTest, RefusesWhatASessionsScopeMayNot) {
  sign_in(SessionScope::sign_in);
  EXPECT_EQ(refusal(ListSessions{}), "session.scope");
  EXPECT_EQ(refusal(IssueHandOver{}), "session.scope");
  EXPECT_EQ(refusal(MakeRecoveryCodes{}), "session.scope");
  EXPECT_EQ(refusal(GetSession{}), "");
}

TEST_F(GateTest, RefusesWhoIsNotOfThePeersRealms) {
  sign_in();
  world_.rules.peers[0].realms = {"another"};
  EXPECT_EQ(refusal(GetSession{}), "policy.realm");
}

TEST_F(GateTest, PutsTheSessionsSubjectIntoTheQuestion) {
  sign_in();
  EXPECT_EQ(refusal(ListFactors{SubjectName::own()}), "");
  EXPECT_EQ(asked<ListFactors>().name, name("alice"));
  EXPECT_EQ(refusal(ListFactors{name("Alice")}), "");
  EXPECT_EQ(refusal(GetProfile{}), "");
  EXPECT_EQ(asked<GetProfile>().name, name("alice"));
  EXPECT_EQ(refusal(ListActivity{}), "");
  EXPECT_EQ(asked<ListActivity>().name, name("alice"));
  AnswerChallenge answer{.challenge = ChallengeId{5}};
  EXPECT_EQ(refusal(std::move(answer)), "");
  EXPECT_EQ(asked<AnswerChallenge>().subject, name("alice"));
}

TEST_F(GateTest, RefusesAnothersName) {
  sign_in();
  EXPECT_EQ(refusal(ListFactors{name("bob")}), "session.subject");
  EXPECT_EQ(refusal(GetProfile{.name = name("bob")}), "session.subject");
  EXPECT_EQ(refusal(ListActivity{.name = name("bob")}), "session.subject");
  EXPECT_EQ(refusal(challenge(name("bob"), Purpose::sign_in)), "session.subject");
  AnswerChallenge answer{.challenge = ChallengeId{5}};
  answer.subject = name("bob");
  EXPECT_EQ(refusal(std::move(answer)), "session.subject");
}

TEST_F(GateTest, FindsNoFactorOfAnothers) {
  sign_in();
  EXPECT_EQ(refusal(ConfirmFactor{kAnothers, *Passcode::from("123456")}), "factor.id");
  EXPECT_EQ(refusal(RenameFactor{kAnothers, *Label::from("mine")}), "factor.id");
  EXPECT_EQ(refusal(RevokeFactor{kAnothers}), "factor.id");
  EXPECT_EQ(refusal(ShowPendingSecret{kAnothers}), "factor.id");
  EXPECT_EQ(refusal(ProveFactor{kAnothers, *Passcode::from("123456")}), "factor.id");
  StartChallenge start = challenge(SubjectName::own(), Purpose::sign_in);
  start.factor = kAnothers;
  EXPECT_EQ(refusal(std::move(start)), "factor.id");
  EXPECT_EQ(refusal(RevokeFactor{World::kTotp}), "");
}

TEST_F(GateTest, LetsStrangersProveAResetOrAnUnlockingAlone) {
  EXPECT_EQ(refusal(challenge(name("alice"), Purpose::reset)), "");
  EXPECT_EQ(refusal(challenge(name("alice"), Purpose::unlock)), "");
  EXPECT_EQ(refusal(challenge(name("alice"), Purpose::sign_in)), "challenge.purpose");
  EXPECT_EQ(refusal(challenge(name("alice"), Purpose::confirmation)), "challenge.purpose");
  EXPECT_EQ(refusal(challenge(name("alice"), std::nullopt)), "challenge.purpose");
  EXPECT_EQ(refusal(challenge(SubjectName::own(), Purpose::reset)), "subject.missing");
  StartChallenge named = challenge(name("alice"), Purpose::reset);
  named.factor = World::kTotp;
  EXPECT_EQ(refusal(std::move(named)), "session.none");
}

TEST_F(GateTest, MeansWhatASessionIsForByAChallengeWithoutAPurpose) {
  sign_in(SessionScope::sign_in);
  EXPECT_EQ(refusal(challenge(SubjectName::own(), std::nullopt)), "");
  EXPECT_EQ(asked<StartChallenge>().purpose, Purpose::sign_in);
  world_.alice().fixed.state = SubjectState::pending;
  world_.add(FactorId{31}, FactorKind::password);
  sign_in(SessionScope::activation);
  EXPECT_EQ(refusal(challenge(SubjectName::own(), std::nullopt)), "");
  EXPECT_EQ(asked<StartChallenge>().purpose, Purpose::confirmation);
}

TEST_F(GateTest, AsksForAProofBeforeAChange) {
  sign_in();
  EXPECT_EQ(refusal(RevokeFactor{World::kTotp}), "");
  world_.clock.time += world_.rules.session.password_proof;
  EXPECT_EQ(refusal(RevokeFactor{World::kTotp}), "");
  world_.clock.time += 1s;
  EXPECT_EQ(refusal(RevokeFactor{World::kTotp}), "proof.both");
  EXPECT_EQ(refusal(GetSession{}), "");
}

TEST_F(GateTest, AsksForAProofBeforeItShowsAddressesInFull) {
  sign_in();
  world_.clock.time += 10min;
  EXPECT_EQ(refusal(GetProfile{}), "");
  EXPECT_EQ(refusal(GetProfile{.unmasked = true}), "proof.both");
}

TEST_F(GateTest, AsksForAFactorThatMayNotBeTheOnlyOneToo) {
  for (policies::FactorRule& rule : world_.rules.factors.rules) rule.sole = false;
  sign_in();
  world_.clock.time += 10min;
  EXPECT_EQ(refusal(RevokeFactor{World::kTotp}), "proof.both");
}

TEST_F(GateTest, AsksForNoFactorThatCannotBeProven) {
  world_.factor(World::kTotp).fixed.state = FactorState::suspended;
  for (policies::FactorRule& rule : world_.rules.factors.rules) rule.offer = true;
  world_.add(FactorId{41}, FactorKind::device);
  world_.add(FactorId{42}, FactorKind::question);
  world_.add(FactorId{43}, FactorKind::primary_email);
  const verify::TemporaryCodeRow row{
      .from = world_.clock.time, .until = world_.clock.time + 10min, .uses = 1};
  world_.add(FactorId{44}, FactorKind::temporary_code).fixed.sealed =
      run(verify::fresh_temporary_code(world_, World::kAlice, row))->sealed;
  world_.add(FactorId{45}, FactorKind::recovery_codes).fixed.sealed =
      run(verify::fresh_recovery_codes(world_, World::kAlice, 1))->sealed;
  sign_in();
  world_.clock.time += 10min - 1s;
  EXPECT_EQ(refusal(RevokeFactor{World::kTotp}), "proof.both");
  world_.factor(FactorId{45}).motion.position = Position{1};  // its one code is used
  EXPECT_EQ(refusal(RevokeFactor{World::kTotp}), "proof.both");
  world_.factor(FactorId{44}).motion.position = Position{0};  // used once
  EXPECT_EQ(refusal(RevokeFactor{World::kTotp}), "proof.password");
  world_.factor(FactorId{44}).motion.position = Position::none;
  EXPECT_EQ(refusal(RevokeFactor{World::kTotp}), "proof.both");
  world_.clock.time += 1s;  // to the second
  EXPECT_EQ(refusal(RevokeFactor{World::kTotp}), "proof.password");
}

TEST_F(GateTest, ShowsNoAddressInFullToWhoeverHasALinkAlone) {
  world_.alice().fixed.state = SubjectState::pending;
  sign_in(SessionScope::activation);
  EXPECT_EQ(refusal(GetProfile{.unmasked = true}), "");
  Session& session = world_.open_sessions.begin()->second;
  session.proof = {};
  EXPECT_EQ(refusal(GetProfile{.unmasked = true}), "proof.password");
  EXPECT_EQ(refusal(GetProfile{}), "");
}

TEST_F(GateTest, AsksForNoFactorOfWhoeverHasNone) {
  sign_in();
  world_.factor(World::kTotp).fixed.state = FactorState::suspended;
  world_.clock.time += 10min;
  EXPECT_EQ(refusal(RenameFactor{World::kTotp, *Label::from("mine")}), "proof.password");
}

TEST_F(GateTest, AsksForNoProofWhileAnAccountIsBeingSetUp) {
  world_.alice().fixed.state = SubjectState::pending;
  sign_in(SessionScope::activation);
  world_.clock.time += 10min;
  EXPECT_EQ(refusal(SetQuestion{}), "");
}

TEST_F(GateTest, LetsFactorsComeAfterThePassword) {
  world_.alice().fixed.state = SubjectState::pending;
  sign_in(SessionScope::activation);
  EnrolOutOfBand enrol{SubjectName::own(), FactorKind::email, std::nullopt, *Label::from("mine")};
  EXPECT_EQ(refusal(std::move(enrol)), "activation.password");
  EXPECT_EQ(refusal(ConfirmFactor{World::kTotp, *Passcode::from("123456")}), "activation.password");
  EXPECT_EQ(refusal(AnswerChallenge{.challenge = ChallengeId{5}}), "activation.password");
  EXPECT_EQ(refusal(SetPassword{}), "");
  world_.add(FactorId{31}, FactorKind::password);
  EXPECT_EQ(refusal(ConfirmFactor{World::kTotp, *Passcode::from("123456")}), "");
}

TEST_F(GateTest, LetsNobodyInWhenAnyStepFails) {
  sign_in();
  int steps = 0;
  for (int fail = 1;; ++fail) {
    world_.calls = 0;
    world_.fail_call = fail;
    const std::string refused = refusal(GetSession{});
    if (world_.calls < fail) break;
    ++steps;
    EXPECT_EQ(refused, "world.broken") << "step " << fail;
  }
  EXPECT_EQ(steps, 3);
}

}  // namespace
}  // namespace countersign
