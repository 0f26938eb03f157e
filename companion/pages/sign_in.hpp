// SPDX-License-Identifier: Apache-2.0
// Signing in: name and password, then one factor of those that are set up; and signing out.
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Routes sign_in_routes();

}  // namespace countersign::companion
