// SPDX-License-Identifier: Apache-2.0
// The part of describe() that tells of accounts: factors, passwords, questions, links, sessions,
// and where all this deviates from NIST SP 800-63B. Seen by describe.cpp alone.
#pragma once

#include "policies/policy.hpp"

#include <ostream>

namespace countersign::policies {

void describe_accounts(std::ostream& out, const Policy& policy);

}  // namespace countersign::policies
