// SPDX-License-Identifier: Apache-2.0
// What is wrong with a question and an answer as they were typed, as far as it shows without the
// daemon, which knows more (the password) and compares more closely.
#pragma once

#include "companion/door/visit.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::companion {

// "own" instead of a stock one's number.
inline constexpr std::string_view kOwnQuestion = "own";

struct TypedQuestion {
  std::uint32_t stock_id = 0;  // 0: none, or their own
  bool is_own = false;
  std::string_view own;
  std::string_view answer;
};
[[nodiscard]] TypedQuestion typed_question(const Visit& visit);

// At the choice of questions, which is no field of part_field.html.
void say_wrong_question(Page& page, const std::string& text);

// Told at the fields "question", "own" and "answer".
void say_slips(Page& page, const TypedQuestion& typed, const v1::RealmDescription& realm,
               std::string_view username);

// In code points, as the daemon counts.
[[nodiscard]] std::size_t characters_in(std::string_view text);

}  // namespace countersign::companion
