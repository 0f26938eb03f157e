// SPDX-License-Identifier: Apache-2.0
// An account that too many wrong attempts have shut is opened by its owner, by a code.
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Routes unlock_routes();

}  // namespace countersign::companion
