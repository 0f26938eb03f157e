// SPDX-License-Identifier: Apache-2.0
// The statements that read and write profiles and pending secrets.
#pragma once

#include "daemon/store/loaded_rows.hpp"
#include "daemon/store/sqlite/account_change.hpp"
#include "daemon/store/sqlite/ids.hpp"

namespace countersign::store::sqlite {

class ProfileReads {
 public:
  static Result<ProfileReads> open(Connection& connection);

  // A row with a value longer than any of ours is given as one that cannot fit its MAC.
  Result<std::optional<LoadedProfile>> profile(SubjectId subject);
  Result<std::optional<LoadedPending>> pending_secret(FactorId factor);

  // The subjects, and factors, above `after` that have one, in order, at most `max`.
  Result<Ids> profiles(std::int64_t after, std::size_t max) { return ids(profiles_, after, max); }
  Result<Ids> pending(std::int64_t after, std::size_t max) { return ids(pendings_, after, max); }

 private:
  Statement profile_, pending_, profiles_, pendings_;
};

class ProfileWrites {
 public:
  static Result<ProfileWrites> open(Connection& connection);

  // Fails like RowWrites::write().
  Status put(const AccountRows& rows);
  Status erase(SubjectId subject);

 private:
  Status put(const ProfileChange& change);
  Status keep(const PendingChange& change, Time now);

  Statement insert_, update_, keep_, forget_, sweep_, erase_, erase_pending_;
};

}  // namespace countersign::store::sqlite
