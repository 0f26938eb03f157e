// SPDX-License-Identifier: Apache-2.0
// Where somebody was going when they were asked who they are.
#pragma once

#include "companion/door/visit.hpp"

#include <string>

namespace countersign::companion {

// What the form or the address says; the account where that is no page of ours.
[[nodiscard]] std::string next_of(const Visit& visit);

}  // namespace countersign::companion
