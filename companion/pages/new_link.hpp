// SPDX-License-Identifier: Apache-2.0
// A new activation link, for somebody whose old one is good no longer.
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Routes new_link_routes();

}  // namespace countersign::companion
