// SPDX-License-Identifier: Apache-2.0
// A password is chosen: for a new account, after one was forgotten, or instead of another.
//
//   /activate/password   /reset/password   /account/password
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Routes password_routes();

}  // namespace countersign::companion
