// SPDX-License-Identifier: Apache-2.0
// Who writes to the table of tokens gains nothing: an edited row is refused before it is used, and
// one that was put back is found by the journal.
#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>

namespace countersign::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr auto kTamperedRecords = "SELECT count(*) FROM journal WHERE event = 6";

// Tokens 1 and 2, and alice, who has none.
class TokenTampering : public testing::Test {
 protected:
  TokenTampering() {
    world_.add_subject("alice");
    std::vector<Token> tokens;
    for (const char* name : {"cccc", "dddd"}) {
      tokens.push_back({.kind = FactorKind::yubico_otp,
                        .serial = name,
                        .public_id = name,
                        .sealed = Bytes(40, static_cast<std::byte>(name[0])),
                        .position = Position{0x1ff}});
    }
    (void)world_.run(world_.store->add(std::move(tokens), world_.entry(Event::token_imported)));
  }
  // Under the running daemon, which has noticed that somebody wrote.
  void edit(const std::string& sql) {
    backend_.edit(sql);
    (void)world_.run(world_.store->journal(world_.entry(Event::policy_loaded)));
  }
  Result<TokenRecord> load(std::int64_t id) { return world_.run(world_.store->token(TokenId{id})); }
  Status assign(const TokenRecord& row) {
    Factor factor{
        .kind = row.fixed.kind, .public_id = row.fixed.public_id, .sealed = row.fixed.sealed};
    const JournalEntry entry = world_.entry(Event::token_claimed);
    const auto made =
        world_.run(world_.store->assign(row, world_.load("alice"), factor, Motion{}, entry));
    return made ? Status{} : Status{made.error()};
  }

  SqliteBackend backend_;
  StoreWorld world_{backend_};
};

struct Edit {
  const char* name;
  const char* sql;
};

class TokenEdits : public TokenTampering, public testing::WithParamInterface<Edit> {};

TEST_P(TokenEdits, AreRefusedAndJournalled) {
  world_.close();
  backend_.edit(GetParam().sql);
  world_.open();
  EXPECT_THAT(load(1), FailsWith(ErrorCode::corrupt));
  EXPECT_EQ(backend_.number(kTamperedRecords), 1);
  EXPECT_THAT(world_.run(world_.store->tokens(TokenId{})), FailsWith(ErrorCode::corrupt));
  EXPECT_THAT(world_.problems(), Not(IsEmpty()));
}

// It was read and found true before somebody edited it: what is given away is that, or nothing.
TEST_P(TokenEdits, GiveNobodyAnythingElse) {
  const TokenRecord before = *load(1);
  edit(GetParam().sql);
  const Status assigned = assign(before);
  const SubjectPtr alice = world_.load("alice");
  ASSERT_EQ(alice->factors.size(), assigned ? 1u : 0u);
  if (assigned) {
    EXPECT_EQ(alice->factors[0].fixed.sealed, before.fixed.sealed);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, TokenEdits,
    testing::Values(
        Edit{"SecretOfAnother",
             "UPDATE token SET sealed = (SELECT sealed FROM token WHERE id = 2) WHERE id = 1"},
        Edit{"StartSetBack", "UPDATE token SET position = -1 WHERE id = 1"},
        Edit{"KindChanged", "UPDATE token SET kind = 2 WHERE id = 1"},
        Edit{"SerialChanged", "UPDATE token SET serial = 'x' WHERE id = 1"},
        Edit{"PublicIdsSwapped",
             "UPDATE token SET public_id = 'x' WHERE id = 1; UPDATE token SET public_id = 'cccc' "
             "WHERE id = 2; UPDATE token SET public_id = 'dddd' WHERE id = 1"},
        Edit{"ParametersChanged", "UPDATE token SET digits = 8, algorithm = 2 WHERE id = 1"},
        Edit{"TimeChanged", "UPDATE token SET created_at_ms = 1 WHERE id = 1"},
        Edit{"NumbersSwapped",
             "UPDATE token SET id = 9 WHERE id = 1; UPDATE token SET id = 1 WHERE id = 2"},
        Edit{"SecretTooLongToRead", "UPDATE token SET sealed = zeroblob(100000) WHERE id = 1"},
        Edit{"SecretTooLongForTheHsm", "UPDATE token SET sealed = zeroblob(3000) WHERE id = 1"},
        Edit{"MacEmptied", "UPDATE token SET mac = x'' WHERE id = 1"}),
    [](const auto& edit) { return std::string{edit.param.name}; });

TEST_F(TokenTampering, ACheckFindsOneThatWasTakenAway) {
  edit("DELETE FROM token WHERE id = 2");
  EXPECT_THAT(world_.problems(), Contains(HasSubstr("token 2, which it took in, is gone")));
}

TEST_F(TokenTampering, ACheckFindsOneThatWasInvented) {
  edit(
      "INSERT INTO token SELECT 3, kind, 'new', 'new', algorithm, digits, period_seconds, "
      "secret_bytes, sealed, position, created_at_ms, mac FROM token WHERE id = 1");
  EXPECT_THAT(world_.problems(), Contains("token 3: the journal does not know where it came from"));
  EXPECT_THAT(world_.problems(), Contains("token 3: fails its check: it was edited"));
}

// A true row, once: its used codes would be good again.
TEST_F(TokenTampering, ACheckFindsAClaimedOneThatWasPutBack) {
  edit("CREATE TABLE kept AS SELECT * FROM token");
  ASSERT_THAT(assign(*load(1)), Succeeds());
  ASSERT_THAT(world_.run(world_.store->discard(*load(2), world_.entry(Event::token_discarded))),
              Succeeds());
  edit("INSERT INTO token SELECT * FROM kept");
  EXPECT_THAT(world_.problems(), Contains("token 1: was put back after it had gone"));
  EXPECT_THAT(world_.problems(), Contains("token 2: was put back after it had gone"));
}

TEST_F(TokenTampering, OneThatWasPutBackMakesNoFactor) {
  edit("CREATE TABLE kept AS SELECT * FROM token");
  ASSERT_THAT(world_.run(world_.store->discard(*load(1), world_.entry(Event::token_discarded))),
              Succeeds());
  edit("INSERT INTO token SELECT * FROM kept WHERE id = 1");
  EXPECT_THAT(assign(*load(1)), FailsWith(ErrorCode::conflict));
  EXPECT_THAT(world_.load("alice")->factors, IsEmpty());
}

}  // namespace
}  // namespace countersign::test
