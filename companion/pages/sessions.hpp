// SPDX-License-Identifier: Apache-2.0
// Where an account is signed in, and which browsers are remembered.
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Routes sessions_routes();

}  // namespace countersign::companion
