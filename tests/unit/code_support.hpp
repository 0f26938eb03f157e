// SPDX-License-Identifier: Apache-2.0
// Alice with a phone, a courier that could reach it, and short words for codes.
#pragma once

#include "tests/support/matchers.hpp"
#include "tests/support/world.hpp"

#include <gtest/gtest.h>

namespace countersign {

using test::FailsWith;
using test::World;

inline constexpr Peer kProvision{.uid = 1000, .gid = 1000, .role = Role::provision};
inline constexpr Peer kAdmin{.uid = 1000, .gid = 1000, .role = Role::admin};

class Codes : public testing::Test {
 protected:
  Codes() {
    world.welcome_courier();
    world.add_destination(World::kPhone, FactorKind::sms);
  }
  ChallengeReport start(const StartChallenge& wish = World::code_wish(), Peer peer = World::kPeer) {
    auto report = world.start(wish, peer);
    EXPECT_TRUE(report);
    return report ? *std::move(report) : ChallengeReport{};
  }
  DeliveryOutcome outcome(const StartChallenge& wish = World::code_wish(),
                          Peer peer = World::kPeer) {
    return start(wish, peer).delivery->outcome;
  }
  Verdict answer(ChallengeId id, std::string_view code, Peer peer = World::kPeer) {
    return given(world.answer(World::code_answer(id, code), peer));
  }
  // The same, and what it is said to be for.
  Result<Verdict> answer_for(Purpose purpose, ChallengeId id, std::string_view code,
                             std::string_view transaction = "", Peer peer = World::kPeer) {
    AnswerChallenge ask = World::code_answer(id, code);
    ask.purpose = purpose;
    ask.transaction = transaction;
    return world.answer(std::move(ask), peer);
  }
  Verdict answer_of(std::string_view username, ChallengeId id, std::string_view code) {
    AnswerChallenge ask = World::code_answer(id, code);
    ask.subject = SubjectName{*Realm::from(""), *Username::from(username)};
    return given(world.answer(std::move(ask)));
  }
  static std::optional<ErrorCode> failure(const Result<ChallengeReport>& report) {
    if (report) return std::nullopt;
    return report.error().code;
  }
  static Verdict given(const Result<Verdict>& verdict) {
    EXPECT_TRUE(verdict);
    return verdict ? *verdict : Verdict{};
  }
  [[nodiscard]] std::string wrong_code() const {
    std::string code = world.last_code;
    code.back() = code.back() == '9' ? '0' : '9';
    return code;
  }

  World world;
};

}  // namespace countersign
