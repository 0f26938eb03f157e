// SPDX-License-Identifier: Apache-2.0
// Setting up an app that shows codes: which device, then the secret as a QR code or to be typed,
// then a code that shows that it has arrived.
//
//   GET  /factors/authenticator/{app}        which device
//   POST /factors/authenticator/{app}        makes a secret, and leads to
//   GET  /factors/authenticator/{app}/scan   ?factor=N&device=D
//   POST /factors/authenticator/{app}/scan   the first code
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Routes authenticator_routes();

}  // namespace countersign::companion
