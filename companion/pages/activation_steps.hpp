// SPDX-License-Identifier: Apache-2.0
// The steps by which an account is set up, in their order: password, question, phone, factors.
#pragma once

#include "companion/door/visit.hpp"

#include <cstdint>
#include <string_view>

namespace countersign::companion {

enum class ActivationStep : std::uint8_t { password = 1, question, phone, factors };

inline constexpr std::string_view kPasswordStepPath = "/activate/password";
inline constexpr std::string_view kQuestionStepPath = "/activate/question";
inline constexpr std::string_view kPhoneStepPath = "/activate/phone";
inline constexpr std::string_view kFactorsPath = "/factors";

// "Step 2 of 4", above the heading.
void show_step(Page& page, ActivationStep step);

// Whether this session sets an account up. One that had its first factor meanwhile, in another
// window, is signed in, and has nothing to do here.
[[nodiscard]] bool sets_up(const Visit& visit);

}  // namespace countersign::companion
