// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/second_step.hpp"

#include "companion/pages/method.hpp"
#include "companion/pages/next.hpp"
#include "companion/pages/question.hpp"
#include "companion/pages/sent_code.hpp"
#include "companion/pages/verdict.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::size_t kCodeBytesMax = 128;

const SecondStep& step_of(const Visit& visit) {
  return visit.request().path.starts_with(kProofStep.path) ? kProofStep : kSignInStep;
}

bool can_prove(const v1::Factor& factor) {
  return factor.state() == v1::ACTIVE &&
         (is_typed(factor.kind()) || is_sent(factor.kind()) || factor.kind() == v1::QUESTION);
}

awaitable<Result<v1::FactorList>> list_factors(Visit& visit) {
  v1::Request request;
  request.mutable_list_factors();
  CS_CO_TRY(v1::Reply reply, co_await visit.ask(std::move(request)));
  v1::FactorList usable;
  for (v1::Factor& factor : *reply.mutable_factor_list()->mutable_factors()) {
    if (can_prove(factor)) usable.add_factors()->Swap(&factor);
  }
  std::ranges::stable_sort(*usable.mutable_factors(), std::greater{}, &v1::Factor::accepted_at_ms);
  co_return usable;
}

CodePage code_page_of(const Visit& visit) {
  const SecondStep& step = step_of(visit);
  const std::string path{step.path};
  return {.title = step.title,
          .path = path + "/code",
          .send_path = path + "/send",
          .back_path = path + "?next=" + next_of(visit),
          .back = "second_step.another_way",
          .destination = {},
          .next = next_of(visit)};
}

// The form for one factor.
awaitable<Status> fill_way(Visit& visit, Page& page, const v1::Factor& factor) {
  const Catalogue& words = visit.words();
  page.set_everywhere("FACTOR", std::to_string(factor.id()));
  page.set("METHOD", method_of(words, factor));
  if (is_sent(factor.kind())) {
    page.add("SEND").set("SEND_TEXT",
                         words("second_step.send", {{"destination", factor.masked_destination()}}));
    co_return Status{};
  }
  if (factor.kind() == v1::QUESTION) {
    v1::Request request;
    request.mutable_get_question();
    CS_CO_TRY(const v1::Reply reply, co_await visit.ask(std::move(request)));
    page.show("ANSWER");
    page.set("QUESTION", question_text(words, reply.question()));
    page.field("ANSWER_FIELD", {.name = "answer",
                                .label = words("field.answer"),
                                .type = "password",
                                .focus = true,
                                .reveal = true});
    co_return Status{};
  }
  page.show(factor.kind() == v1::YUBICO_OTP ? "TAP" : "TYPE");
  page.set("TYPE_TEXT",
           words(factor.kind() == v1::TOTP ? "second_step.type_totp" : "second_step.type_code"));
  page.code("CODE_FIELD", {.name = "code",
                           .label = words("field.code"),
                           .autocomplete = "one-time-code",
                           .inputmode = factor.kind() == v1::TOTP ? "numeric" : "text",
                           .length_max = kCodeBytesMax,
                           .focus = true});
  co_return Status{};
}

// One way to go on, the one that was used last unless another was chosen, and the others.
awaitable<Result<Page>> way_page(Visit& visit) {
  const SecondStep& step = step_of(visit);
  CS_CO_TRY(const v1::FactorList list, co_await list_factors(visit));
  Page page = visit.page("second_step", step.title);
  page.set_everywhere("PATH", step.path);
  page.set_everywhere("NEXT", next_of(visit));
  const std::uint64_t wanted =
      visit.is_post() ? visit.typed_number("factor") : visit.asked_number("factor");
  const auto& factors = list.factors();
  auto chosen = std::ranges::find(factors, wanted, &v1::Factor::id);
  if (chosen == factors.end()) chosen = factors.begin();
  if (chosen == factors.end()) {
    page.show("NONE");
    co_return page;
  }
  CS_CO_CHECK(co_await fill_way(visit, page, *chosen));
  for (const v1::Factor& factor : factors) {
    if (factor.id() == chosen->id()) continue;
    Block other = page.add("OTHERS").add("OTHER");
    other.set("OTHER_PATH", std::string{step.path} + "?factor=" + std::to_string(factor.id()) +
                                "&next=" + next_of(visit));
    other.set("OTHER_TEXT", method_of(visit.words(), factor));
  }
  co_return page;
}

awaitable<Result<Response>> show_way(Visit& visit) {
  CS_CO_TRY(Page page, co_await way_page(visit));
  co_return visit.show(std::move(page));
}

