// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/forgotten.hpp"

#include "companion/pages/recovery.hpp"

#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

constexpr Recovery kForgotten{.path = "/forgotten",
                              .title = "forgotten.title",
                              .text = "forgotten.text",
                              .button = "forgotten.button",
                              .by_email = "forgotten.by_email",
                              .code_title = "forgotten.code_title",
                              .purpose = v1::RESET,
                              .next = "/reset/question"};
constexpr std::uint32_t kMinuteSeconds = 60;

awaitable<Result<Ways>> offered(Visit& visit) {
  CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
  co_return Ways{.sms = realm.reset_by_sms(), .email = realm.reset_by_email()};
}

awaitable<Result<Response>> show_forgotten(Visit& visit) {
  CS_CO_TRY(const Ways ways, co_await offered(visit));
  if (!ways.sms && !ways.email) {
    CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
    Page page = visit.page("forgotten_nowhere", kForgotten.title);
    if (!realm.support().empty()) page.add("HELP").set("SUPPORT", realm.support());
    co_return visit.show(std::move(page));
  }
  co_return visit.show(recovery_page(visit, kForgotten, ways));
}

// Whether there is anybody, and whether they were sent a link, is told to nobody here.
awaitable<Result<Response>> send_link(Visit& visit, const Asker& asker, Page page) {
  v1::Request request;
  v1::RequestLink& link = *request.mutable_request_link();
  *link.mutable_subject() = visit.subject(asker.username);
  link.set_purpose(v1::RESET);
  link.set_client_address(visit.request().client_address);
  link.set_language(visit.words().language());
  auto reply = co_await visit.ask_as_stranger(std::move(request));
  if (!reply && reply.error().code != ErrorCode::malformed) co_return reply.error();
  if (!reply) {
    page.wrong("username", visit.words()("recovery.username_wrong"));
    co_return visit.show_again(std::move(page));
  }
  const std::uint32_t minutes = reply->link_requested().lifetime_seconds() / kMinuteSeconds;
  co_return go_to("/forgotten/sent?minutes=" + std::to_string(minutes));
}

awaitable<Result<Response>> begin(Visit& visit) {
  CS_CO_TRY(const Ways ways, co_await offered(visit));
  if (!ways.sms && !ways.email) co_return go_to(std::string{kForgotten.path});
  const Asker asker = typed_asker(visit, ways);
  Page page = recovery_page(visit, kForgotten, ways);
  say_missing(page, asker);
  if (page.has_errors()) co_return visit.show_again(std::move(page));
  if (asker.kind == v1::EMAIL) co_return co_await send_link(visit, asker, std::move(page));
  co_return co_await send_code(visit, kForgotten, asker, std::move(page));
}

awaitable<Result<Response>> show_sent(Visit& visit) {
  const auto minutes = static_cast<std::int64_t>(visit.asked_number("minutes"));
  Page page = visit.page("link_sent", "link_sent.title");
  page.set("TEXT", visit.words()("link_sent.reset", {{"minutes", minutes}}));
  page.set("AGAIN_PATH", kForgotten.path);
  co_return visit.show(std::move(page));
}

awaitable<Result<Response>> send_another(Visit& visit) {
  co_return co_await send_again(visit, kForgotten);
}
awaitable<Result<Response>> show_where_to_type(Visit& visit) {
  co_return show_code(visit, kForgotten);
}
awaitable<Result<Response>> answer(Visit& visit) {
  co_return co_await answer_code(visit, kForgotten);
}

constexpr std::array<Route, 6> kRoutes{{
    {Method::get, "/forgotten", Access::anyone, &show_forgotten},
    {Method::post, "/forgotten", Access::anyone, &begin},
    {Method::get, "/forgotten/sent", Access::anyone, &show_sent},
    {Method::post, "/forgotten/send", Access::anyone, &send_another},
    {Method::get, "/forgotten/code", Access::anyone, &show_where_to_type},
    {Method::post, "/forgotten/code", Access::anyone, &answer},
}};

}  // namespace

Routes forgotten_routes() { return kRoutes; }

}  // namespace countersign::companion
