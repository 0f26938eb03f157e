// SPDX-License-Identifier: Apache-2.0
// The rows that belong to no subject, as `store check` reads them.
#include "async/in_lanes.hpp"
#include "daemon/store/check.hpp"

#include <limits>

namespace countersign::store {
namespace {

using Statements = sqlite::Reader::Statements;

// How many rows' MACs are asked of the HSM at once: it answers in batches.
constexpr std::size_t kLanes = 32;

std::string say(std::string_view what, std::int64_t id, std::string_view problem) {
  return std::string{what} + " " + std::to_string(id) + ": " + std::string{problem};
}

struct LoadedClients {
  std::vector<std::int64_t> ids;
  std::vector<LoadedClient> rows;
  std::vector<std::string> problems;
};

Result<LoadedClients> load_clients(Statements& statements, std::int64_t after) {
  LoadedClients loaded;
  CS_TRY(loaded.ids, statements.others.clients(after, Check::kRowsMax));
  for (const std::int64_t id : loaded.ids) {
    if (id <= 0 || id > std::numeric_limits<std::uint32_t>::max()) {
      loaded.problems.push_back(say("client", id, "has a number that no client has"));
      continue;
    }
    CS_TRY(auto row, statements.others.client(ClientId{static_cast<std::uint32_t>(id)}));
    CS_TRY(const bool born, statements.others.was_added(row->row.id));
    if (!born) {
      loaded.problems.push_back(say("client", id, "the journal does not know where it came from"));
    }
    loaded.rows.push_back(*std::move(row));
  }
  return loaded;
}

struct LoadedTokens {
  std::vector<TokenRecord> rows;
  std::vector<std::string> problems;
};

Result<LoadedTokens> load_tokens(Statements& statements, std::int64_t after) {
  LoadedTokens loaded;
  CS_TRY(const auto ids, statements.others.tokens(after, Check::kRowsMax));
  for (const std::int64_t id : ids) {
    CS_TRY(auto row, statements.others.token(TokenId{id}));
    CS_TRY(const bool imported, statements.others.was_imported(TokenId{id}));
    CS_TRY(const bool taken, statements.others.was_taken(TokenId{id}));
    if (!imported) {
      loaded.problems.push_back(say("token", id, "the journal does not know where it came from"));
    }
    if (taken) loaded.problems.push_back(say("token", id, "was put back after it had gone"));
    loaded.rows.push_back(*std::move(row));
  }
  return loaded;
}

Result<CheckedSlice> check_challenges(Statements& statements, const Authenticator& authenticator,
                                      std::int64_t after) {
  CheckedSlice slice;
  CS_TRY(const auto ids, statements.others.challenges(after, Check::kRowsMax));
  for (const std::int64_t id : ids) {
    CS_TRY(const auto row, statements.others.challenge(ChallengeId{id}));
    if (!authenticator.is_true(*row)) {
      slice.problems.push_back(say("challenge", id, "fails its check: it was edited"));
    }
  }
  slice.records = ids.size();
  slice.cursor =
      ids.size() < Check::kRowsMax ? "journal/0" : "challenges/" + std::to_string(ids.back());
  return slice;
}

}  // namespace

awaitable<Result<CheckedSlice>> Check::challenges(std::int64_t after) {
  auto judge = [this, after](Statements& statements) {
    return check_challenges(statements, authenticator_, after);
  };
  co_return co_await reader_.ask<CheckedSlice>(judge);
}

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
  slice.cursor = loaded.rows.size() < kRowsMax
                     ? "challenges/-9223372036854775808"
                     : "tokens/" + std::to_string(number(loaded.rows.back().fixed.id));
  co_return slice;
}

awaitable<Result<CheckedSlice>> Check::clients(std::int64_t after) {
  auto load = [after](Statements& statements) { return load_clients(statements, after); };
  CS_CO_TRY(LoadedClients loaded, co_await reader_.ask<LoadedClients>(load));
  auto judge = [this, &loaded](std::size_t i) -> awaitable<Status> {
    const LoadedClient& row = loaded.rows[i];
    const auto client = co_await authenticator_.client(row);
    if (!client && client.error().code != ErrorCode::corrupt) co_return client.error();
    if (!client) {
      loaded.problems.push_back(
          say("client", number(row.row.id), "fails its check: it was edited"));
    }
    co_return Status{};
  };
  CS_CO_CHECK(co_await in_lanes(loaded.rows.size(), kLanes, judge));
  CheckedSlice slice;
  slice.records = loaded.ids.size();
  slice.problems = std::move(loaded.problems);
  slice.cursor = loaded.ids.size() < kRowsMax ? "tokens/-9223372036854775808"
                                              : "clients/" + std::to_string(loaded.ids.back());
  co_return slice;
}

}  // namespace countersign::store
