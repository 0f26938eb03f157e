// SPDX-License-Identifier: Apache-2.0
// The statements that read rows.
#pragma once

#include "daemon/store/loaded_rows.hpp"
#include "daemon/store/sqlite/connection.hpp"

namespace countersign::store::sqlite {

class RowReads {
 public:
  static Result<RowReads> open(Connection& connection);

  Result<std::optional<SubjectId>> find(const SubjectName& name);
  Result<std::optional<SubjectId>> owner(FactorId factor);
  Result<std::optional<LoadedSubject>> subject(SubjectId id);
  Result<LoadedDecoy> decoy(SubjectId id);
  Result<std::optional<LoadedBudget>> budget(SubjectId owner);
  Result<std::optional<LoadedMotion>> motion(FactorId factor);

 private:
  Result<std::vector<LoadedFactor>> factors(SubjectId owner);

  Statement find_, owner_, subject_, factors_, budget_, motion_;
};

}  // namespace countersign::store::sqlite
