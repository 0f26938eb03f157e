// SPDX-License-Identifier: Apache-2.0
// The cache is bounded, and whatever is not in it is read again.
#include "daemon/store/subject_cache.hpp"

#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>

namespace countersign::test {
namespace {

using store::SubjectCache;

SubjectPtr person(std::int64_t id, std::vector<FactorId> factors = {}) {
  SubjectRecord record{
      {SubjectId{id}, StoreWorld::name("person" + std::to_string(id)), SubjectState::active, {}},
      {},
      {},
      {}};
  for (const FactorId factor : factors) {
    record.factors.emplace_back();
    record.factors.back().fixed.id = factor;
  }
  return std::make_shared<const SubjectRecord>(std::move(record));
}

TEST(SubjectCache, FindsByIdNameAndFactor) {
  SubjectCache cache{10};
  cache.put(person(5, {FactorId{50}, FactorId{51}}));
  EXPECT_EQ(cache.find(SubjectId{5})->fixed.id, SubjectId{5});
  EXPECT_EQ(cache.find(StoreWorld::name("person5")), SubjectId{5});
  EXPECT_EQ(cache.owner(FactorId{51}), SubjectId{5});
  EXPECT_EQ(cache.find(SubjectId{6}), nullptr);
  EXPECT_EQ(cache.find(StoreWorld::name("person6")), std::nullopt);
  EXPECT_EQ(cache.owner(FactorId{52}), std::nullopt);
}

TEST(SubjectCache, ForgetsWhoeverWasNotAskedForTheLongest) {
  SubjectCache cache{2};
  cache.put(person(1, {FactorId{10}}));
  cache.put(person(2));
  EXPECT_NE(cache.find(SubjectId{1}), nullptr);
  cache.put(person(3));
  EXPECT_EQ(cache.find(SubjectId{2}), nullptr);
  EXPECT_EQ(cache.find(StoreWorld::name("person2")), std::nullopt);
  EXPECT_NE(cache.find(SubjectId{1}), nullptr);
}

TEST(SubjectCache, ForgetsEverythingAboutWhomItEvicts) {
  SubjectCache cache{2};
  cache.put(person(1, {FactorId{10}}));
  cache.evict(SubjectId{1});
  EXPECT_EQ(cache.find(SubjectId{1}), nullptr);
  EXPECT_EQ(cache.find(StoreWorld::name("person1")), std::nullopt);
  EXPECT_EQ(cache.owner(FactorId{10}), std::nullopt);
}

TEST(SubjectCache, LearnsOfNewFactorsWhenARecordIsReplaced) {
  SubjectCache cache{2};
  cache.put(person(1, {FactorId{10}}));
  cache.put(person(1, {FactorId{10}, FactorId{11}}));
  EXPECT_EQ(cache.owner(FactorId{11}), SubjectId{1});
}

TEST(StoreCache, WhatFellOutOfItIsReadAgain) {
  SqliteBackend backend;
  backend.cached_subjects = 2;
  StoreWorld world{backend};
  for (int i = 0; i < 8; ++i) {
    const SubjectPtr one = world.person_with_factor("person" + std::to_string(i));
    ASSERT_THAT(world.commit(one, world.accepted(*one, 57 + i)), Succeeds());
  }
  for (int i = 0; i < 8; ++i) {
    const SubjectPtr one = world.load("person" + std::to_string(i));
    EXPECT_EQ(one->factors[0].motion.position, Position{57 + i});
  }
}

TEST(StoreCache, ManyWhoAskForOneSubjectGetOneRecord) {
  SqliteBackend backend;
  StoreWorld world{backend};
  const SubjectId id = world.person_with_factor("alice")->fixed.id;
  world.open();
  std::vector<awaitable<Result<SubjectPtr>>> tasks;
  for (int i = 0; i < 20; ++i) tasks.push_back(world.store->subject(id));
  const auto loaded = world.run_all(std::move(tasks));
  for (const auto& one : loaded) EXPECT_EQ(*one, *loaded.front());
}

}  // namespace
}  // namespace countersign::test
