// SPDX-License-Identifier: Apache-2.0
// What somebody was doing when a proof was needed, and how it goes on afterwards.
//
// Whoever was in the middle of a form loses nothing but the secrets in it: what was typed comes
// along in the page that asks, and waits behind a button. Where there were secrets in it, the form
// is shown once more with the rest of it, and says so.
#pragma once

#include "companion/door/route.hpp"

#include <string>

namespace countersign::companion {

inline constexpr std::string_view kProvePath = "/account/prove";

// Takes the errand along: NEXT, IS_FORM, HAD_SECRETS, and KEPT for each field.
void take_along(const Visit& visit, Page& page);

// A page is shown, a form waits. REQUIRES: it was proven.
[[nodiscard]] Response go_on(Visit& visit);

}  // namespace countersign::companion
