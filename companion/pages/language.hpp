// SPDX-License-Identifier: Apache-2.0
// The choice of another language, kept by the browser.
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Routes language_routes();

}  // namespace countersign::companion
