// SPDX-License-Identifier: Apache-2.0
// What was done with an account lately, in words, the newest first.
#pragma once

#include "companion/door/route.hpp"

#include <string>

namespace countersign::companion {

// "Signed in: YubiKey", "Sign-in refused: Password". An event that has no words of its own has
// general ones.
[[nodiscard]] std::string activity_text(const Catalogue& words, const v1::JournalRecord& record);

[[nodiscard]] Routes activity_routes();

}  // namespace countersign::companion
