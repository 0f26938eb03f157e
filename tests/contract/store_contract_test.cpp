// SPDX-License-Identifier: Apache-2.0
// What every Store promises about subjects and factors.
#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>

namespace countersign::test {
namespace {

constexpr const char* kPublicId = "ccccccccccbd";

class StoreContract : public testing::TestWithParam<MakeBackend> {
 protected:
  std::unique_ptr<StoreBackend> backend_ = GetParam()();
  StoreWorld world_{*backend_};

  Result<SubjectId> identify(std::string_view username) {
    const SubjectName name = StoreWorld::name(username);
    return world_.run(world_.store->identify(name));
  }
};

TEST_P(StoreContract, KnowsWhomItMade) {
  const SubjectId id = world_.add_subject("alice");
  EXPECT_EQ(*identify("alice"), id);
  EXPECT_EQ(world_.load(id)->fixed.name, StoreWorld::name("alice"));
  EXPECT_EQ(world_.load(id)->fixed.state, SubjectState::active);
}

TEST_P(StoreContract, RefusesANameThatIsTaken) {
  const SubjectId first = world_.add_subject("alice");
  const std::uint64_t records = world_.journal_records();
  const SubjectName name = StoreWorld::name("alice");
  EXPECT_THAT(world_.run(world_.store->create(name, SubjectState::active,
                                              world_.entry(Event::subject_created))),
              FailsWith(ErrorCode::already_exists));
  EXPECT_EQ(*identify("alice"), first);
  EXPECT_EQ(world_.journal_records(), records);
}

TEST_P(StoreContract, NeverGivesANumberTwice) {
  const SubjectId first = world_.add_subject("alice");
  world_.open();
  EXPECT_NE(world_.add_subject("bob"), first);
}

TEST_P(StoreContract, GivesAnUnknownNameAlwaysTheSameDecoy) {
  const SubjectId decoy = *identify("mallory");
  EXPECT_TRUE(is_decoy(decoy));
  EXPECT_EQ(*identify("mallory"), decoy);
  EXPECT_NE(*identify("trudy"), decoy);
  world_.open();
  EXPECT_EQ(*identify("mallory"), decoy);
}

TEST_P(StoreContract, GivesADecoyOneTotpFactorOfItsOwn) {
  const SubjectPtr decoy = world_.load("mallory");
  ASSERT_EQ(decoy->factors.size(), 1u);
  const Factor& factor = decoy->factors[0].fixed;
  EXPECT_EQ(factor.kind, FactorKind::totp);
  EXPECT_EQ(factor.state, FactorState::active);
  EXPECT_FALSE(factor.sealed.empty());
  const auto owner = world_.run(world_.store->owner(factor.id));
  ASSERT_THAT(owner, Succeeds());
  EXPECT_EQ(*owner, decoy->fixed.id);
}

// --- public ids -----------------------------------------------------------------------------

TEST_P(StoreContract, KnowsWhoseAPublicIdIs) {
  const SubjectId alice = world_.add_subject("alice");
  const FactorId factor = world_.add_yubikey(alice, kPublicId);
  for (int opened = 0; opened < 2; ++opened) {
    const auto owner = world_.run(world_.store->owner_of_public_id(kPublicId));
    ASSERT_THAT(owner, Succeeds());
    EXPECT_EQ(owner->subject, alice);
    EXPECT_EQ(owner->factor, factor);
    EXPECT_EQ(world_.load(alice)->find(factor)->fixed.public_id, kPublicId);
    EXPECT_EQ(world_.load(alice)->find(factor)->fixed.serial, "4711");
    world_.open();
  }
}

TEST_P(StoreContract, GivesAnUnknownPublicIdAlwaysTheSameDecoyWithAYubikey) {
  const FactorOwner decoy = *world_.run(world_.store->owner_of_public_id(kPublicId));
  ASSERT_TRUE(is_decoy(decoy.subject));
  const SubjectPtr subject = world_.load(decoy.subject);
  ASSERT_EQ(subject->factors.size(), 1u);
  EXPECT_EQ(subject->factors[0].fixed.id, decoy.factor);
  EXPECT_EQ(subject->factors[0].fixed.kind, FactorKind::yubico_otp);
  EXPECT_FALSE(subject->factors[0].fixed.sealed.empty());
  ASSERT_THAT(world_.commit(subject, world_.rejected(*subject)), Succeeds());
  world_.open();
  EXPECT_EQ(world_.run(world_.store->owner_of_public_id(kPublicId))->subject, decoy.subject);
  EXPECT_EQ(world_.load(decoy.subject)->budget.failures, 1u);
  EXPECT_NE(world_.run(world_.store->owner_of_public_id("vvvv"))->subject, decoy.subject);
  EXPECT_THAT(world_.problems(), testing::IsEmpty());
}

TEST_P(StoreContract, RefusesAPublicIdThatIsTaken) {
  const SubjectId alice = world_.add_subject("alice");
  const SubjectId bob = world_.add_subject("bob");
  const FactorId first = world_.add_yubikey(alice, kPublicId);
  const std::uint64_t records = world_.journal_records();
  EXPECT_THAT(world_.enrol_yubikey(bob, kPublicId), FailsWith(ErrorCode::already_exists));
  EXPECT_THAT(world_.enrol_yubikey(alice, kPublicId), FailsWith(ErrorCode::already_exists));
  EXPECT_EQ(world_.run(world_.store->owner_of_public_id(kPublicId))->factor, first);
  EXPECT_EQ(world_.journal_records(), records);
  EXPECT_TRUE(world_.load(bob)->factors.empty());
}

TEST_P(StoreContract, ARevokedFactorsPublicIdIsFreeAgain) {
  const SubjectId alice = world_.add_subject("alice");
  const SubjectId bob = world_.add_subject("bob");
  const FactorId first = world_.add_yubikey(alice, kPublicId);
  const SubjectPtr before = world_.load(alice);
  Factor revoked = before->find(first)->fixed;
  revoked.state = FactorState::revoked;
  const auto entry = world_.entry(Event::factor_revoked);
  ASSERT_THAT(world_.run(world_.store->change(before, revoked, entry)), Succeeds());
  EXPECT_TRUE(is_decoy(world_.run(world_.store->owner_of_public_id(kPublicId))->subject));
  const FactorId second = world_.add_yubikey(bob, kPublicId);
  EXPECT_EQ(world_.run(world_.store->owner_of_public_id(kPublicId))->factor, second);
}

TEST_P(StoreContract, ManyFactorsMayHaveNoPublicId) {
  const SubjectId alice = world_.add_subject("alice");
  world_.add_yubikey(alice, "");
  world_.add_yubikey(alice, "");
  EXPECT_TRUE(is_decoy(world_.run(world_.store->owner_of_public_id(""))->subject));
}

TEST_P(StoreContract, RemembersATokensClock) {
  const SubjectId alice = world_.add_subject("alice");
  const FactorId factor = world_.add_yubikey(alice, kPublicId);
  const SubjectPtr before = world_.load(alice);
  Attempt attempt = world_.accepted(*before, 0x1234);
  attempt.moves[0].motion.timestamp = 0xabcdef;
  ASSERT_THAT(world_.commit(before, attempt), Succeeds());
  world_.open();
  EXPECT_EQ(world_.load(alice)->find(factor)->motion.timestamp, 0xabcdefu);
}

TEST_P(StoreContract, DoesNotKnowWhatIsNotThere) {
  EXPECT_THAT(world_.run(world_.store->subject(SubjectId{999})), FailsWith(ErrorCode::not_found));
  EXPECT_THAT(world_.run(world_.store->subject(SubjectId{0})), FailsWith(ErrorCode::not_found));
  EXPECT_THAT(world_.run(world_.store->subject(SubjectId{-200'000})),
              FailsWith(ErrorCode::not_found));
  EXPECT_THAT(world_.run(world_.store->owner(FactorId{999})), FailsWith(ErrorCode::not_found));
}

TEST_P(StoreContract, AFactorStartsWhereItWasTold) {
  const SubjectId alice = world_.add_subject("alice");
  const FactorId factor = world_.add_factor(alice, Position{41});
  EXPECT_EQ(world_.load(alice)->find(factor)->motion.position, Position{41});
  EXPECT_EQ(*world_.run(world_.store->owner(factor)), alice);
  world_.open();
  EXPECT_EQ(world_.load(alice)->find(factor)->motion.position, Position{41});
  EXPECT_EQ(*world_.run(world_.store->owner(factor)), alice);
}

TEST_P(StoreContract, EnrollingFromAnOldStateConflicts) {
  const SubjectPtr before = world_.person_with_factor("alice");
  world_.add_factor(before->fixed.id);
  EXPECT_THAT(world_.run(world_.store->enrol(before, Factor{}, Position::none,
                                             world_.entry(Event::factor_enrolled))),
              FailsWith(ErrorCode::conflict));
  EXPECT_EQ(world_.load("alice")->factors.size(), 2u);
}

TEST_P(StoreContract, KeepsAFactorsNewStateAndLabel) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  Factor factor = alice->factors[0].fixed;
  factor.state = FactorState::revoked;
  factor.label = "lost phone";
  ASSERT_THAT(world_.run(world_.store->change(alice, factor, world_.entry(Event::factor_revoked))),
              Succeeds());
  world_.open();
  const SubjectPtr after = world_.load("alice");
  EXPECT_EQ(after->factors[0].fixed.state, FactorState::revoked);
  EXPECT_EQ(after->factors[0].fixed.label, "lost phone");
  EXPECT_EQ(after->factors[0].motion.version, next(alice->factors[0].motion.version));
}

// A password that is set anew is as old as that.
TEST_P(StoreContract, KeepsWhenAFactorWasMadeAnew) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  Factor factor = alice->factors[0].fixed;
  factor.created_at += std::chrono::hours{1};
  ASSERT_THAT(world_.run(world_.store->change(alice, factor, world_.entry(Event::password_set))),
              Succeeds());
  world_.open();
  EXPECT_EQ(world_.load("alice")->factors[0].fixed.created_at, factor.created_at);
  EXPECT_THAT(world_.problems(), testing::IsEmpty());
}

TEST_P(StoreContract, ChangingAFactorFromAnOldStateConflicts) {
  const SubjectPtr before = world_.person_with_factor("alice");
  ASSERT_THAT(world_.commit(before, world_.rejected(*before)), Succeeds());
  EXPECT_THAT(world_.run(world_.store->change(before, before->factors[0].fixed,
                                              world_.entry(Event::factor_renamed))),
              FailsWith(ErrorCode::conflict));
}

TEST_P(StoreContract, KeepsASubjectsNewState) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  ASSERT_THAT(world_.run(world_.store->change(alice, SubjectState::suspended,
                                              world_.entry(Event::subject_suspended))),
              Succeeds());
  EXPECT_EQ(world_.load("alice")->fixed.state, SubjectState::suspended);
  world_.open();
  EXPECT_EQ(world_.load("alice")->fixed.state, SubjectState::suspended);
}

TEST_P(StoreContract, UnlockForgetsTheFailuresOfSubjectAndFactors) {
  world_.person_with_factor("alice");
  for (int i = 0; i < 3; ++i) {
    const SubjectPtr alice = world_.load("alice");
    ASSERT_THAT(world_.commit(alice, world_.rejected(*alice)), Succeeds());
  }
  ASSERT_THAT(
      world_.run(world_.store->unlock(world_.load("alice"), world_.entry(Event::subject_unlocked))),
      Succeeds());
  world_.open();
  const SubjectPtr alice = world_.load("alice");
  EXPECT_EQ(alice->budget.failures, 0u);
  EXPECT_EQ(alice->budget.failures_unfamiliar, 0u);
  EXPECT_EQ(alice->factors[0].motion.failures, 0u);
  EXPECT_EQ(alice->factors[0].motion.failures_unfamiliar, 0u);
  EXPECT_THAT(world_.problems(), testing::IsEmpty());
}

TEST_P(StoreContract, CountsWhatItHolds) {
  world_.person_with_factor("alice");
  world_.add_subject("bob");
  world_.open();
  const StoreCounts counts = *world_.run(world_.store->counts());
  EXPECT_EQ(counts.subjects, 2u);
  EXPECT_EQ(counts.factors, 1u);
  EXPECT_EQ(counts.journal_records, 3u);
}

TEST_P(StoreContract, ACheckRefusesACursorThatItDidNotGive) {
  EXPECT_THAT(world_.run(world_.store->check("nonsense/1")), FailsWith(ErrorCode::malformed));
  EXPECT_THAT(world_.run(world_.store->check("subjects/")), FailsWith(ErrorCode::malformed));
  EXPECT_THAT(world_.run(world_.store->check("journal/-1")), FailsWith(ErrorCode::malformed));
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, testing::Values(MakeBackend{[] {
                           return std::make_unique<SqliteBackend>();
                         }}));

}  // namespace
}  // namespace countersign::test
