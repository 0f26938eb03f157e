// SPDX-License-Identifier: Apache-2.0
// Recovery codes: how many are left, and a new set.
//
// The new set is the answer to the form itself, and the only one that is no redirection: what is
// shown once cannot be asked for again.
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Routes recovery_codes_routes();

}  // namespace countersign::companion
