// SPDX-License-Identifier: Apache-2.0
// Clients of the Yubico validation protocol, as `store check` reads them.
#include "async/in_lanes.hpp"
#include "daemon/store/check.hpp"

#include <limits>

namespace countersign::store {
namespace {

using Statements = sqlite::Reader::Statements;

// How many rows' MACs are asked of the HSM at once: it answers in batches.
constexpr std::size_t kLanes = 32;

struct LoadedClients {
  std::vector<std::int64_t> ids;
  std::vector<LoadedClient> rows;
  std::vector<std::string> problems;
};

Result<LoadedClients> load_clients(Statements& statements, std::int64_t after) {
  LoadedClients loaded;
  CS_TRY(loaded.ids, statements.clients.clients(after, Check::kRowsMax));
  for (const std::int64_t id : loaded.ids) {
    if (id <= 0 || id > std::numeric_limits<std::uint32_t>::max()) {
      loaded.problems.push_back(say("client", id, "has a number that no client has"));
      continue;
    }
    CS_TRY(auto row, statements.clients.client(ClientId{static_cast<std::uint32_t>(id)}));
    CS_TRY(const bool born, statements.clients.was_added(row->row.id));
    if (!born) {
      loaded.problems.push_back(say("client", id, "the journal does not know where it came from"));
    }
    loaded.rows.push_back(*std::move(row));
  }
  return loaded;
}

}  // namespace

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
  slice.cursor = next_cursor(loaded.ids, kRowsMax, "clients", "tokens");
  co_return slice;
}

}  // namespace countersign::store
