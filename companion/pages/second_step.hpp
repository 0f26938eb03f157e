// SPDX-License-Identifier: Apache-2.0
// A factor, after the password, to sign in.
//
//   GET  /sign-in/factor        one way to go on, and links to the others
//   POST /sign-in/factor        a code from a device or from paper, or an answer
//   POST /sign-in/factor/send   has a code sent, and leads to
//   GET  /sign-in/factor/code   where it is typed
//   POST /sign-in/factor/code
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

inline constexpr std::string_view kSecondStepPath = "/sign-in/factor";

[[nodiscard]] Routes second_step_routes();

}  // namespace countersign::companion
