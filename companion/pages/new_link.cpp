// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/new_link.hpp"

#include "companion/pages/ticket.hpp"

#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::int64_t kDaySeconds = 24 * 60 * 60;

v1::Request link_request(Visit& visit, std::string_view username) {
  v1::Request request;
  v1::RequestLink& link = *request.mutable_request_link();
  *link.mutable_subject() = visit.subject(username);
  link.set_purpose(v1::CONFIRMATION);
  link.set_client_address(visit.request().client_address);
  link.set_language(visit.words().language());
  return request;
}

awaitable<Result<Response>> send_again(Visit& visit) {
  CS_CO_TRY(const v1::TicketReport report, co_await inspect_ticket(visit));
  // This one is good.
  if (report.state() == v1::TICKET_OPEN) co_return go_to("/link");
  std::string username = report.subject().username();
  if (username.empty()) username = visit.typed("username");
  CS_CO_TRY(Page page, co_await link_over_page(visit, report));
  if (username.empty()) {
    page.wrong("username", visit.words()("recovery.username_missing"));
    co_return visit.show_again(std::move(page));
  }
  v1::Request request = link_request(visit, username);
  auto reply = co_await visit.ask(std::move(request));
  if (reply) co_return go_to("/link/sent");
  const bool is_no_name = reply.error().code == ErrorCode::malformed;
  if (is_no_name) {
    page.wrong("username", visit.words()("recovery.username_wrong"));
  } else {
    // The page says whom to ask instead.
    page.wrong("", visit.words()("link.none_to_be_had"));
  }
  co_return visit.show_again(std::move(page));
}

awaitable<Result<Response>> show_sent(Visit& visit) {
  CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
  const Catalogue& words = visit.words();
  const std::int64_t days = realm.activation_lifetime_seconds() / kDaySeconds;
  Page page = visit.page("link_sent", "link_sent.title");
  page.set("TEXT", words("link_sent.activation", {{"days", days}}));
  page.set("AGAIN_PATH", "/link");
  if (!realm.support().empty()) {
    const std::string text = words("link.support", {{"support", realm.support()}});
    page.add("SUPPORT_LINE").set("SUPPORT_TEXT", text);
  }
  co_return visit.show(std::move(page));
}

constexpr std::array<Route, 2> kRoutes{{
    {Method::post, "/link/again", Access::anyone, &send_again},
    {Method::get, "/link/sent", Access::anyone, &show_sent},
}};

}  // namespace

Routes new_link_routes() { return kRoutes; }

}  // namespace countersign::companion
