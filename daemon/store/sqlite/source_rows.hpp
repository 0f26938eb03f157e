// SPDX-License-Identifier: Apache-2.0
// The statements that write the places from which a subject was accepted, and that list whose they
// are; RowReads reads them.
#pragma once

#include "daemon/store/loaded_rows.hpp"
#include "daemon/store/sqlite/change.hpp"
#include "daemon/store/sqlite/ids.hpp"

namespace countersign::store::sqlite {

class SourceReads {
 public:
  static Result<SourceReads> open(Connection& connection);

  // The subjects above `after` that have any, in order, at most `max`.
  Result<Ids> subjects(std::int64_t after, std::size_t max) { return ids(subjects_, after, max); }

 private:
  Statement subjects_;
};

class SourceWrites {
 public:
  static Result<SourceWrites> open(Connection& connection);

  // Whoever has kSourcesMax others already loses the one that was longest unused.
  Status put(const SourceChange& change);

 private:
  Statement put_, trim_;
};

}  // namespace countersign::store::sqlite
