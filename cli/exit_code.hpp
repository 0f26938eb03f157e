// SPDX-License-Identifier: Apache-2.0
// What the command's exit status means. Scripts build on these numbers: they never change.
#pragma once

#include "base/error.hpp"

#include "api/countersign.pb.h"

namespace countersign::cli {

enum class ExitCode : int {
  ok = 0,           // done; for `verify`: accepted
  rejected = 1,     // `verify`: the passcode was not accepted
  usage = 2,        // the command line is wrong; nothing was tried
  refused = 3,      // the daemon, the token or a file says no: malformed, denied, not found, …
  unavailable = 4,  // nobody answers, or the HSM or the store does not work
  problem = 5,      // something is wrong and was found: tampering, a mistake in a policy
};

inline constexpr const char* kExitCodesHelp =
    "Exit status: 0 done or accepted; 1 rejected; 2 usage; 3 refused (malformed, denied, not\n"
    "found, already there, conflict, limit); 4 unavailable; 5 tampering or another problem "
    "found.\n";

[[nodiscard]] ExitCode exit_code_of(v1::ErrorCode code);
[[nodiscard]] ExitCode exit_code_of(ErrorCode code);

}  // namespace countersign::cli
