// SPDX-License-Identifier: Apache-2.0
// The questions that somebody may choose from. A stored number means its question for ever: a
// wording may be mended, a number is never given to another question.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace countersign::policies {

struct StockQuestionText {
  std::uint16_t id = 0;
  std::string_view text;  // English; pages translate by id
};

// In the order in which they are shown.
[[nodiscard]] std::span<const StockQuestionText> stock_questions();

// Empty when there is none of this number.
[[nodiscard]] std::string_view stock_question(std::uint16_t id);

}  // namespace countersign::policies
