// SPDX-License-Identifier: Apache-2.0
// What every Store promises about hardware tokens that belong to nobody yet.
#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>

namespace countersign::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class TokenContract : public testing::TestWithParam<MakeBackend> {
 protected:
  static Token token(std::string serial, std::string public_id = "",
                     FactorKind kind = FactorKind::hotp) {
    return {.kind = kind,
            .serial = std::move(serial),
            .public_id = std::move(public_id),
            .oath = {.algorithm = HashAlgorithm::sha256, .digits = 8, .period_seconds = 0},
            .sealed = Bytes(40, std::byte{9}),
            .position = Position{41},
            .created_at = from_milliseconds(1'800'000'000'000)};
  }
  Status add(std::vector<Token> tokens) {
    return world_.run(world_.store->add(std::move(tokens), world_.entry(Event::token_imported)));
  }
  Result<TokenRecord> load(std::int64_t id) { return world_.run(world_.store->token(TokenId{id})); }
  std::vector<bool> known(std::vector<Token> tokens) {
    return *world_.run(world_.store->are_known(tokens));
  }
  std::vector<std::int64_t> listed(std::int64_t after = 0) {
    std::vector<std::int64_t> ids;
    for (const TokenRecord& row : *world_.run(world_.store->tokens(TokenId{after}))) {
      ids.push_back(number(row.fixed.id));
    }
    return ids;
  }
  Status discard(const TokenRecord& row) {
    return world_.run(world_.store->discard(row, world_.entry(Event::token_discarded)));
  }
  Result<FactorId> assign(const TokenRecord& row, const SubjectPtr& to) {
    Factor factor{.kind = row.fixed.kind,
                  .public_id = row.fixed.public_id,
                  .serial = row.fixed.serial,
                  .oath = row.fixed.oath,
                  .sealed = row.fixed.sealed};
    Motion motion;
    motion.position = row.fixed.position;
    const JournalEntry entry = world_.entry(Event::token_assigned);
    return world_.run(world_.store->assign(row, to, std::move(factor), motion, entry));
  }

  std::unique_ptr<StoreBackend> backend_ = GetParam()();
  StoreWorld world_{*backend_};
};

