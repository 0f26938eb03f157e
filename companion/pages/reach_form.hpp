// SPDX-License-Identifier: Apache-2.0
// The form for a number or an address that a code is to be sent to.
#pragma once

#include "companion/pages/reach.hpp"

#include <string>

namespace countersign::companion {

// With what is in force now, and what was typed. Its field is "phone" or "email"; of the e-mail
// factor there is none.
awaitable<Result<Page>> reach_form(Visit& visit, const Reach& reach);

// "Step 3 of 4", where an account is being set up.
void show_reach_step(Visit& visit, Page& page, const Reach& reach);

// What was typed there, as the daemon takes it; empty where there is no field. Fails with
// `malformed`.
[[nodiscard]] Result<std::string> typed_destination(const Visit& visit, const Reach& reach);

// What is wrong with it, and how to mend it.
[[nodiscard]] std::string destination_fault_text(const Catalogue& words, const Reach& reach,
                                                 const Error& fault);

}  // namespace countersign::companion
