// SPDX-License-Identifier: Apache-2.0
// Challenges, as `store check` reads them.
#include "daemon/store/check.hpp"

namespace countersign::store {
namespace {

using Statements = sqlite::Reader::Statements;

Result<CheckedSlice> check_challenges(Statements& statements, const Authenticator& authenticator,
                                      std::int64_t after) {
  CheckedSlice slice;
  CS_TRY(const auto ids, statements.challenges.challenges(after, Check::kRowsMax));
  for (const std::int64_t id : ids) {
    CS_TRY(const auto row, statements.challenges.challenge(ChallengeId{id}));
    if (!authenticator.is_true(*row)) {
      slice.problems.push_back(say("challenge", id, "fails its check: it was edited"));
    } else if (!is_as_told(*row)) {
      slice.problems.push_back(say("challenge", id, "was put back after it had been answered"));
    }
  }
  slice.records = ids.size();
  slice.cursor = next_cursor(ids, Check::kRowsMax, "challenges", "messages");
  return slice;
}

}  // namespace

awaitable<Result<CheckedSlice>> Check::challenges(std::int64_t after) {
  auto judge = [this, after](Statements& statements) {
    return check_challenges(statements, authenticator_, after);
  };
  co_return co_await reader_.ask<CheckedSlice>(judge);
}

}  // namespace countersign::store
