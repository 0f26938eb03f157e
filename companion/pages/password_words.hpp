// SPDX-License-Identifier: Apache-2.0
// The rules for passwords in words: before somebody types one, and after it broke some.
#pragma once

#include "companion/door/visit.hpp"

#include <string>

namespace countersign::companion {

// part_rules.html, for the input of this name.
void fill_rules(Page& page, std::string_view input, const v1::PasswordRules& rules,
                const std::string& username);

// At the field "new": everything that is wrong with what was typed there.
void say_faults(Page& page, const v1::PasswordReport& report, const v1::PasswordRules& rules);

}  // namespace countersign::companion
