// SPDX-License-Identifier: Apache-2.0
// "Forgotten your password?": by a text message, whose code leads on at once, or by a link in an
// e-mail.
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Routes forgotten_routes();

}  // namespace countersign::companion
