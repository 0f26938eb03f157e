// SPDX-License-Identifier: Apache-2.0
// The account is ready: what protects it, and the ways on.
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Routes activated_routes();

}  // namespace countersign::companion
