// SPDX-License-Identifier: Apache-2.0
// Personal information: names and language, changed here; addresses, each changed on a page of its
// own that has them confirmed.
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Routes profile_routes();

}  // namespace countersign::companion
