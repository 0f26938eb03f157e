// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/activated.hpp"

#include "companion/pages/card.hpp"
#include "companion/pages/own_factors.hpp"
#include "companion/pages/portal.hpp"
#include "companion/pages/ticket.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace countersign::companion {
namespace {

// Who has one thing alone to sign in by stands outside when it is lost.
constexpr std::uint32_t kEnough = 2;

awaitable<Result<Response>> show_activated(Visit& visit) {
  // Nothing is set up yet that could be the only one.
  if (visit.session().scope() != v1::SCOPE_ACCOUNT) co_return go_to("/factors");
  visit.forget(kTicketCookie);  // it has done what it was sent for
  CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
  CS_CO_TRY(const v1::FactorList list, co_await own_factors(visit));
  Page page = visit.page("activated", "activated.title");
  for (const v1::Factor& factor : list.factors()) {
    if (factor.state() != v1::ACTIVE || card_of(factor) == nullptr) continue;
    page.add("METHOD").set("NAME", name_of(visit.words(), factor));
  }
  if (visit.session().factors() < kEnough) page.show("BACKUP");
  if (realm.recovery_codes() != 0) page.show("RECOVERY");
  offer_portal(visit, page, realm);
  co_return visit.show(std::move(page));
}

constexpr std::array<Route, 1> kRoutes{{
    {Method::get, "/activated", Access::set_up, &show_activated},
}};

}  // namespace

Routes activated_routes() { return kRoutes; }

}  // namespace countersign::companion
