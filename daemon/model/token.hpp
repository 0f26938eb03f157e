// SPDX-License-Identifier: Apache-2.0
// A hardware token that belongs to nobody yet.
#pragma once

#include "daemon/model/subject.hpp"

namespace countersign {

struct Token {
  TokenId id{};
  FactorKind kind{};
  std::string serial;     // as printed on it; may be empty
  std::string public_id;  // as a factor's; may be empty
  OathParameters oath;
  SealedSecret sealed;
  Position position = Position::none;  // where it starts: nothing up to there is accepted
  Time created_at{};
};

// A token as it was read; its MAC says which row that was.
struct TokenRecord {
  Token fixed;
  RowMac mac{};
};

}  // namespace countersign