TEST_P(TokenContract, KeepsWhatItWasTold) {
  ASSERT_THAT(add({token("A1", "ubhe00123456")}), Succeeds());
  for (int opened = 0; opened < 2; ++opened) {
    const auto loaded = load(1);
    ASSERT_THAT(loaded, Succeeds());
    const Token& row = loaded->fixed;
    EXPECT_EQ(row.kind, FactorKind::hotp);
    EXPECT_EQ(row.serial, "A1");
    EXPECT_EQ(row.public_id, "ubhe00123456");
    EXPECT_EQ(row.oath.algorithm, HashAlgorithm::sha256);
    EXPECT_EQ(row.oath.digits, 8);
    EXPECT_EQ(row.sealed, Bytes(40, std::byte{9}));
    EXPECT_EQ(row.position, Position{41});
    EXPECT_EQ(row.created_at, from_milliseconds(1'800'000'000'000));
    world_.open();
  }
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(TokenContract, TakesInManyUnderOneRecordAllOrNone) {
  const std::uint64_t before = world_.journal_records();
  std::vector<Token> many;
  for (std::size_t i = 0; i < Store::kTokensAddedMax; ++i) {
    many.push_back(token(std::to_string(i)));
  }
  ASSERT_THAT(add(std::move(many)), Succeeds());
  EXPECT_EQ(world_.journal_records(), before + 1);
  EXPECT_EQ(listed().size(), Store::kTokensAddedMax);
  EXPECT_THAT(add({token("new"), token("7")}), FailsWith(ErrorCode::already_exists));
  EXPECT_THAT(add({token("twin"), token("twin")}), FailsWith(ErrorCode::already_exists));
  EXPECT_EQ(world_.journal_records(), before + 1);
  EXPECT_EQ(known({token("new"), token("twin")}), (std::vector{false, false}));
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(TokenContract, KnowsATokenByEitherName) {
  ASSERT_THAT(add({token("A1", "ubhe00123456"), token("", "cccc", FactorKind::yubico_otp)}),
              Succeeds());
  EXPECT_EQ(known({token("A1"), token("B", "ubhe00123456"), token("B"), token("", "")}),
            (std::vector{true, true, false, false}));
  EXPECT_EQ(known({token("A1", "", FactorKind::totp), token("", "cccc", FactorKind::yubico_otp)}),
            (std::vector{false, true}));
  const auto by_serial = world_.run(world_.store->tokens_of_serial("A1"));
  ASSERT_THAT(by_serial, Succeeds());
  ASSERT_EQ(by_serial->size(), 1u);
  EXPECT_EQ(by_serial->front().fixed.id, TokenId{1});
  EXPECT_EQ(world_.run(world_.store->tokens_of_public_id("cccc"))->front().fixed.id, TokenId{2});
  EXPECT_THAT(*world_.run(world_.store->tokens_of_serial("")), IsEmpty());
  EXPECT_THAT(*world_.run(world_.store->tokens_of_public_id("")), IsEmpty());
  EXPECT_THAT(*world_.run(world_.store->tokens_of_public_id("dddd")), IsEmpty());
}

TEST_P(TokenContract, OneSerialOfTwoKindsIsTwoTokens) {
  ASSERT_THAT(add({token("A1"), token("A1", "", FactorKind::totp)}), Succeeds());
  EXPECT_EQ(world_.run(world_.store->tokens_of_serial("A1"))->size(), 2u);
}

TEST_P(TokenContract, NeverGivesANumberTwice) {
  ASSERT_THAT(add({token("A1"), token("A2")}), Succeeds());
  ASSERT_THAT(discard(*load(2)), Succeeds());
  world_.open();
  ASSERT_THAT(add({token("A3")}), Succeeds());
  EXPECT_THAT(listed(), ElementsAre(1, 3));
  EXPECT_THAT(listed(1), ElementsAre(3));
  EXPECT_THAT(listed(3), IsEmpty());
}

TEST_P(TokenContract, DiscardsOnce) {
  ASSERT_THAT(add({token("A1")}), Succeeds());
  const TokenRecord row = *load(1);
  EXPECT_THAT(discard(row), Succeeds());
  EXPECT_THAT(discard(row), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(load(1), FailsWith(ErrorCode::not_found));
  EXPECT_THAT(world_.problems(), IsEmpty());
  EXPECT_THAT(add({token("A1")}), Succeeds());
}

TEST_P(TokenContract, AnAssignedTokenIsAFactorAndNothingElse) {
  ASSERT_THAT(add({token("A1", "ubhe00123456")}), Succeeds());
  world_.add_subject("alice");
  const auto factor = assign(*load(1), world_.load("alice"));
  ASSERT_THAT(factor, Succeeds());
  EXPECT_THAT(load(1), FailsWith(ErrorCode::not_found));
  for (int opened = 0; opened < 2; ++opened) {
    const SubjectPtr alice = world_.load("alice");
    ASSERT_EQ(alice->factors.size(), 1u);
    EXPECT_EQ(alice->factors[0].fixed.id, *factor);
    EXPECT_EQ(alice->factors[0].fixed.serial, "A1");
    EXPECT_EQ(alice->factors[0].fixed.state, FactorState::pending);
    EXPECT_EQ(alice->factors[0].motion.position, Position{41});
    world_.open();
  }
  EXPECT_EQ(known({token("A1"), token("", "ubhe00123456")}), (std::vector{true, true}));
  EXPECT_THAT(add({token("A1")}), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(add({token("", "ubhe00123456")}), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(TokenContract, AssignsATokenToOneOfTwo) {
  ASSERT_THAT(add({token("A1")}), Succeeds());
  world_.add_subject("alice");
  world_.add_subject("bob");
  const TokenRecord row = *load(1);
  ASSERT_THAT(assign(row, world_.load("alice")), Succeeds());
  EXPECT_THAT(assign(row, world_.load("bob")), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(world_.load("bob")->factors, IsEmpty());
  EXPECT_THAT(world_.problems(), IsEmpty());
}

TEST_P(TokenContract, AssigningToAnOldStateConflictsAndLeavesTheToken) {
  ASSERT_THAT(add({token("A1")}), Succeeds());
  const SubjectPtr before = world_.person_with_factor("alice");
  ASSERT_THAT(world_.commit(before, world_.rejected(*before)), Succeeds());
  EXPECT_THAT(assign(*load(1), before), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(load(1), Succeeds());
}

INSTANTIATE_TEST_SUITE_P(Sqlite, TokenContract, testing::Values(MakeBackend{[] {
                           return std::make_unique<SqliteBackend>();
                         }}));

}  // namespace
}  // namespace countersign::test
