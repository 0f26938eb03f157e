// SPDX-License-Identifier: Apache-2.0
// What a reset asks for once a link or a code has begun it: the answer to a question, then a new
// password (pages/password.hpp).
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Routes reset_routes();

}  // namespace countersign::companion
