// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/sign_in.hpp"

#include "companion/pages/device.hpp"
#include "companion/pages/next.hpp"
#include "companion/pages/second_step.hpp"

#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

Page sign_in_page(Visit& visit) {
  const Catalogue& words = visit.words();
  Page page = visit.page("sign_in", "sign_in.title");
  page.set("NEXT", next_of(visit));
  const bool knows_name = !visit.typed("username").empty();
  page.field("USERNAME_FIELD", {.name = "username",
                                .label = words("field.username"),
                                .value = std::string{visit.typed("username")},
                                .autocomplete = "username",
                                .length_max = 256,
                                .focus = !knows_name});
  page.field("PASSWORD_FIELD", {.name = "password",
                                .label = words("field.password"),
                                .type = "password",
                                .autocomplete = "current-password",
                                .focus = knows_name,
                                .reveal = true});
  return page;
}

awaitable<Result<Response>> show_sign_in(Visit& visit) {
  if (visit.session().scope() == v1::SCOPE_ACCOUNT) co_return go_to(next_of(visit));
  co_return visit.show(sign_in_page(visit));
}

v1::Request sign_in_request(Visit& visit) {
  v1::Request request;
  v1::SignIn& sign_in = *request.mutable_sign_in();
  *sign_in.mutable_subject() = visit.subject(visit.typed("username"));
  sign_in.set_password(std::string{visit.typed("password")});
  sign_in.set_client_address(visit.request().client_address);
  sign_in.set_user_agent(visit.request().user_agent);
  sign_in.set_device(device_of(visit).secret);
  return request;
}

// Why is not said: a wrong name, a wrong password and too many of them look alike.
Response refuse(Visit& visit, std::uint32_t retry_after_seconds) {
  const Catalogue& words = visit.words();
  Page page = sign_in_page(visit);
  page.wrong("password",
             retry_after_seconds == 0
                 ? words("sign_in.wrong")
                 : words("sign_in.wait", {{"seconds", std::int64_t{retry_after_seconds}}}));
  return visit.show_again(std::move(page));
}

// What was left empty is no attempt.
void say_missing(const Visit& visit, Page& page) {
  const Catalogue& words = page.words();
  if (visit.typed("username").empty()) page.wrong("username", words("recovery.username_missing"));
  if (visit.typed("password").empty()) page.wrong("password", words("sign_in.password_missing"));
}

awaitable<Result<Response>> sign_in(Visit& visit) {
  Page page = sign_in_page(visit);
  say_missing(visit, page);
  if (page.has_errors()) co_return visit.show_again(std::move(page));
  v1::Request request = sign_in_request(visit);
  auto reply = co_await visit.ask(std::move(request));
  if (!reply) {
    // What cannot be a name or a password is none.
    if (reply.error().code == ErrorCode::malformed) co_return refuse(visit, 0);
    co_return reply.error();
  }
  const v1::SignInReport& report = reply->sign_in_report();
  if (report.answer() != v1::ACCEPTED) co_return refuse(visit, report.retry_after_seconds());
  if (!report.device().empty()) {
    keep_device(visit, {.factor = device_of(visit).factor, .secret = report.device()});
  }
  const std::string next = next_of(visit);
  if (report.scope() == v1::SCOPE_ACCOUNT) co_return go_to(next);
  co_return go_to(std::string{kSecondStepPath} + "?next=" + next);
}

awaitable<Result<Response>> sign_out(Visit& visit) {
  v1::Request request;
  request.mutable_end_session();
  const auto reply = co_await visit.ask(std::move(request));
  // Whatever the daemon says: nobody who comes to this browser next is to find the account in it.
  visit.end_session();
  visit.forget(kFormCookie);
  visit.forget(kTicketCookie);
  if (reply || reply.error().code == ErrorCode::denied) co_return go_to("/signed-out");
  Page page = visit.page("signed_out", "signed_out.title");
  page.show("HERE_ALONE");
  co_return visit.show(std::move(page), kStatusUnavailable);
}

awaitable<Result<Response>> show_signed_out(Visit& visit) {
  co_return visit.show(visit.page("signed_out", "signed_out.title"));
}

awaitable<Result<Response>> show_home(Visit& visit) {
  co_return go_to(visit.session().scope() == v1::SCOPE_ACCOUNT ? "/account" : "/sign-in");
}

constexpr std::array<Route, 5> kRoutes{{
    {Method::get, "/", Access::anyone, &show_home},
    {Method::get, "/sign-in", Access::anyone, &show_sign_in},
    {Method::post, "/sign-in", Access::anyone, &sign_in},
    {Method::post, "/sign-out", Access::anyone, &sign_out},
    {Method::get, "/signed-out", Access::anyone, &show_signed_out},
}};

}  // namespace

Routes sign_in_routes() { return kRoutes; }

}  // namespace countersign::companion
