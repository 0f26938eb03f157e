// SPDX-License-Identifier: Apache-2.0
// Whoever is nobody is remembered as such for a while, and not a moment after somebody came.
#include "daemon/store/absences.hpp"

#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>

namespace countersign::test {
namespace {

using store::Absences;
using store::Print;

TEST(Absences, AreRememberedUntilForgotten) {
  Absences absences{10};
  absences.add(Print{1}, absences.now());
  absences.add(Print{2}, absences.now());
  EXPECT_TRUE(absences.has(Print{1}));
  EXPECT_FALSE(absences.has(Print{3}));
  absences.forget(Print{1});
  EXPECT_FALSE(absences.has(Print{1}));
  EXPECT_TRUE(absences.has(Print{2}));
  absences.clear();
  EXPECT_FALSE(absences.has(Print{2}));
}

TEST(Absences, AreNotRememberedWhenSomebodyCameMeanwhile) {
  Absences absences{10};
  const Absences::Moment before = absences.now();
  absences.forget(Print{1});
  absences.add(Print{1}, before);
  EXPECT_FALSE(absences.has(Print{1}));
  const Absences::Moment before_clearing = absences.now();
  absences.clear();
  absences.add(Print{1}, before_clearing);
  EXPECT_FALSE(absences.has(Print{1}));
}

TEST(Absences, TheOldestGivesWay) {
  Absences absences{3};
  for (std::uint64_t i = 1; i <= 5; ++i) absences.add(Print{i}, absences.now());
  EXPECT_FALSE(absences.has(Print{2}));
  for (std::uint64_t i = 3; i <= 5; ++i) EXPECT_TRUE(absences.has(Print{i})) << i;
}

TEST(Absences, OneThatCameAgainIsHeldWhenAllPlacesAreTaken) {
  Absences absences{2};
  absences.add(Print{1}, absences.now());
  absences.add(Print{2}, absences.now());
  absences.forget(Print{1});
  absences.add(Print{1}, absences.now());
  EXPECT_TRUE(absences.has(Print{1}));
  EXPECT_TRUE(absences.has(Print{2}));
}

// On a real store, whose reads are told by rows that were edited behind its back: what it reads has
// changed, what it remembers has not.
class Remembering : public testing::Test {
 protected:
  Result<SubjectId> identify(std::string_view username) {
    const SubjectName name = StoreWorld::name(username);
    return world.run(world.store->identify(name));
  }
  Result<FactorOwner> owner(std::string_view public_id) {
    return world.run(world.store->owner_of_public_id(public_id));
  }
  // A commit, at which the store sees that somebody else has written.
  void notice() {
    EXPECT_THAT(world.run(world.store->journal(world.entry(Event::subject_created))), Succeeds());
  }

  SqliteBackend backend;
  StoreWorld world{backend};
};

TEST_F(Remembering, AKeyInTheCacheCostsNoRead) {
  const SubjectId alice = world.add_subject("alice");
  const FactorId key = world.add_yubikey(alice, "cccb");
  backend.edit("UPDATE factor SET public_id = 'cccd'");
  EXPECT_EQ(owner("cccb")->factor, key);
  notice();
  EXPECT_TRUE(is_decoy(owner("cccb")->subject));
  EXPECT_THAT(owner("cccd"), FailsWith(ErrorCode::corrupt));
}

TEST_F(Remembering, AnUnknownNameCostsOneRead) {
  world.add_subject("alice");
  EXPECT_TRUE(is_decoy(*identify("mallory")));
  backend.edit("UPDATE subject SET username = 'mallory'");
  EXPECT_TRUE(is_decoy(*identify("mallory")));
  notice();
  EXPECT_THAT(identify("mallory"), FailsWith(ErrorCode::corrupt));
}

TEST_F(Remembering, AnUnknownPublicIdCostsOneRead) {
  world.add_yubikey(world.add_subject("alice"), "cccb");
  EXPECT_TRUE(is_decoy(owner("cccd")->subject));
  backend.edit("UPDATE factor SET public_id = 'cccd'");
  EXPECT_TRUE(is_decoy(owner("cccd")->subject));
  notice();
  EXPECT_THAT(owner("cccd"), FailsWith(ErrorCode::corrupt));
}

TEST_F(Remembering, WhoeverComesIsKnownAtOnce) {
  EXPECT_TRUE(is_decoy(*identify("alice")));
  EXPECT_TRUE(is_decoy(owner("cccb")->subject));
  const SubjectId alice = world.add_subject("alice");
  const FactorId key = world.add_yubikey(alice, "cccb");
  for (int opened = 0; opened < 2; ++opened) {
    EXPECT_EQ(*identify("alice"), alice);
    EXPECT_EQ(owner("cccb")->factor, key);
    world.open();
  }
}

TEST_F(Remembering, WhoeverComesWhileOthersAskIsKnown) {
  for (int round = 0; round < 200; ++round) {
    const SubjectName name = StoreWorld::name("person" + std::to_string(round));
    std::vector<awaitable<Result<SubjectId>>> tasks;
    for (int i = 0; i < 3; ++i) tasks.push_back(world.store->identify(name));
    tasks.push_back(
        world.store->create(name, SubjectState::active, world.entry(Event::subject_created)));
    for (int i = 0; i < 3; ++i) tasks.push_back(world.store->identify(name));
    const auto answers = world.run_all(std::move(tasks));
    ASSERT_EQ(*world.run(world.store->identify(name)), *answers[3]) << round;
  }
}

// What is remembered of a name is not what a small cache forgets with a person.
TEST_F(Remembering, WhoeverFellOutOfTheCacheIsFoundAgain) {
  backend.cached_subjects = 1;
  world.open();
  EXPECT_TRUE(is_decoy(owner("cccb")->subject));
  const FactorId key = world.add_yubikey(world.add_subject("alice"), "cccb");
  world.load(world.add_subject("bob"));
  EXPECT_EQ(owner("cccb")->factor, key);
}

}  // namespace
}  // namespace countersign::test
