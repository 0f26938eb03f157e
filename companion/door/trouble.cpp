// SPDX-License-Identifier: Apache-2.0
#include "companion/door/trouble.hpp"

#include "companion/door/own_path.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace countersign::companion {
namespace {

// message.html: what happened, and one way on.
struct Message {
  unsigned status = kStatusOk;
  std::string_view title;  // keys of the catalogue
  std::string_view text;
  std::string_view way_on;
  std::string way_on_path;
};

Response show_message(Visit& visit, const Message& message) {
  Page page = visit.page("message", message.title);
  page.set("TEXT", visit.words()(message.text));
  if (!message.way_on.empty()) {
    Block way_on = page.add("WAY_ON");
    way_on.set("WAY_ON_TEXT", visit.words()(message.way_on));
    way_on.set("WAY_ON_PATH", message.way_on_path);
  }
  return visit.show(std::move(page), message.status);
}

struct WayIn {
  std::string_view text;  // keys of the catalogue
  std::string_view way_on;
  std::string path;
};

WayIn way_in(const Visit& visit, Access access) {
  const bool has_ticket = !visit.request().cookies.value_of(kTicketCookie).empty();
  const bool sets_up = access == Access::activation || access == Access::set_up;
  if (sets_up && has_ticket) {
    return {"session_over.activation", "session_over.activation_way_on", "/link"};
  }
  if (access == Access::reset) {
    return {"session_over.reset", "session_over.reset_way_on", "/forgotten"};
  }
  if (access == Access::sign_in || access == Access::activation) {
    return {"session_over.sign_in", "session_over.way_on", "/sign-in"};
  }
  const std::string here = visit.way_back();
  std::string path = "/sign-in";
  if (is_next_of_ours(here) && here != "/") path += "?next=" + here;
  const bool is_form = visit.is_post();
  return {is_form ? "session_over.form" : "session_over.text", "session_over.way_on",
          std::move(path)};
}

}  // namespace

Response no_such_page(Visit& visit) {
  return show_message(visit, {.status = kStatusNotFound,
                              .title = "not_found.title",
                              .text = "not_found.text",
                              .way_on = "not_found.way_on",
                              .way_on_path = "/"});
}

Response wrong_method(Visit& visit) {
  Response response = no_such_page(visit);
  response.status = kStatusMethodNotAllowed;
  return response;
}

Response sent_from_elsewhere(Visit& visit) {
  return show_message(visit, {.status = kStatusForbidden,
                              .title = "foreign_form.title",
                              .text = "foreign_form.text",
                              .way_on = "not_found.way_on",
                              .way_on_path = "/"});
}

Response form_too_old(Visit& visit) {
  return show_message(visit, {.status = kStatusForbidden,
                              .title = "old_form.title",
                              .text = "old_form.text",
                              .way_on = "old_form.way_on",
                              .way_on_path = visit.way_back()});
}

Response session_over(Visit& visit, Access access) {
  const WayIn way = way_in(visit, access);
  return show_message(visit, {.status = kStatusForbidden,
                              .title = "session_over.title",
                              .text = way.text,
                              .way_on = way.way_on,
                              .way_on_path = way.path});
}

Response not_allowed(Visit& visit) {
  return show_message(visit, {.status = kStatusForbidden,
                              .title = "not_allowed.title",
                              .text = "not_allowed.text",
                              .way_on = "not_found.way_on",
                              .way_on_path = "/"});
}

Response trouble(Visit& visit, const Error& error) {
  switch (error.code) {
    case ErrorCode::not_found:
      return no_such_page(visit);
    case ErrorCode::denied:
      return session_over(visit, Access::account);
    case ErrorCode::conflict:
    case ErrorCode::already_exists:
      return show_message(visit, {.status = kStatusConflict,
                                  .title = "conflict.title",
                                  .text = "conflict.text",
                                  .way_on = "conflict.way_on",
                                  .way_on_path = visit.way_back()});
    case ErrorCode::malformed:
      return show_message(visit, {.status = kStatusBadRequest,
                                  .title = "malformed.title",
                                  .text = "malformed.text",
                                  .way_on = "conflict.way_on",
                                  .way_on_path = visit.way_back()});
    case ErrorCode::limit_exceeded:
    case ErrorCode::busy:
      return show_message(visit, {.status = kStatusTooManyRequests,
                                  .title = "busy.title",
                                  .text = "busy.text",
                                  .way_on = "conflict.way_on",
                                  .way_on_path = visit.way_back()});
    default:
      return show_message(visit, {.status = kStatusUnavailable,
                                  .title = "unavailable.title",
                                  .text = "unavailable.text",
                                  .way_on = "conflict.way_on",
                                  .way_on_path = visit.way_back()});
  }
}

}  // namespace countersign::companion
