// SPDX-License-Identifier: Apache-2.0
// Setting up a YubiKey by a tap: one from stock, or one that waits for its first code.
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Routes yubikey_routes();

}  // namespace countersign::companion
