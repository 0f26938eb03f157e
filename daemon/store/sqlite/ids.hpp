// SPDX-License-Identifier: Apache-2.0
// A page of row numbers.
#pragma once

#include "daemon/store/sqlite/connection.hpp"

#include <cstdint>
#include <vector>

namespace countersign::store::sqlite {

using Ids = std::vector<std::int64_t>;

// What a statement gives in its first column, its values bound to these.
template <class... Values>
Result<Ids> ids(Statement& statement, const Values&... values) {
  const Rewind rewind{statement};
  Ids found;
  CS_TRY(bool more, statement.start(values...));
  while (more) {
    found.push_back(statement.integer(0));
    CS_TRY(more, statement.step());
  }
  return found;
}

}  // namespace countersign::store::sqlite
