// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/portal.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

// Behind what the address asks already. It names no place within a page: the policy sees to it.
std::string with_ticket(const std::string& url, const std::string& ticket) {
  const char* const joint = url.find('?') == std::string::npos ? "?" : "&";
  return url + joint + "ticket=" + ticket;
}

awaitable<Result<Response>> hand_over(Visit& visit) {
  v1::Request request;
  request.mutable_issue_hand_over();
  CS_CO_TRY(const v1::Reply reply, co_await visit.ask(std::move(request)));
  const v1::HandOver& ticket = reply.hand_over();
  if (origin_of(ticket.url()).empty()) co_return Error{ErrorCode::not_found, "portal.url"};
  co_return visit.leave_for(with_ticket(ticket.url(), ticket.ticket()));
}

constexpr std::array<Route, 1> kRoutes{{
    {Method::post, "/portal", Access::account, &hand_over},
}};

}  // namespace

std::string origin_of(std::string_view url) {
  constexpr std::string_view kSecure = "https://";
  constexpr std::string_view kPlain = "http://";
  std::string_view scheme = kSecure;
  if (!url.starts_with(scheme)) scheme = kPlain;
  if (!url.starts_with(scheme)) return {};
  const std::size_t end = url.find_first_of("/?#", scheme.size());
  const std::string_view origin = url.substr(0, end);
  // It becomes a part of a header.
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']';
  };
  const std::string_view host = origin.substr(scheme.size());
  if (host.empty() || !std::ranges::all_of(host, is_plain)) return {};
  return std::string{origin};
}

void offer_portal(Visit& visit, Page& page, const v1::RealmDescription& realm) {
  std::string origin = origin_of(realm.portal_url());
  if (origin.empty() || visit.session().scope() != v1::SCOPE_ACCOUNT) return;
  page.put("PORTAL", "portal");
  visit.allow_form_target(std::move(origin));
}

Routes portal_routes() { return kRoutes; }

}  // namespace countersign::companion
