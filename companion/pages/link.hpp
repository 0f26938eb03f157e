// SPDX-License-Identifier: Apache-2.0
// Every link that is mailed leads here: to activate an account, to set a new password, or to say
// that it was somebody else. Opening one changes nothing, for mail scanners open links; its button
// does.
//
//   GET  /t/<ticket>   the browser keeps the ticket, and the address is forgotten
//   GET  /link         what it is good for
//   POST /link
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Routes link_routes();

}  // namespace countersign::companion
