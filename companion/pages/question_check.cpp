// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/question_check.hpp"

#include <algorithm>

namespace countersign::companion {
namespace {

// As api/countersign.proto has them (SetQuestion).
constexpr std::size_t kOwnCharactersMin = 10;
constexpr std::size_t kOwnCharactersMax = 150;
constexpr std::size_t kAnswerCharactersMax = 128;
constexpr std::uint64_t kStockIdMax = 0xffff;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// Enough to tell why; letters beyond ASCII the daemon folds.
std::string folded(std::string_view text) {
  std::string small{text};
  for (char& c : small) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return small;
}

std::string text_of(const TypedQuestion& typed, const v1::RealmDescription& realm) {
  if (typed.is_own) return std::string{typed.own};
  const auto& stock = realm.questions();
  const auto found = std::ranges::find(stock, typed.stock_id, &v1::StockQuestion::id);
  return found == stock.end() ? std::string{} : found->text();
}

void check_own(Page& page, const TypedQuestion& typed) {
  const Catalogue& words = page.words();
  const std::size_t length = characters_in(typed.own);
  if (length < kOwnCharactersMin) page.wrong("own", words("question.own_short"));
  if (length > kOwnCharactersMax) page.wrong("own", words("question.own_long"));
}

}  // namespace

// Without bytes that go on with a character (10xxxxxx).
std::size_t characters_in(std::string_view text) {
  constexpr unsigned kMask = 0xc0;
  constexpr unsigned kGoesOn = 0x80;
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & kMask) != kGoesOn; }));
}

TypedQuestion typed_question(const Visit& visit) {
  TypedQuestion typed{.own = trimmed(visit.typed("own")), .answer = trimmed(visit.typed("answer"))};
  typed.is_own = visit.typed("question") == kOwnQuestion;
  const std::uint64_t id = visit.typed_number("question");
  typed.stock_id = id <= kStockIdMax ? static_cast<std::uint32_t>(id) : 0;
  return typed;
}

void say_wrong_question(Page& page, const std::string& text) {
  page.wrong("question", text);
  page.add("QUESTION_WRONG").set("QUESTION_WRONG_TEXT", text);
  page.show("QUESTION_INVALID");
}

void say_slips(Page& page, const TypedQuestion& typed, const v1::RealmDescription& realm,
               std::string_view username) {
  const Catalogue& words = page.words();
  const std::string question = text_of(typed, realm);
  if (typed.is_own) check_own(page, typed);
  if (!typed.is_own && question.empty()) say_wrong_question(page, words("question.choose"));
  const std::size_t length = characters_in(typed.answer);
  const std::string answer = folded(typed.answer);
  if (length < realm.question_length_min()) {
    const std::int64_t least = realm.question_length_min();
    page.wrong("answer", words("question.answer_short", {{"least", least}}));
  } else if (length > kAnswerCharactersMax) {
    page.wrong("answer", words("question.answer_long"));
  } else if (folded(question).find(answer) != std::string::npos) {
    page.wrong("answer", words("question.answer_in_question"));
  } else if (answer == folded(username)) {
    page.wrong("answer", words("question.answer_username"));
  }
}

}  // namespace countersign::companion
