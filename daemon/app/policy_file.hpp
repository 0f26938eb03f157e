// SPDX-License-Identifier: Apache-2.0
// Reading the policy file, and those of the realms beside it, at start and on SIGHUP.
#pragma once

#include "daemon/service/current_policy.hpp"

#include <optional>
#include <string>

namespace countersign::app {

// The policy in `path` with its realms, or the defaults when the path is empty. A mistake in any of
// the files is logged with file, line and column, and nothing is returned.
[[nodiscard]] std::optional<CurrentPolicy> load_policy(const std::string& path);

}  // namespace countersign::app
