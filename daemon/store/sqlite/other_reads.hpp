// SPDX-License-Identifier: Apache-2.0
// The statements that read rows which belong to no subject.
//
// A row with a value longer than any of ours is given as one that cannot fit its MAC.
#pragma once

#include "daemon/store/loaded_rows.hpp"
#include "daemon/store/sqlite/connection.hpp"

namespace countersign::store::sqlite {

class OtherReads {
 public:
  static Result<OtherReads> open(Connection& connection);

  Result<std::optional<LoadedClient>> client(ClientId id);
  // The ids above `after`, in order, at most `max`.
  Result<std::vector<std::int64_t>> clients(std::int64_t after, std::size_t max);
  // Whether the journal tells of its beginning.
  Result<bool> was_added(ClientId id);

 private:
  Statement client_, clients_, was_added_;
};

}  // namespace countersign::store::sqlite
