// SPDX-License-Identifier: Apache-2.0
// The statements that read and write the places from which a subject was accepted.
#pragma once

#include "daemon/store/loaded_rows.hpp"
#include "daemon/store/sqlite/change.hpp"
#include "daemon/store/sqlite/ids.hpp"

namespace countersign::store::sqlite {

class SourceReads {
 public:
  static Result<SourceReads> open(Connection& connection);

  // A row with a value longer than any of ours is given as one that cannot fit its MAC.
  Result<std::optional<LoadedSource>> source(SubjectId subject, const SourcePrint& print);
  // Those of one subject, at most `max`.
  Result<std::vector<LoadedSource>> of_subject(SubjectId subject, std::size_t max);
  // The subjects above `after` that have any, in order, at most `max`.
  Result<Ids> subjects(std::int64_t after, std::size_t max) { return ids(subjects_, after, max); }

 private:
  Statement source_, of_subject_, subjects_;
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
