// SPDX-License-Identifier: Apache-2.0
// The statements that write rows which belong to no subject.
#pragma once

#include "daemon/store/sqlite/change.hpp"
#include "daemon/store/sqlite/connection.hpp"

namespace countersign::store::sqlite {

class OtherWrites {
 public:
  static Result<OtherWrites> open(Connection& connection);

  // Fails like RowWrites::write().
  Status write(const OtherRows& rows);

 private:
  Status put(const ClientChange& change);
  Status put(const TokenRecord& token);
  Status take(const TokenRecord& token);

  Status put(const NewChallenge& challenge);
  Status put(const ChallengeChange& change);

  Statement insert_challenge_, update_challenge_, sweep_challenges_, displace_challenges_;
  Statement insert_client_, update_client_;
  Statement insert_token_, delete_token_;
};

}  // namespace countersign::store::sqlite
