// SPDX-License-Identifier: Apache-2.0
// What a report says of a factor beside its row: what it is worth, how many codes are left, when it
// ends. Pure.
#pragma once

#include "daemon/model/factor_report.hpp"
#include "policies/policy.hpp"

namespace countersign {

// Fills in `level`, `sole`, `remaining` and `expires_at`. Fails with `corrupt`.
[[nodiscard]] Status add_facts(FactorReport& report, const FactorRecord& factor,
                               const policies::Policy& rules);

}  // namespace countersign
