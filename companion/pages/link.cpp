// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/link.hpp"

#include "companion/pages/activation_steps.hpp"
#include "companion/pages/ticket.hpp"
#include "companion/pages/verdict.hpp"

#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::string_view kPath = "/link";

// Keys of the catalogue.
struct Offer {
  std::string_view title;
  std::string_view text;
  std::string_view button;
};

Offer offer_of(const v1::TicketReport& report) {
  switch (report.purpose()) {
    case v1::TICKET_RESET:
      return {
          .title = "link.reset_title", .text = "link.reset_text", .button = "link.reset_button"};
    case v1::TICKET_REPUDIATION:
      return {
          .title = "link.not_me_title", .text = "link.not_me_text", .button = "link.not_me_button"};
    default:
      break;
  }
  if (report.password_needed()) {
    return {.title = "link.activation_title",
            .text = "link.resume_text",
            .button = "link.resume_button"};
  }
  return {.title = "link.activation_title",
          .text = "link.activation_text",
          .button = "link.activation_button"};
}

Page open_page(Visit& visit, const v1::TicketReport& report) {
  const Catalogue& words = visit.words();
  const Offer offer = offer_of(report);
  Page page = visit.page("link", offer.title);
  page.set("TEXT", words(offer.text));
  page.set("BUTTON", words(offer.button));
  page.set("USERNAME", report.subject().username());
  page.set("MARK", mark_of_ticket(visit));
  if (report.purpose() == v1::TICKET_REPUDIATION) {
    const std::string key = "link.about." + report.about();
    page.add("ABOUT").set("ABOUT_TEXT", words(words.has(key) ? key : "link.about.other"));
  }
  if (!report.password_needed()) return page;
  page.field("PASSWORD_FIELD", {.name = "password",
                                .label = words("field.password"),
                                .type = "password",
                                .autocomplete = "current-password",
                                .focus = true,
                                .reveal = true});
  return page;
}

awaitable<Result<Response>> keep_ticket(Visit& visit) {
  const std::string_view ticket = visit.id();
  // What can be none leads to the page that says so.
  visit.keep(kTicketCookie, looks_like_ticket(ticket) ? std::string{ticket} : std::string{});
  co_return go_to(std::string{kPath});
}

awaitable<Result<Response>> show_link(Visit& visit) {
  CS_CO_TRY(const v1::TicketReport report, co_await inspect_ticket(visit));
  if (report.state() == v1::TICKET_OPEN) co_return visit.show(open_page(visit, report));
  CS_CO_TRY(Page page, co_await link_over_page(visit, report));
  co_return visit.show(std::move(page));
}

v1::Request open_request(const Visit& visit) {
  v1::Request request;
  v1::OpenTicket& open = *request.mutable_open_ticket();
  open.set_ticket(std::string{visit.request().cookies.value_of(kTicketCookie)});
  open.set_password(std::string{visit.typed("password")});
  open.set_client_address(visit.request().client_address);
  open.set_user_agent(visit.request().user_agent);
  return request;
}

Response after_opening(Visit& visit, v1::TicketPurpose purpose) {
  switch (purpose) {
    case v1::TICKET_RESET:
      return go_to("/reset/question");
    case v1::TICKET_REPUDIATION:
      // Every session was ended with it, this browser's as well if it was the same person's.
      visit.forget(kTicketCookie);
      return go_to("/not-me/done");
    default:
      // Each step leads past those that were done.
      return go_to(std::string{kPasswordStepPath});
  }
}

// The password was wrong; or the link, though good, does nothing now.
Response refuse(Visit& visit, const v1::TicketReport& report, const v1::Verdict& verdict) {
  const Catalogue& words = visit.words();
  Page page = open_page(visit, report);
  if (!report.password_needed()) {
    page.wrong("", words("link.refused"));
    return visit.show_again(std::move(page));
  }
  page.wrong("password", verdict.reason() == v1::THROTTLED ? refusal_text(words, verdict)
                                                           : words("link.wrong_password"));
  return visit.show_again(std::move(page));
}

awaitable<Result<Response>> open_link(Visit& visit) {
  CS_CO_TRY(const v1::TicketReport report, co_await inspect_ticket(visit));
  if (report.state() != v1::TICKET_OPEN) co_return go_to(std::string{kPath});
  // Another link was opened meanwhile, in another window or by another site: the button was for the
  // one that its page described, and so was the password.
  if (visit.typed("mark") != mark_of_ticket(visit)) {
    Page page = open_page(visit, report);
    page.wrong("", visit.words()("link.another"));
    co_return visit.show_again(std::move(page));
  }
  if (report.password_needed() && visit.typed("password").empty()) {
    Page page = open_page(visit, report);
    page.wrong("password", visit.words()("link.password_missing"));
    co_return visit.show_again(std::move(page));
  }
  v1::Request request = open_request(visit);
  auto reply = co_await visit.ask(std::move(request));
  v1::TicketOpened opened;
  if (reply) {
    opened = reply->ticket_opened();
  } else if (reply.error().code != ErrorCode::malformed) {
    co_return reply.error();
  }
  if (opened.verdict().answer() == v1::ACCEPTED) co_return after_opening(visit, opened.purpose());
  // Spent or over since we looked: the page says so.
  CS_CO_TRY(const v1::TicketReport now, co_await inspect_ticket(visit));
  if (now.state() != v1::TICKET_OPEN) co_return go_to(std::string{kPath});
  co_return refuse(visit, now, opened.verdict());
}

awaitable<Result<Response>> show_not_me_done(Visit& visit) {
  co_return visit.show(visit.page("not_me_done", "not_me.done_title"));
}

constexpr std::array<Route, 4> kRoutes{{
    {Method::get, "/t/{id}", Access::anyone, &keep_ticket},
    {Method::get, kPath, Access::anyone, &show_link},
    {Method::post, kPath, Access::anyone, &open_link},
    {Method::get, "/not-me/done", Access::anyone, &show_not_me_done},
}};

}  // namespace

Routes link_routes() { return kRoutes; }

}  // namespace countersign::companion
