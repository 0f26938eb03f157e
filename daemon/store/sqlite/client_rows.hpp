// SPDX-License-Identifier: Apache-2.0
// The statements that read and write clients of the Yubico validation protocol.
//
// A row with a value longer than any of ours is given as one that cannot fit its MAC.
#pragma once

#include "daemon/store/loaded_rows.hpp"
#include "daemon/store/sqlite/change.hpp"
#include "daemon/store/sqlite/ids.hpp"

namespace countersign::store::sqlite {

class ClientReads {
 public:
  static Result<ClientReads> open(Connection& connection);

  Result<std::optional<LoadedClient>> client(ClientId id);
  // The ids above `after`, in order, at most `max`.
  Result<Ids> clients(std::int64_t after, std::size_t max) { return ids(clients_, after, max); }
  // Whether the journal tells of its beginning.
  Result<bool> was_added(ClientId id);

 private:
  Statement client_, clients_, was_added_;
};

class ClientWrites {
 public:
  static Result<ClientWrites> open(Connection& connection);

  // Fails like RowWrites::write().
  Status put(const ClientChange& change);

 private:
  Statement insert_, update_;
};

}  // namespace countersign::store::sqlite
