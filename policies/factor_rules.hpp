// SPDX-License-Identifier: Apache-2.0
// The tables [factors.KIND] of a policy file. Seen by the policy parser alone.
#pragma once

#include "policies/policy.hpp"
#include "policies/table.hpp"

namespace countersign::policies {

// Reads the whole table [factors]; what is wrong with it goes to the table's findings.
void read_factors(Table table, Factors& factors);

}  // namespace countersign::policies
