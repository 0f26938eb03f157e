// SPDX-License-Identifier: Apache-2.0
// What a code is good for, as the bytes that its MAC covers.
#pragma once

#include "daemon/model/challenge.hpp"

#include <string_view>

namespace countersign::verify {

//   challenge id, 8 bytes ‖ subject id, 8 ‖ factor id, 8 ‖ purpose, 1 ‖ expires at, 8
//   (milliseconds) ‖ length of the transaction, 2 ‖ transaction
//
// All big-endian. A code that was issued for one context matches in no other: not for another
// purpose, factor, challenge or lifetime, and not for another amount or payee. `transaction` is
// what is agreed to, and empty for every other purpose.
// REQUIRES: at most StartChallenge::kTransactionBytesMax bytes.
[[nodiscard]] Bytes code_context(const Challenge& challenge, std::string_view transaction);

}  // namespace countersign::verify
