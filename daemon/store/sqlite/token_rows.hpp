// SPDX-License-Identifier: Apache-2.0
// The statements that read and write hardware tokens that belong to nobody yet.
//
// A row with a value longer than any of ours is given as one that cannot fit its MAC.
#pragma once

#include "daemon/store/loaded_rows.hpp"
#include "daemon/store/sqlite/change.hpp"
#include "daemon/store/sqlite/ids.hpp"

namespace countersign::store::sqlite {

class TokenReads {
 public:
  static Result<TokenReads> open(Connection& connection);

  Result<std::optional<TokenRecord>> token(TokenId id);
  // The ids above `after`, in order, at most `max`.
  Result<Ids> tokens(std::int64_t after, std::size_t max) { return ids(tokens_, after, max); }
  Result<std::vector<TokenRecord>> of_serial(std::string_view serial);
  Result<std::vector<TokenRecord>> of_public_id(std::string_view public_id);
  // Whether a token or a factor of its kind bears its serial or public id.
  Result<bool> is_known(const Token& token);
  // Whether the journal tells that it was taken in, and that it has gone since.
  Result<bool> was_imported(TokenId id);
  Result<bool> was_taken(TokenId id);

 private:
  Result<std::vector<TokenRecord>> named(Statement& statement, std::string_view name);

  Statement token_, tokens_, of_serial_, of_public_id_, is_known_, imported_, taken_;
};

class TokenWrites {
 public:
  static Result<TokenWrites> open(Connection& connection);

  // Fails like RowWrites::write().
  Status put(const TokenChange& change);

 private:
  Status insert(const TokenRecord& token);

  Statement insert_, take_;
};

}  // namespace countersign::store::sqlite
