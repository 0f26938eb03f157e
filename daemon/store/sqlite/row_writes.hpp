// SPDX-License-Identifier: Apache-2.0
// The statements that write rows, each comparing the version it replaces.
#pragma once

#include "daemon/store/sqlite/account_rows.hpp"
#include "daemon/store/sqlite/challenge_rows.hpp"
#include "daemon/store/sqlite/client_rows.hpp"
#include "daemon/store/sqlite/message_rows.hpp"
#include "daemon/store/sqlite/source_rows.hpp"
#include "daemon/store/sqlite/token_rows.hpp"

namespace countersign::store::sqlite {

class RowWrites {
 public:
  // `key` outlives this.
  static Result<RowWrites> open(Connection& connection, const HmacKey& key);

  // Writes the rows of a change. Fails with `conflict` and `already_exists` after which some may
  // be written, and with `unavailable` when the disk refused.
  Status write(Change& change);
  // Whether write() is a single statement, which needs no savepoint to be all or nothing.
  [[nodiscard]] static bool is_single(const Change& change);

 private:
  explicit RowWrites(MessageWrites messages) : messages_{std::move(messages)} {}
  Status compare_subject(const Change& change);
  Status write_beside(Change& change);
  Status put(const NewChallenge& challenge);
  Status put(const SubjectChange& change);
  Status put(const FactorChange& change);
  Status put(const Change& whole, const MotionChange& change);
  Status put(SubjectId owner, const BudgetChange& change);

  ClientWrites clients_;
  TokenWrites tokens_;
  ChallengeWrites challenges_;
  MessageWrites messages_;
  SourceWrites sources_;
  AccountWrites accounts_;
  Statement subject_version_;
  Statement insert_subject_, update_subject_, bury_subject_;
  Statement insert_factor_, update_factor_;
  Statement insert_motion_, update_motion_;
  Statement insert_budget_, update_budget_;
};

}  // namespace countersign::store::sqlite
