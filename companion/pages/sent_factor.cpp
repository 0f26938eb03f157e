// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/sent_factor.hpp"

#include "companion/pages/activation_steps.hpp"
#include "companion/pages/factors.hpp"
#include "companion/pages/own_factors.hpp"
#include "companion/pages/proof_first.hpp"
#include "companion/pages/reach_form.hpp"
#include "companion/pages/sent_code.hpp"
#include "companion/pages/verdict.hpp"

#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

// Fails with `not_found`.
Result<const Reach*> reach_here(const Visit& visit) {
  const Reach* const reach = reach_of(visit);
  if (reach == nullptr) return Error{ErrorCode::not_found, "contact"};
  return reach;
}

std::string after(const Reach& reach, std::uint64_t factor) {
  if (reach.is_factor) return factors_after(factor);
  if (reach.is_step()) return std::string{reach.path};
  return "/account?done=contact";
}

awaitable<Result<Response>> show_form(Visit& visit) {
  CS_CO_TRY(const Reach* const reach, reach_here(visit));
  // The step is over, and what it set has its place in the settings.
  if (reach->is_step() && !sets_up(visit)) co_return go_to("/factors");
  CS_CO_CHECK(co_await proof_first(visit));
  CS_CO_TRY(Page page, co_await reach_form(visit, *reach));
  co_return visit.show(std::move(page));
}

awaitable<Result<Response>> show_wrong(Visit& visit, const Reach& reach, std::string text) {
  CS_CO_TRY(Page page, co_await reach_form(visit, reach));
  const std::string_view field = reach.is_phone ? "phone" : "email";
  page.wrong(reach.has_no_field() ? "" : field, std::move(text));
  co_return visit.show_again(std::move(page));
}

CodePage code_page_of(const Reach& reach) {
  const std::string path{reach.path};
  return {.title = "reach.code_title",
          .path = path + "/code",
          .send_path = path + "/send",
          .back_path = path,
          .back = reach.has_no_field() ? "reach.back"
                  : reach.is_phone     ? "reach.change_number"
                                       : "reach.change_address",
          .destination = {},
          .next = {}};
}

awaitable<Result<v1::Challenge>> send_code(Visit& visit, const Reach& reach, std::uint64_t factor) {
  v1::Request request;
  v1::StartChallenge& start = *request.mutable_start_challenge();
  start.set_factor_id(factor);
  start.set_kind(reach.channel());
  start.set_purpose(v1::CONFIRMATION);
  start.set_client_address(visit.request().client_address);
  start.set_language(visit.words().language());
  CS_CO_TRY(v1::Reply reply, co_await visit.ask(std::move(request)));
  co_return std::move(*reply.mutable_challenge());
}

awaitable<Result<Response>> enrol(Visit& visit) {
  CS_CO_TRY(const Reach* const reach, reach_here(visit));
  auto destination = typed_destination(visit, *reach);
  if (!destination) {
    co_return co_await show_wrong(
        visit, *reach, destination_fault_text(visit.words(), *reach, destination.error()));
  }
  const auto enrolled = co_await enrol_reach(visit, *reach, *std::move(destination));
  // Their own already: for the same, or for something else.
  const auto failed_by = [&](ErrorCode code) { return !enrolled && enrolled.error().code == code; };
  const bool is_active = enrolled && enrolled->active && !reach->is_factor;
  const bool is_known = is_active || failed_by(ErrorCode::already_exists) ||
                        (failed_by(ErrorCode::conflict) && !reach->is_factor);
  if (is_known && !reach->is_step()) {
    const std::string_view key = reach->is_phone ? "reach.own_number" : "reach.own_address";
    co_return co_await show_wrong(visit, *reach, visit.words()(key));
  }
  if (!enrolled) {
    if (enrolled.error().code != ErrorCode::malformed) co_return enrolled.error();
    co_return co_await show_wrong(visit, *reach, visit.words()("reach.refused"));
  }
  if (enrolled->active) co_return go_to(after(*reach, enrolled->factor));
  CS_CO_TRY(const v1::Challenge sent, co_await send_code(visit, *reach, enrolled->factor));
  if (sent.delivery().outcome() == v1::ACCEPTED_FOR_DELIVERY) {
    co_return go_to(code_location(visit, code_page_of(*reach), sent));
  }
  co_return co_await show_wrong(visit, *reach, delivery_text(visit.words(), sent.delivery()));
}

awaitable<Result<Page>> sent_page(Visit& visit, const Reach& reach) {
  CodePage about = code_page_of(reach);
  const std::uint64_t factor =
      visit.is_post() ? visit.typed_number("factor") : visit.asked_number("factor");
  CS_CO_TRY(about.destination, co_await destination_of(visit, factor));
  Page page = code_page(visit, about);
  show_reach_step(visit, page, reach);
  co_return page;
}

