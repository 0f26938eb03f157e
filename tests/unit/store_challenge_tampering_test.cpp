// SPDX-License-Identifier: Apache-2.0
// Who writes to the table of challenges gains nothing: an edited row is refused before it is used.
#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>

namespace countersign::test {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

struct Edit {
  const char* name;
  const char* sql;
};

// Challenges 1 and 2, of two people.
class ChallengeEdits : public testing::TestWithParam<Edit> {
 protected:
  ChallengeEdits() {
    for (const std::int64_t id : {1, 2}) {
      Challenge challenge{.id = ChallengeId{id},
                          .subject = SubjectId{id},
                          .factor = FactorId{id},
                          .value = Bytes(32, std::byte(id)),
                          .created_at = world_.clock.time,
                          .expires_at = world_.clock.time + 2min};
      EXPECT_THAT(world_.run(world_.store->keep(std::move(challenge), 5, nullptr, {})), Succeeds());
    }
  }
  Result<ChallengePtr> load(std::int64_t id) {
    return world_.run(world_.store->challenge(ChallengeId{id}));
  }

  SqliteBackend backend_;
  StoreWorld world_{backend_};
};

TEST_P(ChallengeEdits, AreRefusedJournalledAndFound) {
  ASSERT_THAT(world_.problems(), IsEmpty());
  backend_.edit(GetParam().sql);
  EXPECT_THAT(load(1), FailsWith(ErrorCode::corrupt));
  EXPECT_THAT(load(2), Succeeds());
  EXPECT_GE(backend_.number("SELECT count(*) FROM journal WHERE event = 6"), 1);
  EXPECT_THAT(world_.problems(), Contains(HasSubstr("challenge 1: fails its check")));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ChallengeEdits,
    testing::Values(Edit{"Value", "UPDATE challenge SET value = zeroblob(32) WHERE id = 1"},
                    Edit{"Expiry",
                         "UPDATE challenge SET expires_at_ms = expires_at_ms + 1 WHERE id = 1"},
                    Edit{"Tries", "UPDATE challenge SET tries = 1 WHERE id = 1"},
                    Edit{"Used", "UPDATE challenge SET position = 0 WHERE id = 1"},
                    Edit{"Subject", "UPDATE challenge SET subject = 2 WHERE id = 1"},
                    Edit{"Factor", "UPDATE challenge SET factor = 2 WHERE id = 1"},
                    Edit{"Purpose", "UPDATE challenge SET purpose = 2 WHERE id = 1"},
                    Edit{"Somebodys",
                         "DELETE FROM challenge WHERE id = 1; INSERT INTO challenge SELECT 1, "
                         "subject, factor, kind, purpose, value, tries, position, created_at_ms, "
                         "expires_at_ms, mac FROM challenge WHERE id = 2"},
                    Edit{"TooLong", "UPDATE challenge SET value = zeroblob(1000000) WHERE id = 1"}),
    [](const auto& edit) { return edit.param.name; });

}  // namespace
}  // namespace countersign::test
