// SPDX-License-Identifier: Apache-2.0
// What the owner of an account may not remove from it by themselves. Pure.
#pragma once

#include "base/error.hpp"
#include "daemon/model/subject.hpp"
#include "policies/policy.hpp"

namespace countersign {

// Fails with `conflict`: the last active factor that may be the only one ("factor.last"), the
// primary e-mail address, which can only be replaced ("factor.primary_email"), and the password
// ("factor.password").
[[nodiscard]] Status may_remove(const SubjectRecord& subject, const Factor& factor,
                                const policies::Policy& policy);

}  // namespace countersign