void say_sent_again(const Visit& visit, Page& page) {
  if (visit.told("again").empty()) return;
  page.head().add("NOTICE").set("NOTICE_TEXT", page.words()("code.sent_again"));
}

// What is confirmed already leads on: by a first press of the button, or in another tab.
awaitable<Result<Response>> show_code(Visit& visit) {
  CS_CO_TRY(const Reach* const reach, reach_here(visit));
  const std::uint64_t factor = visit.asked_number("factor");
  const auto done = co_await is_active(visit, factor);
  if (!done) co_return go_to(std::string{reach->path});
  if (*done) co_return go_to(after(*reach, factor));
  CS_CO_TRY(Page page, co_await sent_page(visit, *reach));
  say_sent_again(visit, page);
  co_return visit.show(std::move(page));
}

awaitable<Result<Response>> answer(Visit& visit) {
  CS_CO_TRY(const Reach* const reach, reach_here(visit));
  const std::uint64_t factor = visit.typed_number("factor");
  v1::Request request = code_answer(visit, v1::CONFIRMATION);
  const auto reply = co_await visit.ask(std::move(request));
  v1::Verdict verdict;
  if (reply) {
    verdict = reply->verdict();
  } else if (reply.error().code != ErrorCode::malformed &&
             reply.error().code != ErrorCode::conflict) {
    co_return reply.error();
  }
  if (verdict.answer() == v1::ACCEPTED) co_return go_to(after(*reach, factor));
  const auto done = co_await is_active(visit, factor);
  if (done && *done) co_return go_to(after(*reach, factor));
  CS_CO_TRY(Page page, co_await sent_page(visit, *reach));
  page.wrong("code", refusal_text(visit.words(), verdict));
  co_return visit.show_again(std::move(page));
}

awaitable<Result<Response>> send_again(Visit& visit) {
  CS_CO_TRY(const Reach* const reach, reach_here(visit));
  const std::uint64_t factor = visit.typed_number("factor");
  const auto done = co_await is_active(visit, factor);
  if (!done) co_return go_to(std::string{reach->path});
  if (*done) co_return go_to(after(*reach, factor));
  CS_CO_TRY(const v1::Challenge sent, co_await send_code(visit, *reach, factor));
  if (sent.delivery().outcome() == v1::ACCEPTED_FOR_DELIVERY) {
    co_return go_to(code_location(visit, code_page_of(*reach), sent) + "&again=1");
  }
  CS_CO_TRY(Page page, co_await sent_page(visit, *reach));
  page.wrong("", delivery_text(visit.words(), sent.delivery()));
  co_return visit.show_again(std::move(page));
}

// Where a form was sent to that had to be mended, and somebody loads the page again.
awaitable<Result<Response>> show_send(Visit& visit) {
  CS_CO_TRY(const Reach* const reach, reach_here(visit));
  co_return go_to(std::string{reach->path});
}

constexpr std::array<Route, 24> kRoutes{{
    {Method::get, "/factors/sms", Access::set_up, &show_form},
    {Method::post, "/factors/sms", Access::set_up, &enrol},
    {Method::get, "/factors/sms/code", Access::set_up, &show_code},
    {Method::post, "/factors/sms/code", Access::set_up, &answer},
    {Method::get, "/factors/sms/send", Access::set_up, &show_send},
    {Method::post, "/factors/sms/send", Access::set_up, &send_again},
    {Method::get, "/factors/email", Access::set_up, &show_form},
    {Method::post, "/factors/email", Access::set_up, &enrol},
    {Method::get, "/factors/email/code", Access::set_up, &show_code},
    {Method::post, "/factors/email/code", Access::set_up, &answer},
    {Method::get, "/factors/email/send", Access::set_up, &show_send},
    {Method::post, "/factors/email/send", Access::set_up, &send_again},
    {Method::get, "/activate/phone", Access::set_up, &show_form},
    {Method::post, "/activate/phone", Access::set_up, &enrol},
    {Method::get, "/activate/phone/code", Access::set_up, &show_code},
    {Method::post, "/activate/phone/code", Access::set_up, &answer},
    {Method::get, "/activate/phone/send", Access::set_up, &show_send},
    {Method::post, "/activate/phone/send", Access::set_up, &send_again},
    {Method::get, "/account/contact/{id}", Access::account, &show_form},
    {Method::post, "/account/contact/{id}", Access::account, &enrol},
    {Method::get, "/account/contact/{id}/code", Access::account, &show_code},
    {Method::post, "/account/contact/{id}/code", Access::account, &answer},
    {Method::get, "/account/contact/{id}/send", Access::account, &show_send},
    {Method::post, "/account/contact/{id}/send", Access::account, &send_again},
}};

}  // namespace

Routes sent_factor_routes() { return kRoutes; }

}  // namespace countersign::companion
