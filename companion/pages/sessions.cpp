// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/sessions.hpp"

#include "companion/pages/browser_name.hpp"
#include "companion/pages/device.hpp"
#include "companion/pages/own_factors.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::string_view kPath = "/account/sessions";
constexpr std::string_view kEnded = "/account/sessions?done=ended";
constexpr std::string_view kAllOthers = "others";  // a field of the form, as is "session"
constexpr std::string_view kOthersEnded = "/account/sessions?done=others";
constexpr std::array<std::string_view, 3> kDone{{"ended", "others", "device"}};

std::string moment_of(Visit& visit, std::int64_t at_ms) {
  return visit.words().moment(at_ms, Moment::date_and_time, visit.brand().zone);
}

void add_session(Visit& visit, Page& page, const v1::SessionReport& session) {
  const Catalogue& words = visit.words();
  const std::string browser = browser_name(words, session.user_agent());
  Block item = page.add("SESSION");
  item.set("BROWSER", browser);
  item.set("SEEN", words("sessions.seen", {{"since", moment_of(visit, session.created_at_ms())},
                                           {"last", moment_of(visit, session.seen_at_ms())}}));
  if (session.current()) {
    item.show("CURRENT");
    return;
  }
  Block end = item.add("END");
  end.set("SESSION_ID", std::to_string(session.id()));
  end.set("BROWSER", browser);
}

// Only where somebody is signed in: what is half of a sign-in, or sets a password, ends by itself.
awaitable<Status> add_sessions(Visit& visit, Page& page) {
  v1::Request request;
  request.mutable_list_sessions();
  CS_CO_TRY(v1::Reply reply, co_await visit.ask(std::move(request)));
  auto& sessions = *reply.mutable_session_list()->mutable_sessions();
  std::ranges::stable_sort(sessions, std::greater{}, &v1::SessionReport::seen_at_ms);
  std::ranges::stable_partition(sessions, &v1::SessionReport::current);
  bool is_any_other = false;
  for (const v1::SessionReport& session : sessions) {
    if (session.scope() != v1::SCOPE_ACCOUNT) continue;
    add_session(visit, page, session);
    is_any_other = is_any_other || !session.current();
  }
  if (is_any_other) page.show("END_OTHERS");
  co_return Status{};
}

void add_device(Visit& visit, Block& devices, const v1::Factor& factor, bool is_this) {
  const Catalogue& words = visit.words();
  const std::string name = factor.label().empty() ? words("browser.unknown") : factor.label();
  Block item = devices.add("DEVICE");
  item.set("DEVICE_NAME", name);
  const std::string since = words.moment(factor.created_at_ms(), Moment::date, visit.brand().zone);
  const std::string until = words.moment(factor.expires_at_ms(), Moment::date, visit.brand().zone);
  item.set("DEVICE_TEXT", words("devices.since", {{"since", since}, {"until", until}}));
  item.set("REMOVE_PATH", "/factors/" + std::to_string(factor.id()) + "/remove");
  if (is_this) item.show("THIS");
}

awaitable<Status> add_devices(Visit& visit, Page& page) {
  CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
  CS_CO_TRY(const v1::FactorList list, co_await own_factors(visit));
  const std::uint64_t here = device_of(visit).factor;
  std::vector<const v1::Factor*> remembered;
  bool is_here = false;
  for (const v1::Factor& factor : list.factors()) {
    if (factor.kind() != v1::DEVICE || factor.state() != v1::ACTIVE) continue;
    remembered.push_back(&factor);
    is_here = is_here || factor.id() == here;
  }
  if (!realm.remember_devices() && remembered.empty()) co_return Status{};
  Block devices = page.add("DEVICES");
  for (const v1::Factor* factor : remembered) {
    add_device(visit, devices, *factor, factor->id() == here);
  }
  if (remembered.empty()) devices.show("NO_DEVICE");
  if (realm.remember_devices() && !is_here) devices.show("REMEMBER");
  co_return Status{};
}

awaitable<Result<Response>> show_sessions(Visit& visit) {
  Page page = visit.page("sessions", "sessions.title");
  page.head().show("WIDE");
  const std::string_view done = visit.told("done");
  if (std::ranges::find(kDone, done) != kDone.end()) {
    page.head().add("NOTICE").set("NOTICE_TEXT",
                                  visit.words()("sessions.done." + std::string{done}));
  }
  CS_CO_CHECK(co_await add_sessions(visit, page));
  CS_CO_CHECK(co_await add_devices(visit, page));
  co_return visit.show(std::move(page));
}

awaitable<Result<Response>> end(Visit& visit) {
  v1::Request request;
  v1::EndSession& end = *request.mutable_end_session();
  const std::uint64_t session = visit.typed_number("session");
  const bool ends_all = visit.typed(kAllOthers) == "1";
  if (ends_all) {
    end.set_all_others(true);
  } else if (session == 0 || session == visit.session().id()) {
    // This one is left by signing out, which also tidies the browser up.
    co_return go_to(std::string{kPath});
  } else {
    end.set_session_id(session);
  }
  const auto reply = co_await visit.ask(std::move(request));
  // It has ended meanwhile: that is what was wanted.
  const bool is_over = !reply && reply.error().code == ErrorCode::not_found;
  if (!reply && !is_over) co_return reply.error();
  co_return go_to(std::string{ends_all ? kOthersEnded : kEnded});
}

constexpr std::array<Route, 2> kRoutes{{
    {Method::get, kPath, Access::account, &show_sessions},
    {Method::post, kPath, Access::account, &end},
}};

}  // namespace

Routes sessions_routes() { return kRoutes; }

}  // namespace countersign::companion
