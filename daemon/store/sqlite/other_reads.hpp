// SPDX-License-Identifier: Apache-2.0
// The statements that read rows which belong to no subject.
//
// A row with a value longer than any of ours is given as one that cannot fit its MAC.
#pragma once

#include "daemon/store/loaded_rows.hpp"
#include "daemon/store/sqlite/connection.hpp"

#include <memory>

namespace countersign::store::sqlite {

class OtherReads {
 public:
  static Result<OtherReads> open(Connection& connection);

  // Null when there is none.
  Result<std::unique_ptr<LoadedChallenge>> challenge(ChallengeId id);
  // The ids above `after`, in order, at most `max`.
  Result<std::vector<std::int64_t>> challenges(std::int64_t after, std::size_t max);

  Result<std::optional<LoadedClient>> client(ClientId id);
  // The ids above `after`, in order, at most `max`.
  Result<std::vector<std::int64_t>> clients(std::int64_t after, std::size_t max);
  // Whether the journal tells of its beginning.
  Result<bool> was_added(ClientId id);

  Result<std::optional<TokenRecord>> token(TokenId id);
  Result<std::vector<std::int64_t>> tokens(std::int64_t after, std::size_t max);
  Result<std::vector<TokenRecord>> tokens_of_serial(std::string_view serial);
  Result<std::vector<TokenRecord>> tokens_of_public_id(std::string_view public_id);
  // Whether a token or a factor of its kind bears its serial or public id.
  Result<bool> is_known(const Token& token);
  // Whether the journal tells that it was taken in, and that it has gone since.
  Result<bool> was_imported(TokenId id);
  Result<bool> was_taken(TokenId id);

 private:
  Result<std::vector<TokenRecord>> tokens(Statement& statement, std::string_view name);

  Statement challenge_, challenges_;
  Statement client_, clients_, was_added_;
  Statement token_, tokens_, of_serial_, of_public_id_, is_known_, imported_, taken_;
};

}  // namespace countersign::store::sqlite
