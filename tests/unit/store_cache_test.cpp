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

Factor yubikey(std::int64_t id, std::string_view public_id) {
  Factor factor;
  factor.id = FactorId{id};
  factor.kind = FactorKind::yubico_otp;
  factor.state = FactorState::active;
  factor.public_id = public_id;
  return factor;
}

SubjectPtr bearer(std::int64_t id, std::vector<Factor> factors) {
  SubjectRecord record{*person(id)};
  for (Factor& factor : factors) record.factors.push_back({std::move(factor), {}, {}});
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

TEST(SubjectCache, FindsByPublicId) {
  SubjectCache cache{10};
  cache.put(bearer(5, {yubikey(50, "cccb"), yubikey(51, "cccd"), yubikey(52, "")}));
  const auto owner = cache.owner_of_public_id("cccd");
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->subject, SubjectId{5});
  EXPECT_EQ(owner->factor, FactorId{51});
  EXPECT_FALSE(cache.owner_of_public_id("ccce"));
  EXPECT_FALSE(cache.owner_of_public_id(""));
}

TEST(SubjectCache, FindsNobodyByAnotherKindsPublicId) {
  SubjectCache cache{10};
  Factor hotp = yubikey(50, "cccb");
  hotp.kind = FactorKind::hotp;
  cache.put(bearer(5, {hotp}));
  EXPECT_FALSE(cache.owner_of_public_id("cccb"));
}

TEST(SubjectCache, FindsNobodyByARevokedKey) {
  SubjectCache cache{10};
  Factor key = yubikey(50, "cccb");
  cache.put(bearer(5, {key}));
  key.state = FactorState::suspended;
  cache.put(bearer(5, {key}));
  EXPECT_TRUE(cache.owner_of_public_id("cccb"));
  key.state = FactorState::revoked;
  cache.put(bearer(5, {key}));
  EXPECT_FALSE(cache.owner_of_public_id("cccb"));
  EXPECT_EQ(cache.owner(FactorId{50}), SubjectId{5});
}

// The number of factors stays what it was.
TEST(SubjectCache, LearnsOfAnotherPublicIdOfAFactor) {
  SubjectCache cache{10};
  cache.put(bearer(5, {yubikey(50, "cccb")}));
  cache.put(bearer(5, {yubikey(50, "cccd")}));
  EXPECT_FALSE(cache.owner_of_public_id("cccb"));
  EXPECT_TRUE(cache.owner_of_public_id("cccd"));
  cache.put(bearer(5, {yubikey(51, "cccd")}));
  EXPECT_EQ(cache.owner_of_public_id("cccd")->factor, FactorId{51});
  EXPECT_EQ(cache.owner(FactorId{50}), std::nullopt);
}

TEST(SubjectCache, AKeyThatChangedHandsIsItsNewOwners) {
  SubjectCache cache{10};
  Factor key = yubikey(50, "cccb");
  key.state = FactorState::revoked;
  cache.put(bearer(5, {key}));
  cache.put(bearer(6, {yubikey(60, "cccb")}));
  cache.evict(SubjectId{5});
  EXPECT_EQ(cache.owner_of_public_id("cccb")->subject, SubjectId{6});
  cache.evict(SubjectId{6});
  EXPECT_FALSE(cache.owner_of_public_id("cccb"));
}

TEST(SubjectCache, ForgetsPublicIdsWithEverythingElse) {
  SubjectCache cache{10};
  cache.put(bearer(5, {yubikey(50, "cccb")}));
  cache.clear();
  EXPECT_FALSE(cache.owner_of_public_id("cccb"));
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
