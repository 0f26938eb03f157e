// SPDX-License-Identifier: Apache-2.0
// Which position does the passcode match? The HSM knows; we learn a counter, or nothing.
#pragma once

#include "async/awaitable.hpp"
#include "base/passcode.hpp"
#include "daemon/verify/candidates.hpp"
#include "hsm/client/hsm.hpp"
#include "policies/policy.hpp"

#include <optional>

namespace countersign::verify {

struct Match {
  const FactorRecord* factor = nullptr;
  std::uint64_t counter = 0;
  bool fresh = false;  // above the factor's position
};

// Tries the candidates in order; the first fresh match ends the search. A match on a used-up
// counter is kept in case nothing fresh matches.
//
// REQUIRES: what the candidates point to and the passcode outlive the awaitable.
// Fails with `unavailable`, `corrupt`.
awaitable<Result<std::optional<Match>>> match(const Candidates& candidates,
                                              const Passcode& passcode,
                                              const policies::Windows& windows, Time now,
                                              hsm::Hsm& hsm);

}  // namespace countersign::verify
