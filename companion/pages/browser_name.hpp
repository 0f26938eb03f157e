// SPDX-License-Identifier: Apache-2.0
// What a browser calls itself, in a form that its owner recognises: "Firefox on Windows".
#pragma once

#include "companion/words/catalogue.hpp"

#include <string>
#include <string_view>

namespace countersign::companion {

// Of the header User-Agent. A guess, for people's eyes: nothing is decided by it.
[[nodiscard]] std::string browser_name(const Catalogue& words, std::string_view user_agent);

}  // namespace countersign::companion
