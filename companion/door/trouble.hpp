// SPDX-License-Identifier: Apache-2.0
// The pages that say what went wrong, and what to do now.
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Response no_such_page(Visit& visit);
[[nodiscard]] Response wrong_method(Visit& visit);
[[nodiscard]] Response sent_from_elsewhere(Visit& visit);
[[nodiscard]] Response form_too_old(Visit& visit);
// A session ended, or never was; says how to get another of that kind.
[[nodiscard]] Response session_over(Visit& visit, Access access);
// Somebody is signed in, and may not do this.
[[nodiscard]] Response not_allowed(Visit& visit);
// What the daemon, or the lack of one, said.
[[nodiscard]] Response trouble(Visit& visit, const Error& error);

}  // namespace countersign::companion
