// SPDX-License-Identifier: Apache-2.0
// A factor that is to be proven: after the password, to sign in; and before a change. The same
// pages under two addresses.
//
//   GET  <path>          one way to go on, and links to the others
//   POST <path>          a code from a device or from paper
//   POST <path>/send     has a code sent, and leads to
//   GET  <path>/code     where it is typed
//   POST <path>/code
//   POST <path>/answer   to the secret question
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

struct SecondStep {
  std::string_view path;
  std::string_view title;  // a key of the catalogue
};
inline constexpr SecondStep kSignInStep{.path = "/sign-in/factor", .title = "second_step.title"};
inline constexpr SecondStep kProofStep{.path = "/account/prove/factor",
                                       .title = "second_step.prove_title"};

[[nodiscard]] Routes second_step_routes();

}  // namespace countersign::companion
