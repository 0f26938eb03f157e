// SPDX-License-Identifier: Apache-2.0
// Hardware tokens that belong to nobody yet, as `store check` reads them.
#include "async/in_lanes.hpp"
#include "daemon/store/check.hpp"

namespace countersign::store {
namespace {

using Statements = sqlite::Reader::Statements;

// How many rows' MACs are asked of the HSM at once: it answers in batches.
constexpr std::size_t kLanes = 32;

struct LoadedTokens {
  sqlite::Ids ids;
  std::vector<TokenRecord> rows;
  std::vector<std::string> problems;
};

Result<LoadedTokens> load_tokens(Statements& statements, std::int64_t after) {
  LoadedTokens loaded;
  CS_TRY(loaded.ids, statements.tokens.tokens(after, Check::kRowsMax));
  for (const std::int64_t id : loaded.ids) {
    CS_TRY(auto row, statements.tokens.token(TokenId{id}));
    CS_TRY(const bool imported, statements.tokens.was_imported(TokenId{id}));
    CS_TRY(const bool taken, statements.tokens.was_taken(TokenId{id}));
    if (!imported) {
      loaded.problems.push_back(say("token", id, "the journal does not know where it came from"));
    }
    if (taken) loaded.problems.push_back(say("token", id, "was put back after it had gone"));
    loaded.rows.push_back(*std::move(row));
  }
  return loaded;
}

}  // namespace

awaitable<Result<CheckedSlice>> Check::tokens(std::int64_t after) {
  auto load = [after](Statements& statements) { return load_tokens(statements, after); };
  CS_CO_TRY(LoadedTokens loaded, co_await reader_.ask<LoadedTokens>(load));
  auto judge = [this, &loaded](std::size_t i) -> awaitable<Status> {
    const TokenRecord& row = loaded.rows[i];
    Status judged = co_await authenticator_.token(row);
    if (judged || judged.error().code != ErrorCode::corrupt) co_return judged;
    loaded.problems.push_back(say("token", number(row.fixed.id), "fails its check: it was edited"));
    co_return Status{};
  };
  CS_CO_CHECK(co_await in_lanes(loaded.rows.size(), kLanes, judge));
  CheckedSlice slice;
  slice.records = loaded.rows.size();
  slice.problems = std::move(loaded.problems);
  slice.cursor = next_cursor(loaded.ids, kRowsMax, "tokens", "challenges");
  co_return slice;
}

}  // namespace countersign::store
