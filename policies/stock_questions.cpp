// SPDX-License-Identifier: Apache-2.0
#include "policies/stock_questions.hpp"

#include <algorithm>
#include <array>

namespace countersign::policies {
namespace {

constexpr auto kQuestions = std::to_array<StockQuestionText>({
    {1, "Which food could you not stand as a child?"},
    {2, "What was your first stuffed animal called?"},
    {3, "What did you receive your first medal or award for?"},
    {4, "Which security question do you like best of all?"},
    {5, "Which toy did you love most as a child?"},
    {6, "Which computer game did you play first?"},
    {7, "Which line from a film do you like to quote?"},
    {8, "What was the mascot of the first sports team that you played in?"},
    {9, "Which album or song did you buy first?"},
    {10, "Which work of art do you like best?"},
    {11, "Which of your grandmother's desserts was the best?"},
    {12, "Which dish did you learn to cook first?"},
    {13, "What did you want to become when you were a child?"},
    {14, "Where did you meet your partner?"},
    {15, "Where have you spent your best holiday?"},
    {16, "Where were you when the year 2000 began?"},
    {17, "Which speaker has impressed you most?"},
    {18, "Which character of a book or film do you like best?"},
    {19, "Which athlete do you like to watch most?"},
});

}  // namespace

std::span<const StockQuestionText> stock_questions() { return kQuestions; }

std::string_view stock_question(std::uint16_t id) {
  const auto* const found = std::ranges::find(kQuestions, id, &StockQuestionText::id);
  return found == kQuestions.end() ? std::string_view{} : found->text;
}

}  // namespace countersign::policies
