// SPDX-License-Identifier: Apache-2.0
// Words for what a Result holds.
#pragma once

#include "base/error.hpp"
#include "base/log.hpp"
#include "daemon/model/attempt.hpp"

#include <gmock/gmock.h>

#include <ostream>

namespace countersign {

inline void PrintTo(const Result<Verdict>& result, std::ostream* out) {
  if (!result) {
    *out << "error " << log::name_of(result.error().code).view() << " ("
         << result.error().operation.view() << ")";
    return;
  }
  *out << (result->accepted ? "accepted" : "rejected") << " reason "
       << static_cast<int>(result->reason) << (result->repeated ? " repeated" : "");
}

namespace test {

MATCHER(Accepts, "accepts for the first time") { return arg && arg->accepted && !arg->repeated; }
MATCHER(Repeats, "repeats an acceptance") { return arg && arg->accepted && arg->repeated; }
MATCHER_P(RejectsAs, reason, "rejects with that reason") {
  return arg && !arg->accepted && arg->reason == reason;
}
MATCHER_P(FailsWith, code, "fails with that code") { return !arg && arg.error().code == code; }
MATCHER(Succeeds, "succeeds") {
  if (!arg) *result_listener << "operation " << arg.error().operation.view();
  return static_cast<bool>(arg);
}

}  // namespace test
}  // namespace countersign
