// SPDX-License-Identifier: Apache-2.0
// Giving a factor another name, and taking one away; addresses are taken away here too.
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Routes factor_change_routes();

}  // namespace countersign::companion
