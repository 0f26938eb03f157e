// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/password.hpp"

#include "companion/pages/activation_steps.hpp"
#include "companion/pages/password_words.hpp"
#include "companion/pages/proof_first.hpp"

#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::string_view kResetPath = "/reset/password";
constexpr std::string_view kChangePath = "/account/password";
constexpr std::string_view kResetQuestionPath = "/reset/question";

struct Occasion {
  std::string_view path;
  std::string_view title;  // keys of the catalogue
  std::string_view text;
  std::string_view button;
  std::string_view next;
};
constexpr Occasion kFirst{.path = kPasswordStepPath,
                          .title = "password.first_title",
                          .text = "password.first_text",
                          .button = "password.first_button",
                          .next = kQuestionStepPath};
constexpr Occasion kReset{.path = kResetPath,
                          .title = "password.reset_title",
                          .text = "password.reset_text",
                          .button = "password.reset_button",
                          .next = "/reset/done"};
constexpr Occasion kChange{.path = kChangePath,
                           .title = "password.change_title",
                           .text = "password.change_text",
                           .button = "password.change_button",
                           .next = "/account?done=password"};

const Occasion& occasion_of(const Visit& visit) {
  if (visit.request().path == kFirst.path) return kFirst;
  return visit.request().path == kReset.path ? kReset : kChange;
}

Field password_field(const Catalogue& words, std::string_view name, std::string_view label) {
  return {.name = name,
          .label = words(label),
          .type = "password",
          .autocomplete = "new-password",
          .reveal = true};
}

Page password_page(Visit& visit, const v1::PasswordRules& rules) {
  const Catalogue& words = visit.words();
  const Occasion& occasion = occasion_of(visit);
  const std::string& username = visit.session().subject().username();
  const bool changes = occasion.path == kChangePath;
  Page page = visit.page("password", occasion.title);
  page.set("PATH", occasion.path);
  page.set("TEXT", words(occasion.text));
  page.set("BUTTON", words(occasion.button));
  page.set("USERNAME", username);
  if (changes) {
    Field current = password_field(words, "current", "password.current");
    current.autocomplete = "current-password";
    current.focus = true;
    page.field("CURRENT_FIELD", current);
    page.show("CANCEL");
  }
  Field fresh = password_field(words, "new", "password.new");
  fresh.focus = !changes;
  fresh.described_by = "field-new-rules";
  page.field("NEW_FIELD", fresh);
  page.field("REPEAT_FIELD", password_field(words, "repeat", "password.repeat"));
  fill_rules(page, "new", rules, username);
  if (sets_up(visit)) show_step(page, ActivationStep::password);
  return page;
}

// Somebody who has done this step, and where they go on; empty: it is theirs to do.
std::string_view way_past(const Visit& visit) {
  if (occasion_of(visit).path != kFirst.path) return {};
  if (!sets_up(visit)) return "/account";
  return visit.session().has_password() ? kFirst.next : std::string_view{};
}

v1::Request set_request(const Visit& visit, bool check_only) {
  v1::Request request;
  v1::SetPassword& set = *request.mutable_set_password();
  set.set_current_password(std::string{visit.typed("current")});
  set.set_new_password(std::string{visit.typed("new")});
  set.set_check_only(check_only);
  set.set_client_address(visit.request().client_address);
  return request;
}

// Before the question was answered there is no new password.
awaitable<Result<bool>> is_too_early(Visit& visit) {
  if (occasion_of(visit).path != kResetPath) co_return false;
  v1::Request request = set_request(visit, true);
  auto reply = co_await visit.ask(std::move(request));
  if (reply) co_return false;
  if (reply.error().code == ErrorCode::conflict) co_return true;
  co_return reply.error();
}

awaitable<Result<Response>> show_password(Visit& visit) {
  const std::string_view past = way_past(visit);
  if (!past.empty()) co_return go_to(std::string{past});
  CS_CO_CHECK(co_await proof_first(visit));
  CS_CO_TRY(const bool too_early, co_await is_too_early(visit));
  if (too_early) co_return go_to(std::string{kResetQuestionPath});
  CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
  co_return visit.show(password_page(visit, realm.password()));
}

// What the page itself can tell: before what the daemon does, and after it, in the fields' order.
void say_current_missing(const Visit& visit, Page& page) {
  const bool changes = occasion_of(visit).path == kChangePath;
  const bool missing = changes && visit.typed("current").empty();
  if (missing) page.wrong("current", page.words()("password.current_missing"));
}

bool differ(const Visit& visit) { return visit.typed("new") != visit.typed("repeat"); }

Response after_setting(Visit& visit) {
  const Occasion& occasion = occasion_of(visit);
  if (occasion.path == kResetPath) {
    // It was for this alone.
    visit.end_session();
    visit.forget(kTicketCookie);
  }
  return go_to(std::string{occasion.next});
}

// What the daemon will not take, told at the fields; another error is somebody else's to tell.
awaitable<Result<Response>> refuse(Visit& visit, Page page, const Error& error) {
  const Occasion& occasion = occasion_of(visit);
  if (error.code == ErrorCode::malformed) {
    page.wrong("new", visit.words()("password.not_text"));
    co_return visit.show_again(std::move(page));
  }
  if (error.code != ErrorCode::conflict) co_return error;
  if (occasion.path == kResetPath) co_return go_to(std::string{kResetQuestionPath});
  if (occasion.path == kFirst.path) co_return go_to(std::string{occasion.next});
  co_return error;
}

awaitable<Result<Response>> set_password(Visit& visit) {
  const std::string_view past = way_past(visit);
  if (!past.empty()) co_return go_to(std::string{past});
  CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
  Page page = password_page(visit, realm.password());
  say_current_missing(visit, page);
  const bool has_slips = page.has_errors() || differ(visit);
  v1::Request request = set_request(visit, has_slips);
  auto reply = co_await visit.ask(std::move(request));
  if (!reply) {
    const Error error = reply.error();
    co_return co_await refuse(visit, std::move(page), error);
  }
  const v1::PasswordReport& report = reply->password_report();
  if (report.set()) co_return after_setting(visit);
  if (report.wrong_current()) page.wrong("current", visit.words()("password.wrong_current"));
  say_faults(page, report, realm.password());
  if (differ(visit)) page.wrong("repeat", visit.words()("password.differ"));
  co_return visit.show_again(std::move(page));
}

constexpr std::array<Route, 6> kRoutes{{
    {Method::get, kPasswordStepPath, Access::set_up, &show_password},
    {Method::post, kPasswordStepPath, Access::set_up, &set_password},
    {Method::get, kResetPath, Access::reset, &show_password},
    {Method::post, kResetPath, Access::reset, &set_password},
    {Method::get, kChangePath, Access::account, &show_password},
    {Method::post, kChangePath, Access::account, &set_password},
}};

}  // namespace

Routes password_routes() { return kRoutes; }

}  // namespace countersign::companion
