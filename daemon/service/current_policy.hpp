// SPDX-License-Identifier: Apache-2.0
// The policy in force. A request keeps the one it began with; SIGHUP brings another for the next.
#pragma once

#include "policies/policy.hpp"

#include <memory>

namespace countersign {

using CurrentPolicy = std::shared_ptr<const policies::Policy>;

}  // namespace countersign
