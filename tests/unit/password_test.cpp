// SPDX-License-Identifier: Apache-2.0
// Passwords and answers: who gets in by them, what they cost, and that all are alike from outside.
#include "tests/unit/knowledge_world.hpp"

namespace countersign {
namespace {

using test::Accepts;
using test::FailsWith;
using test::KnowledgeWorld;
using test::RejectsAs;
using test::World;

class Password : public KnowledgeWorld {};

TEST_F(Password, IsAcceptedAsOftenAsItIsTyped) {
  add_password();
  EXPECT_THAT(type(FactorKind::password, kRight), Accepts());
  EXPECT_THAT(type(FactorKind::password, kRight), Accepts());
  EXPECT_EQ(world.factor(kPassword).motion.position, Position{1});
}

TEST_F(Password, IsRejectedWhenItsLastCharacterIsAnother) {
  add_password();
  EXPECT_THAT(type(FactorKind::password, "Correct Horse 1 batterY"), RejectsAs(Reason::wrong_code));
}

TEST_F(Password, IsOneWhicheverWayAKeyboardSpellsIt) {
  add_password("P\u00e4ssw\u00f6rd \ufb01ve");
  EXPECT_THAT(type(FactorKind::password, "Pa\u0308sswo\u0308rd five"), Accepts());
}

TEST_F(Password, OfTooManyCharactersOrOfBytesThatAreNoTextMatchesNothing) {
  add_password();
  world.hashed.clear();
  EXPECT_THAT(type(FactorKind::password, std::string(2000, 'x')), RejectsAs(Reason::wrong_code));
  EXPECT_THAT(type(FactorKind::password, "\xff\xfe"), RejectsAs(Reason::wrong_code));
  EXPECT_THAT(type(FactorKind::password, ""), RejectsAs(Reason::wrong_code));
  EXPECT_EQ(world.hashed.size(), 3U);
}

TEST_F(Password, OfAnotherPersonMatchesNothing) {
  SealedSecret taken = add_password().fixed.sealed;
  const auto normal = verify::normal_password(secret(kRight));
  const verify::HashedFor whom{SubjectId{2}, FactorKind::password};
  const auto hashes = verify::password_hashes_from(taken);
  const verify::PepperedHash& hash = hashes->present();
  const auto mac = test::run(verify::peppered(means(), whom, *normal, hash.salt, hash.parameters));
  EXPECT_NE(*mac, hash.mac);
}

// With the password alone nobody may guess codes without end.
TEST_F(Password, ForgetsItsOwnFailuresAndNotTheSubjects) {
  add_password();
  ASSERT_THAT(type(FactorKind::password, "wrong"), RejectsAs(Reason::wrong_code));
  ASSERT_THAT(world.verify("424242"), RejectsAs(Reason::wrong_code));
  ASSERT_THAT(type(FactorKind::password, kRight), Accepts());
  EXPECT_EQ(world.factor(kPassword).motion.failures, 0U);
  EXPECT_EQ(world.alice().budget.failures, 2U);
}

// From outside: whoever has a password, has none, is nobody, or is held back.
TEST_F(Password, CostsTheSameForEverybody) {
  const auto cost_of = [this](SubjectId subject) {
    world.hashed.clear();
    world.macs = 0;
    EXPECT_FALSE(type(FactorKind::password, "wrong", subject)->accepted);
    return std::pair{world.hashed, world.macs};
  };
  const auto without = cost_of(World::kAlice);
  add_password();
  const auto with = cost_of(World::kAlice);
  world.alice().budget.failures = world.rules.throttle.failures_max;
  world.alice().budget.failures_unfamiliar = world.rules.throttle.failures_max;
  const auto closed = cost_of(World::kAlice);
  const auto decoy = cost_of(SubjectId{-7});
  EXPECT_EQ(with.first, std::vector{verify::parameters_of(world.rules.password)});
  EXPECT_EQ(with.second, 1);
  EXPECT_EQ(without, with);
  EXPECT_EQ(closed, with);
  EXPECT_EQ(decoy, with);
}

TEST_F(Password, IsHashedAgainWhenPoliciesAskForMore) {
  add_password();
  world.rules.password.argon2_passes = 3;
  ASSERT_THAT(type(FactorKind::password, "wrong"), RejectsAs(Reason::wrong_code));
  const auto before = verify::password_hashes_from(world.factor(kPassword).fixed.sealed);
  EXPECT_EQ(before->present().parameters.passes, 2);
  ASSERT_THAT(type(FactorKind::password, kRight), Accepts());
  const auto after = verify::password_hashes_from(world.factor(kPassword).fixed.sealed);
  EXPECT_EQ(after->present().parameters.passes, 3);
  EXPECT_THAT(type(FactorKind::password, kRight), Accepts());
}

TEST_F(Password, RemembersAsManyEarlierOnesAsPoliciesAsk) {
  world.rules.password.history = 1;
  SealedSecret sealed;
  for (const std::string_view text : {"first", "second", "third"}) {
    const auto normal = verify::normal_password(secret(text));
    sealed = *test::run(
        verify::fresh_password(means(), World::kAlice, *normal, world.rules.password, sealed));
  }
  const auto used = [&](std::string_view text) {
    const auto normal = verify::normal_password(secret(text));
    return *test::run(verify::was_used(means(), World::kAlice, sealed, *normal, 1));
  };
  EXPECT_TRUE(used("third"));
  EXPECT_TRUE(used("second"));
  EXPECT_FALSE(used("first"));
}

TEST_F(Password, OfASuspendedFactorIsHashedAndRefused) {
  add_password().fixed.state = FactorState::suspended;
  world.hashed.clear();
  EXPECT_THAT(type(FactorKind::password, kRight), RejectsAs(Reason::suspended));
  EXPECT_EQ(world.hashed.size(), 1U);
}

TEST_F(Password, IsNeverAcceptedWhenAnyStepFails) {
  for (int fail_call = 1;; ++fail_call) {
    SCOPED_TRACE(testing::Message() << "call " << fail_call << " fails");
    World fresh;
    const auto normal = verify::normal_password(secret(kRight));
    const verify::Means its{fresh, fresh, Rank::known};
    fresh.add(kPassword, FactorKind::password).fixed.sealed = *test::run(
        verify::fresh_password(its, World::kAlice, *normal, fresh.rules.password, SealedSecret{}));
    fresh.calls = 0;
    fresh.fail_call = fail_call;
    const SecretBytes text = secret(kRight);
    const verify::TypedSecret typed{FactorKind::password, text};
    const std::string no_address;
    const Question question{.event = Event::sign_in,
                            .subject = World::kAlice,
                            .secret = &typed,
                            .client_address = no_address};
    const RequestId id = World::request_id(1);
    const auto verdict = test::run(fresh.attempts.evaluate(World::kPeer, id, question));
    if (fresh.calls < fail_call) {
      EXPECT_THAT(verdict, Accepts());
      return;
    }
    ASSERT_THAT(verdict, FailsWith(ErrorCode::unavailable));
  }
}

class AnswerToAQuestion : public KnowledgeWorld {};

TEST_F(AnswerToAQuestion, IsOneInAnyCaseAndSpacing) {
  add_question(FactorKind::reset_question, "Fluffy  the Bear");
  EXPECT_THAT(type(FactorKind::reset_question, " FLUFFY the\tbear "), Accepts());
  EXPECT_THAT(type(FactorKind::reset_question, "fluffy thebear"), RejectsAs(Reason::wrong_code));
}

TEST_F(AnswerToAQuestion, ToAResetQuestionSignsNobodyIn) {
  add_question(FactorKind::reset_question, "Fluffy");
  EXPECT_THAT(type(FactorKind::question, "Fluffy"), RejectsAs(Reason::no_such_factor));
}

TEST_F(AnswerToAQuestion, IsBoundToItsKind) {
  FactorRecord& record = add_question(FactorKind::reset_question, "Fluffy");
  record.fixed.kind = FactorKind::question;
  EXPECT_THAT(type(FactorKind::question, "Fluffy"), RejectsAs(Reason::wrong_code));
}

TEST_F(AnswerToAQuestion, BelongsToACustomQuestionThatComesBack) {
  const auto normal = verify::normal_answer(secret("Fluffy"));
  const verify::HashedFor whom{World::kAlice, FactorKind::question};
  const verify::AskedQuestion asked{.stock_id = 0, .custom = "Who sat on my desk?"};
  const auto parameters = verify::parameters_of(world.rules.password);
  const auto sealed = test::run(verify::fresh_question(means(), whom, asked, *normal, parameters));
  ASSERT_TRUE(sealed);
  const auto opened = test::run(verify::open_question(world, *sealed));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->custom, "Who sat on my desk?");
}

}  // namespace
}  // namespace countersign
