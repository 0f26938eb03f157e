// SPDX-License-Identifier: Apache-2.0
// What tells one question from another, and lets a lost answer be asked for again.
#pragma once

#include "base/error.hpp"

#include <string>

namespace countersign::client {

// 16 bytes from the kernel's random generator. Fails with `unavailable`.
[[nodiscard]] Result<std::string> new_request_id();

}  // namespace countersign::client