awaitable<Result<Response>> after(Visit& visit, const v1::Verdict& verdict,
                                  std::string_view field) {
  if (verdict.answer() == v1::ACCEPTED) co_return go_to(next_of(visit));
  CS_CO_TRY(Page page, co_await way_page(visit));
  page.wrong(field, refusal_text(visit.words(), verdict));
  co_return visit.show_again(std::move(page));
}

awaitable<Result<Response>> prove(Visit& visit) {
  v1::Request request;
  v1::ProveFactor& prove = *request.mutable_prove_factor();
  prove.set_passcode(std::string{visit.typed("code")});
  prove.set_client_address(visit.request().client_address);
  auto reply = co_await visit.ask(std::move(request));
  v1::Verdict verdict;
  if (reply) {
    verdict = reply->verdict();
  } else if (reply.error().code != ErrorCode::malformed) {
    co_return reply.error();
  }
  co_return co_await after(visit, verdict, "code");
}

awaitable<Result<Response>> answer(Visit& visit) {
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
  co_return co_await after(visit, verdict, "answer");
}

awaitable<Result<Response>> send(Visit& visit) {
  CS_CO_TRY(const v1::FactorList list, co_await list_factors(visit));
  const auto factor =
      std::ranges::find(list.factors(), visit.typed_number("factor"), &v1::Factor::id);
  if (factor == list.factors().end() || !is_sent(factor->kind())) {
    co_return Error{ErrorCode::not_found, "factor"};
  }
  v1::Request request;
  v1::StartChallenge& start = *request.mutable_start_challenge();
  start.set_factor_id(factor->id());
  start.set_kind(factor->kind());
  start.set_purpose(v1::SIGN_IN);
  start.set_client_address(visit.request().client_address);
  start.set_language(visit.words().language());
  CS_CO_TRY(const v1::Reply reply, co_await visit.ask(std::move(request)));
  const v1::Challenge& challenge = reply.challenge();
  if (challenge.delivery().outcome() == v1::ACCEPTED_FOR_DELIVERY) {
    co_return go_to(code_location(visit, code_page_of(visit), challenge));
  }
  CS_CO_TRY(Page page, co_await way_page(visit));
  page.wrong("", delivery_text(visit.words(), challenge.delivery()));
  co_return visit.show_again(std::move(page));
}

awaitable<Result<Page>> sent_page(Visit& visit) {
  CodePage about = code_page_of(visit);
  const std::uint64_t factor =
      visit.is_post() ? visit.typed_number("factor") : visit.asked_number("factor");
  CS_CO_TRY(about.destination, co_await destination_of(visit, factor));
  co_return code_page(visit, about);
}

awaitable<Result<Response>> show_code(Visit& visit) {
  CS_CO_TRY(Page page, co_await sent_page(visit));
  co_return visit.show(std::move(page));
}

awaitable<Result<Response>> answer_code(Visit& visit) {
  v1::Request request = code_answer(visit, v1::SIGN_IN);
  auto reply = co_await visit.ask(std::move(request));
  v1::Verdict verdict;
  if (reply) {
    verdict = reply->verdict();
  } else if (reply.error().code != ErrorCode::malformed) {
    co_return reply.error();
  }
  if (verdict.answer() == v1::ACCEPTED) co_return go_to(next_of(visit));
  CS_CO_TRY(Page page, co_await sent_page(visit));
  page.wrong("code", refusal_text(visit.words(), verdict));
  co_return visit.show_again(std::move(page));
}

constexpr std::array<Route, 12> kRoutes{{
    {Method::get, "/sign-in/factor", Access::sign_in, &show_way},
    {Method::post, "/sign-in/factor", Access::sign_in, &prove},
    {Method::post, "/sign-in/factor/answer", Access::sign_in, &answer},
    {Method::post, "/sign-in/factor/send", Access::sign_in, &send},
    {Method::get, "/sign-in/factor/code", Access::sign_in, &show_code},
    {Method::post, "/sign-in/factor/code", Access::sign_in, &answer_code},
    {Method::get, "/account/prove/factor", Access::account, &show_way},
    {Method::post, "/account/prove/factor", Access::account, &prove},
    {Method::post, "/account/prove/factor/answer", Access::account, &answer},
    {Method::post, "/account/prove/factor/send", Access::account, &send},
    {Method::get, "/account/prove/factor/code", Access::account, &show_code},
    {Method::post, "/account/prove/factor/code", Access::account, &answer_code},
}};

}  // namespace

Routes second_step_routes() { return kRoutes; }

}  // namespace countersign::companion
