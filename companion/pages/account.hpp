// SPDX-License-Identifier: Apache-2.0
// Account settings: all that an account has, one row each, with the way to change it.
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Routes account_routes();

}  // namespace countersign::companion
