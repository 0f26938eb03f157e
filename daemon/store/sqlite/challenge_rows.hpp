// SPDX-License-Identifier: Apache-2.0
// The statements that read and write challenges.
//
// A challenge is held against the journal, which knows its answers: a row that was taken back to an
// older true state fits its MAC, and has fewer of them.
#pragma once

#include "daemon/store/loaded_rows.hpp"
#include "daemon/store/sqlite/change.hpp"
#include "daemon/store/sqlite/ids.hpp"

#include <memory>

namespace countersign::store::sqlite {

class ChallengeReads {
 public:
  static Result<ChallengeReads> open(Connection& connection);

  // Null when there is none. A row with a value longer than any of ours is given as one that
  // cannot fit its MAC.
  Result<std::unique_ptr<LoadedChallenge>> challenge(ChallengeId id);
  // The ids above `after`, in order, at most `max`.
  Result<Ids> challenges(std::int64_t after, std::size_t max) {
    return ids(challenges_, after, max);
  }

 private:
  Statement challenge_, challenges_, answers_;
};

class ChallengeWrites {
 public:
  static Result<ChallengeWrites> open(Connection& connection);

  // Which others it has taken the place of. Fails like RowWrites::write().
  Result<Ids> put(const NewChallenge& challenge);
  Status put(const ChallengeChange& change);

 private:
  Statement insert_, update_, sweep_, replace_, displace_;
};

}  // namespace countersign::store::sqlite
