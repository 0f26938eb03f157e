// SPDX-License-Identifier: Apache-2.0
// An explanation ends with the rule that decides, and says what it was held against.
#include "daemon/service/admin/explanation.hpp"

#include "tests/support/matchers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace countersign {
namespace {

using namespace std::chrono_literals;

constexpr Time kNow = from_milliseconds(1'800'000'000'000);
constexpr uid_t kPortal = 1000;

class Explained : public testing::Test {
 protected:
  Explained() {
    policy_.peers = {{.name = "portal", .uid = kPortal, .roles = {true}, .realms = {"default"}}};
  }

  Explanation explain(const SourcePrint& from = {}) {
    return countersign::explain(policy_, hypothesis_, subject_, from, kNow, sent_);
  }
  // The rule that refused; "" when none did.
  std::string refused_by(const SourcePrint& from = {}) {
    const Explanation explanation = explain(from);
    EXPECT_EQ(explanation.allowed, explanation.rules.back().passed);
    return explanation.allowed ? "" : explanation.rules.back().rule;
  }

  policies::Policy policy_ = policies::defaults();
  SubjectRecord subject_{.fixed = {.id = SubjectId{1},
                                   .name = {*Realm::from(""), *Username::from("alice")},
                                   .state = SubjectState::active}};
  Hypothesis hypothesis_{.peer = {.uid = kPortal, .gid = kPortal, .role = Role::verify},
                         .operation = Operation::verify,
                         .realm = "default",
                         .kind = std::nullopt};
  std::optional<CodeService::Prospect> sent_;
};

TEST_F(Explained, NothingRefusesWhoMay) { EXPECT_EQ(refused_by(), ""); }

TEST_F(Explained, APeerThatNoRuleKnows) {
  hypothesis_.peer.uid = kPortal + 1;
  EXPECT_EQ(refused_by(), "[[peer]] sockets");
}

TEST_F(Explained, AnOperationOfAnotherSocket) {
  hypothesis_.operation = Operation::unlock_subject;
  EXPECT_EQ(refused_by(), "operations of the socket");
}

TEST_F(Explained, ARealmOfSomebodyElse) {
  hypothesis_.realm = "staff";
  EXPECT_EQ(refused_by(), "[[peer]] realms");
}

TEST_F(Explained, ANameThatNobodyBears) {
  subject_.fixed.id = decoy_of_name(7);
  EXPECT_EQ(refused_by(), "subject");
}

TEST_F(Explained, ASuspendedSubject) {
  subject_.fixed.state = SubjectState::suspended;
  EXPECT_EQ(refused_by(), "subject's state");
}

TEST_F(Explained, StrangersAreShutOutWhereTheOwnerIsNot) {
  const SourcePrint home{std::byte{1}};
  subject_.sources = {{home, kNow - 24h}};
  subject_.budget = {.failures = 75, .failures_unfamiliar = 75};
  EXPECT_EQ(refused_by(), "[throttle] failures_max");
  EXPECT_EQ(explain().rules.back().found, "75 failures, 75 of them from unfamiliar places");
  EXPECT_EQ(refused_by(home), "");
}

TEST_F(Explained, WhoHasToWait) {
  subject_.budget = {.failures = 6, .failures_unfamiliar = 6, .not_before_unfamiliar = kNow + 90s};
  EXPECT_EQ(refused_by(), "[throttle] delay_first, delay_max");
  EXPECT_EQ(explain().rules.back().found, "90s to wait");
}

TEST_F(Explained, ABudgetOfMessagesThatIsSpent) {
  hypothesis_.operation = Operation::start_challenge;
  hypothesis_.kind = FactorKind::email;
  const outbox::Refused refused{DeliveryOutcome::limit_reached, 90s, "[email] per_hour", 7};
  sent_ = CodeService::Prospect{true, {refused, true, true}};
  EXPECT_EQ(refused_by(), "[email] per_hour");
  EXPECT_EQ(explain().rules.back().value, "7");
  EXPECT_EQ(explain().rules.back().found, "used up, 90s to wait");
  sent_->delivery.refused.reset();
  EXPECT_EQ(refused_by(), "");
  sent_->delivery.is_up = false;
  EXPECT_EQ(refused_by(), "courier");
  sent_->reaches_somebody = false;
  EXPECT_EQ(refused_by(), "factor");
}

TEST_F(Explained, ASuspendedSubjectIsSentNothing) {
  hypothesis_.operation = Operation::start_challenge;
  subject_.fixed.state = SubjectState::suspended;
  EXPECT_EQ(refused_by(), "subject's state");
}

TEST_F(Explained, AnAccountThatIsBeingSetUp) {
  policy_.peers[0].roles[static_cast<std::size_t>(Role::enroll)] = true;
  hypothesis_.peer.role = Role::enroll;
  subject_.fixed.state = SubjectState::pending;
  for (const auto operation : {Operation::request_link, Operation::open_ticket,
                               Operation::get_session, Operation::answer_challenge}) {
    hypothesis_.operation = operation;
    EXPECT_EQ(refused_by(), "") << static_cast<int>(operation);
  }
  for (const auto operation :
       {Operation::sign_in, Operation::prove_factor, Operation::list_sessions}) {
    hypothesis_.operation = operation;
    EXPECT_EQ(refused_by(), "subject's state") << static_cast<int>(operation);
  }
}

TEST_F(Explained, OfSeveralFactorsTheOneThatIsOpen) {
  hypothesis_.kind = FactorKind::hotp;
  FactorRecord factor;
  factor.fixed.kind = FactorKind::hotp;
  factor.fixed.state = FactorState::active;
  factor.motion.failures = factor.motion.failures_unfamiliar = 75;
  subject_.factors.push_back(factor);
  EXPECT_EQ(refused_by(), "a factor's own failures");
  factor.motion = {};
  subject_.factors.push_back(factor);
  EXPECT_EQ(refused_by(), "");
}

TEST_F(Explained, AKindThatTheSubjectDoesNotHave) {
  hypothesis_.kind = FactorKind::totp;
  EXPECT_EQ(refused_by(), "factor");
}

TEST_F(Explained, WhatSetsUpOneKindAloneWithoutItsName) {
  policy_.peers[0].roles.fill(true);
  const std::pair<Operation, policies::FactorRuleOf> alone[]{
      {Operation::claim_token, policies::FactorRuleOf::yubico_otp},
      {Operation::make_recovery_codes, policies::FactorRuleOf::recovery_codes},
      {Operation::remember_device, policies::FactorRuleOf::device}};
  hypothesis_.peer.role = Role::enroll;
  for (const auto& [operation, kind] : alone) {
    hypothesis_.operation = operation;
    policies::FactorRule& rule = policy_.factors.rules[static_cast<std::size_t>(kind)];
    rule.offer = true;
    EXPECT_EQ(refused_by(), "");
    rule.offer = false;
    EXPECT_THAT(refused_by(), testing::EndsWith("] offer"));
  }
  hypothesis_.peer.role = Role::admin;
  hypothesis_.operation = Operation::issue_temporary_code;
  policy_.factors.rules[static_cast<std::size_t>(policies::FactorRuleOf::temporary_code)].offer =
      false;
  EXPECT_EQ(refused_by(), "[factors.temporary_code] offer");
}

TEST_F(Explained, AKindThatIsNotOnOffer) {
  policy_.peers[0].roles[static_cast<std::size_t>(Role::enroll)] = true;
  hypothesis_.peer.role = Role::enroll;
  hypothesis_.operation = Operation::set_question;
  hypothesis_.kind = FactorKind::question;
  EXPECT_EQ(refused_by(), "[factors.question] offer");
}

}  // namespace
}  // namespace countersign
