// SPDX-License-Identifier: Apache-2.0
// The statements that read rows.
//
// A row with a value longer than any of ours is given as one that cannot fit its MAC.
#pragma once

#include "daemon/store/loaded_rows.hpp"
#include "daemon/store/sqlite/connection.hpp"
#include "daemon/store/store.hpp"

namespace countersign::store::sqlite {

class RowReads {
 public:
  static Result<RowReads> open(Connection& connection);

  Result<std::optional<SubjectId>> find(const SubjectName& name);
  Result<std::optional<SubjectId>> owner(FactorId factor);
  Result<std::optional<FactorOwner>> owner_of_public_id(std::string_view public_id);
  Result<std::vector<FactorOwner>> factors_of_key(BytesView sealed_key);
  Result<std::optional<LoadedSubject>> subject(SubjectId id);
  Result<LoadedDecoy> decoy(SubjectId id);
  Result<std::optional<LoadedBudget>> budget(SubjectId owner);
  Result<std::optional<LoadedMotion>> motion(FactorId factor);
  // The places that are familiar to a subject, at most `max`. One that is too long to be read is
  // the last one.
  Result<std::vector<LoadedSource>> sources(SubjectId subject, std::size_t max);

 private:
  Result<std::vector<LoadedFactor>> factors(SubjectId owner);

  Result<LoadedFactor> too_long_factor(SubjectId owner, const std::vector<LoadedFactor>& read);

  Statement find_, owner_, owner_of_public_id_, of_key_, subject_, factors_, next_factor_, budget_;
  Statement motion_, sources_;
};

}  // namespace countersign::store::sqlite
