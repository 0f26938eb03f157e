// SPDX-License-Identifier: Apache-2.0
// The rules of a realm, for pages to show before somebody breaks them. Pure.
#pragma once

#include "daemon/model/account_replies.hpp"
#include "policies/policy.hpp"

namespace countersign {

[[nodiscard]] RealmDescription describe(const policies::Policy& realm);

}  // namespace countersign
