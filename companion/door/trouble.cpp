// SPDX-License-Identifier: Apache-2.0
#include "companion/door/trouble.hpp"

#include <string>
#include <string_view>

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

std::string_view way_in_text(Access access) {
  switch (access) {
    case Access::activation:
    case Access::set_up:
      return "session_over.activation";
    case Access::reset:
      return "session_over.reset";
    default:
      return "session_over.text";
  }
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
  return show_message(visit, {.status = kStatusForbidden,
                              .title = "session_over.title",
                              .text = way_in_text(access),
                              .way_on = "session_over.way_on",
                              .way_on_path = "/sign-in"});
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
