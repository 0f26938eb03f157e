// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/reset.hpp"

#include "companion/pages/question.hpp"
#include "companion/pages/verdict.hpp"

#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::string_view kPath = "/reset/question";
constexpr std::string_view kNext = "/reset/password";

// There may be no question, or it was answered, or the policy does without.
awaitable<Result<bool>> has_to_answer(Visit& visit) {
  if (visit.session().question_at_ms() != 0) co_return false;
  v1::Request request;
  request.mutable_set_password()->set_check_only(true);
  auto reply = co_await visit.ask(std::move(request));
  if (reply) co_return false;
  if (reply.error().code == ErrorCode::conflict) co_return true;
  co_return reply.error();
}

awaitable<Result<Page>> question_page(Visit& visit) {
  const Catalogue& words = visit.words();
  v1::Request request;
  request.mutable_get_question();
  CS_CO_TRY(const v1::Reply reply, co_await visit.ask(std::move(request)));
  CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
  Page page = visit.page("reset_question", "reset.question_title");
  const std::string& support = realm.support();
  // One that was put out of use is not shown: nobody gets past it here.
  const std::string question = question_text(words, reply.question());
  if (question.empty()) {
    page.show("BLOCKED");
    if (!support.empty()) page.add("HELP").set("SUPPORT", support);
    co_return page;
  }
  page.show("ASK");
  if (!support.empty()) {
    page.add("NO_ANSWER").set("NO_ANSWER_TEXT", words("reset.no_answer", {{"support", support}}));
  }
  page.set("QUESTION", question);
  page.field("ANSWER_FIELD", {.name = "answer",
                              .label = words("field.answer"),
                              .type = "password",
                              .hint = words("reset.answer_hint"),
                              .focus = true,
                              .reveal = true});
  co_return page;
}

awaitable<Result<Response>> show_question(Visit& visit) {
  CS_CO_TRY(const bool has_to, co_await has_to_answer(visit));
  if (!has_to) co_return go_to(std::string{kNext});
  CS_CO_TRY(Page page, co_await question_page(visit));
  co_return visit.show(std::move(page));
}

awaitable<Result<Response>> answer(Visit& visit) {
  if (visit.session().question_at_ms() != 0) co_return go_to(std::string{kNext});
  v1::Request request;
  v1::AnswerQuestion& answer = *request.mutable_answer_question();
  answer.set_answer(std::string{visit.typed("answer")});
  answer.set_client_address(visit.request().client_address);
  auto reply = co_await visit.ask(std::move(request));
  v1::Verdict verdict;
  if (reply) {
    verdict = reply->verdict();
  } else if (reply.error().code != ErrorCode::malformed) {
    co_return reply.error();
  }
  if (verdict.answer() == v1::ACCEPTED) co_return go_to(std::string{kNext});
  const Catalogue& words = visit.words();
  CS_CO_TRY(Page page, co_await question_page(visit));
  page.wrong("answer", verdict.reason() == v1::THROTTLED ? refusal_text(words, verdict)
                                                         : words("reset.wrong_answer"));
  co_return visit.show_again(std::move(page));
}

awaitable<Result<Response>> show_done(Visit& visit) {
  co_return visit.show(visit.page("reset_done", "reset.done_title"));
}

constexpr std::array<Route, 3> kRoutes{{
    {Method::get, kPath, Access::reset, &show_question},
    {Method::post, kPath, Access::reset, &answer},
    {Method::get, "/reset/done", Access::anyone, &show_done},
}};

}  // namespace

Routes reset_routes() { return kRoutes; }

}  // namespace countersign::companion
