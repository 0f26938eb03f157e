// SPDX-License-Identifier: Apache-2.0
#include "companion/door/router.hpp"

#include "companion/door/trouble.hpp"
#include "companion/request/guard.hpp"

#include <algorithm>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::string_view kIdInPath = "{id}";

// The piece where the route has {id}; nothing when the path is another one.
std::optional<std::string_view> match(std::string_view route, std::string_view path) {
  const std::size_t at = route.find(kIdInPath);
  if (at == std::string_view::npos) {
    return route == path ? std::optional{std::string_view{}} : std::nullopt;
  }
  const std::string_view before = route.substr(0, at);
  const std::string_view after = route.substr(at + kIdInPath.size());
  if (path.size() <= before.size() + after.size()) return std::nullopt;
  if (!path.starts_with(before) || !path.ends_with(after)) return std::nullopt;
  const std::string_view id =
      path.substr(before.size(), path.size() - before.size() - after.size());
  if (id.find('/') != std::string_view::npos) return std::nullopt;
  return id;
}

bool suits(Access access, v1::SessionScope scope) {
  switch (access) {
    case Access::anyone:
      return true;
    case Access::activation:
      return scope == v1::SCOPE_ACTIVATION;
    case Access::set_up:
      return scope == v1::SCOPE_ACTIVATION || scope == v1::SCOPE_ACCOUNT;
    case Access::sign_in:
      return scope == v1::SCOPE_SIGN_IN;
    case Access::reset:
      return scope == v1::SCOPE_RESET;
    case Access::account:
      return scope == v1::SCOPE_ACCOUNT;
  }
  return false;
}

// Where somebody with such a session goes on.
std::string_view home_of(v1::SessionScope scope) {
  switch (scope) {
    case v1::SCOPE_ACTIVATION:
      return "/activate/password";
    case v1::SCOPE_SIGN_IN:
      return "/sign-in/factor";
    case v1::SCOPE_RESET:
      return "/reset/question";
    case v1::SCOPE_ACCOUNT:
      return "/account";
    default:
      return "/sign-in";
  }
}

Response plain(unsigned status, std::string_view text) {
  Response response;
  response.status = status;
  response.media_type = kPlainText;
  response.body = text;
  return response;
}

// Whatever happens on the way, whoever waits for the same form is answered.
struct Turn {
  Turn(Repeats& taken_from, const Repeats::Key& form) : repeats{taken_from}, key{form} {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { repeats.done(key, response); }
  Repeats& repeats;
  Repeats::Key key;
  Response response = plain(kStatusUnavailable, "Something went wrong. Try again in a moment.\n");
};

}  // namespace

Router::Router(const std::vector<Brand>& brands, const House& house, std::vector<Routes> routes,
               Handler prove)
    : brands_{brands}, house_{house}, routes_{std::move(routes)}, prove_{prove} {}

const Brand* Router::brand_of(const Request& request) const {
  const auto found = std::ranges::find(brands_, std::string_view{request.host}, &Brand::host);
  return found == brands_.end() ? nullptr : &*found;
}

Router::Found Router::find(const Request& request) const {
  Found found;
  const bool is_shown = is_to_be_retyped(request);
  const Method method = is_shown ? Method::get : request.method;
  for (const Routes routes : routes_) {
    for (const Route& route : routes) {
      const auto id = match(route.path, request.path);
      if (!id) continue;
      found.has_page = found.has_page || route.method == Method::get;
      if (route.method == method) {
        found.route = &route;
        found.id = *id;
      } else {
        found.other_method = true;
      }
    }
  }
  return found;
}

awaitable<Response> Router::answer(const Request& request) {
  const Brand* const brand = brand_of(request);
  // A name of ours that somebody else's address bears, or no name of ours.
  if (brand == nullptr) co_return plain(kStatusMisdirected, "There is no such site here.\n");
  const Found found = find(request);
  // Only a form that came from a page of ours is remembered: what is answered to others says the
  // same each time, and must not be had by somebody else who sends it.
  const bool is_form = request.method == Method::post && found.route != nullptr &&
                       guard(request, brand->origin) == Guarded::passes;
  if (!is_form) co_return co_await visit_page(request, *brand, found);
  const Repeats::Key key =
      Repeats::key({request.cookies.value_of(kFormCookie), request.cookies.value_of(kSessionCookie),
                    request.host, request.path, request.origin, request.fetch_site, request.body});
  const Repeats::Turn turn = repeats_.begin(key, std::chrono::steady_clock::now());
  if (turn == Repeats::Turn::refused) {
    co_return plain(kStatusTooManyRequests, "This was sent too often.\n");
  }
  if (turn == Repeats::Turn::repeated) co_return co_await repeats_.answer_to(key);
  Turn under_way{repeats_, key};
  under_way.response = co_await visit_page(request, *brand, found);
  co_return under_way.response;
}

awaitable<Response> Router::visit_page(const Request& request, const Brand& brand,
                                       const Found& found) {
  Visit visit{request, brand, house_};
  if (found.has_page) visit.set_page_path(request.path);
  Response response;
  if (found.route == nullptr) {
    response = found.other_method ? wrong_method(visit) : no_such_page(visit);
  } else {
    visit.set_id(found.id);
    auto answer = co_await enter(visit, *found.route);
    response = answer ? std::move(*answer) : trouble(visit, answer.error());
  }
  for (SetCookie& cookie : visit.take_cookies()) response.cookies.push_back(std::move(cookie));
  co_return response;
}

awaitable<Result<Response>> Router::enter(Visit& visit, const Route& route) {
  // Whom to ask when nothing helps is said on every page. That the daemon is not there, the page
  // will find itself.
  const auto realm = co_await visit.realm();
  static_cast<void>(realm);
  if (visit.is_post()) {
    const Guarded guarded = guard(visit.request(), visit.brand().origin);
    if (guarded == Guarded::foreign) co_return sent_from_elsewhere(visit);
    if (guarded == Guarded::stale) co_return form_too_old(visit);
  }
  // Who is there is shown on every page.
  const auto looked_up = co_await visit.look_up_session();
  if (!looked_up && route.access != Access::anyone) co_return looked_up.error();
  const auto session = looked_up ? *looked_up : std::optional<v1::SessionReport>{};
  if (session) visit.set_session(*session);
  if (suits(route.access, visit.session().scope())) co_return co_await run(visit, route);
  if (session && !visit.is_post()) {
    co_return go_to(std::string{home_of(session->scope())});
  }
  if (route.access == Access::account && !visit.is_post()) {
    co_return go_to("/sign-in?next=" + visit.request().path);
  }
  co_return session_over(visit, route.access);
}

awaitable<Result<Response>> Router::run(Visit& visit, const Route& route) {
  auto response = co_await route.handler(visit);
  if (response) co_return response;
  if (response.error().code == ErrorCode::proof_required) co_return co_await prove_(visit);
  if (response.error().code != ErrorCode::denied) co_return response;
  // Whoever is still there may not do this; the others have to come in again.
  CS_CO_TRY(const auto session, co_await visit.look_up_session());
  if (session) co_return not_allowed(visit);
  co_return session_over(visit, route.access);
}

}  // namespace countersign::companion
