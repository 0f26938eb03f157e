// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/question.hpp"

#include "companion/pages/activation_steps.hpp"
#include "companion/pages/proof_first.hpp"
#include "companion/pages/question_check.hpp"

#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::string_view kChangePath = "/account/question";
constexpr std::string_view kFactorPath = "/factors/question";

struct Occasion {
  std::string_view path;
  std::string_view title;  // keys of the catalogue
  std::string_view text;
  std::string_view button;
  std::string_view next;
  std::string_view cancel;  // empty: it has to be done
};
constexpr Occasion kFirst{.path = kQuestionStepPath,
                          .title = "question.title",
                          .text = "question.first_text",
                          .button = "question.first_button",
                          .next = kPhoneStepPath,
                          .cancel = {}};
constexpr Occasion kChange{.path = kChangePath,
                           .title = "question.title",
                           .text = "question.change_text",
                           .button = "question.change_button",
                           .next = "/account?done=question",
                           .cancel = "/account"};
constexpr Occasion kFactor{.path = kFactorPath,
                           .title = "question.factor_title",
                           .text = "question.factor_text",
                           .button = "question.factor_button",
                           .next = kFactorsPath,
                           .cancel = kFactorsPath};

const Occasion& occasion_of(const Visit& visit) {
  if (visit.request().path == kFirst.path) return kFirst;
  return visit.request().path == kFactor.path ? kFactor : kChange;
}

std::string text_of(const Catalogue& words, std::uint32_t stock_id, const std::string& english) {
  const std::string key = "question." + std::to_string(stock_id);
  return words.has(key) ? words(key) : english;
}

void fill_choice(Page& page, const TypedQuestion& typed, const v1::RealmDescription& realm) {
  for (const v1::StockQuestion& stock : realm.questions()) {
    Block question = page.add("QUESTION");
    question.set("QUESTION_NUMBER", std::int64_t{stock.id()});
    question.set("QUESTION_TEXT", text_of(page.words(), stock.id(), stock.text()));
    if (stock.id() == typed.stock_id) question.show("CHOSEN");
  }
  page.set("OWN", kOwnQuestion);
  if (typed.is_own) page.show("OWN_CHOSEN");
}

Page question_page(Visit& visit, const v1::RealmDescription& realm) {
  const Catalogue& words = visit.words();
  const Occasion& occasion = occasion_of(visit);
  const TypedQuestion typed = typed_question(visit);
  Page page = visit.page("question", occasion.title);
  page.set("PATH", occasion.path);
  page.set("TEXT", words(occasion.text));
  page.set("BUTTON", words(occasion.button));
  fill_choice(page, typed, realm);
  page.field("OWN_FIELD", {.name = "own",
                           .label = words("question.own"),
                           .value = std::string{typed.own},
                           .hint = words("question.own_hint"),
                           .required = false,
                           .autocapitalize = "sentences"});
  const std::int64_t least = realm.question_length_min();
  page.field("ANSWER_FIELD", {.name = "answer",
                              .label = words("field.answer"),
                              .type = "password",
                              .hint = words("question.answer_hint", {{"least", least}}),
                              .reveal = true});
  if (!occasion.cancel.empty()) page.add("CANCEL").set("CANCEL_PATH", occasion.cancel);
  if (sets_up(visit)) {
    show_step(page,
              occasion.path == kFirst.path ? ActivationStep::question : ActivationStep::factors);
  }
  return page;
}

Response show_again(Visit& visit, Page page, std::string_view field, std::string_view key) {
  page.wrong(field, visit.words()(key));
  return visit.show_again(std::move(page));
}

awaitable<Result<Response>> show_question(Visit& visit) {
  const bool is_first = occasion_of(visit).path == kFirst.path;
  if (is_first && !sets_up(visit)) co_return go_to("/account");
  if (is_first && !visit.session().has_password()) co_return go_to(std::string{kPasswordStepPath});
  if (is_first && visit.session().has_reset_question()) co_return go_to(std::string{kFirst.next});
  CS_CO_CHECK(co_await proof_first(visit));
  CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
  co_return visit.show(question_page(visit, realm));
}

v1::Request set_request(const Visit& visit, const TypedQuestion& typed) {
  v1::Request request;
  v1::SetQuestion& set = *request.mutable_set_question();
  set.set_factor(occasion_of(visit).path == kFactorPath);
  set.set_stock_id(typed.is_own ? 0 : typed.stock_id);
  if (typed.is_own) set.set_custom(std::string{typed.own});
  set.set_answer(std::string{typed.answer});
  return request;
}

awaitable<Result<Response>> set_question(Visit& visit) {
  const Occasion& occasion = occasion_of(visit);
  if (occasion.path == kFirst.path && !sets_up(visit)) co_return go_to("/account");
  CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
  const TypedQuestion typed = typed_question(visit);
  Page page = question_page(visit, realm);
  say_slips(page, typed, realm, visit.session().subject().username());
  if (page.has_errors()) co_return visit.show_again(std::move(page));
  v1::Request request = set_request(visit, typed);
  auto reply = co_await visit.ask(std::move(request));
  if (reply) co_return go_to(std::string{occasion.next});
  if (reply.error().code == ErrorCode::malformed) {
    co_return show_again(visit, std::move(page), "answer", "question.answer_refused");
  }
  if (reply.error().code == ErrorCode::already_exists) {
    if (typed.is_own) co_return show_again(visit, std::move(page), "own", "question.same");
    say_wrong_question(page, visit.words()("question.same"));
    co_return visit.show_again(std::move(page));
  }
  co_return reply.error();
}

constexpr std::array<Route, 6> kRoutes{{
    {Method::get, kQuestionStepPath, Access::set_up, &show_question},
    {Method::post, kQuestionStepPath, Access::set_up, &set_question},
    {Method::get, kChangePath, Access::account, &show_question},
    {Method::post, kChangePath, Access::account, &set_question},
    {Method::get, kFactorPath, Access::set_up, &show_question},
    {Method::post, kFactorPath, Access::set_up, &set_question},
}};

}  // namespace

std::string question_text(const Catalogue& words, const v1::Question& question) {
  return text_of(words, question.stock_id(), question.text());
}

Routes question_routes() { return kRoutes; }

}  // namespace countersign::companion
