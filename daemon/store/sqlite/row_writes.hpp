// SPDX-License-Identifier: Apache-2.0
// The statements that write rows, each comparing the version it replaces.
#pragma once

#include "daemon/store/sqlite/change.hpp"
#include "daemon/store/sqlite/connection.hpp"
#include "daemon/store/sqlite/other_writes.hpp"

namespace countersign::store::sqlite {

class RowWrites {
 public:
  static Result<RowWrites> open(Connection& connection);

  // Writes the rows of a change. Fails with `conflict` and `already_exists` after which some may
  // be written, and with `unavailable` when the disk refused.
  Status write(const Change& change);
  // Whether write() is a single statement, which needs no savepoint to be all or nothing.
  [[nodiscard]] static bool is_single(const Change& change);

 private:
  Status compare_subject(const Change& change);
  Status put(const SubjectChange& change);
  Status put(const FactorChange& change);
  Status put(const Change& whole, const MotionChange& change);
  Status put(SubjectId owner, const BudgetChange& change);

  OtherWrites other_;
  Statement subject_version_;
  Statement insert_subject_, update_subject_;
  Statement insert_factor_, update_factor_;
  Statement insert_motion_, update_motion_;
  Statement insert_budget_, update_budget_;
};

}  // namespace countersign::store::sqlite
