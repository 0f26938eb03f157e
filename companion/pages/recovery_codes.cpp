// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/recovery_codes.hpp"

#include "companion/pages/own_factors.hpp"
#include "companion/pages/proof_first.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::string_view kPath = "/account/recovery-codes";

// The set that is in force; null if there is none.
const v1::Factor* set_in(const v1::FactorList& list) {
  const auto found = std::ranges::find_if(list.factors(), [](const v1::Factor& factor) {
    return factor.kind() == v1::RECOVERY_CODES && factor.state() == v1::ACTIVE;
  });
  return found == list.factors().end() ? nullptr : &*found;
}

std::uint64_t id_of(const v1::Factor* set) { return set == nullptr ? 0 : set->id(); }

Page count_page(Visit& visit, const v1::RealmDescription& realm, const v1::Factor* set) {
  const Catalogue& words = visit.words();
  Page page = visit.page("recovery_codes", "recovery_codes.title");
  if (set != nullptr) {
    const std::string made = words.moment(set->created_at_ms(), Moment::date, visit.brand().zone);
    page.set("LEFT", words("recovery_codes.left_of",
                           {{"count", std::int64_t{set->remaining()}}, {"date", made}}));
    page.show("REPLACES");
  } else {
    page.set("LEFT", words("recovery_codes.none"));
  }
  if (realm.recovery_codes() == 0) return page;
  Block make = page.add("MAKE");
  make.set("MAKE_TEXT", words(set == nullptr ? "recovery_codes.make" : "recovery_codes.renew"));
  make.set("SET", std::to_string(id_of(set)));
  return page;
}

awaitable<Result<Response>> show_count(Visit& visit) {
  CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
  CS_CO_TRY(const v1::FactorList list, co_await own_factors(visit));
  const v1::Factor* const set = set_in(list);
  if (realm.recovery_codes() == 0 && set == nullptr) {
    co_return Error{ErrorCode::not_found, "recovery_codes"};
  }
  // The form has nothing to type: whoever presses its button has the codes at once.
  CS_CO_CHECK(co_await proof_first(visit));
  co_return visit.show(count_page(visit, realm, set));
}

awaitable<Result<Response>> make(Visit& visit) {
  CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
  CS_CO_TRY(const v1::FactorList list, co_await own_factors(visit));
  const v1::Factor* const set = set_in(list);
  // The page of the codes is the answer to this form, and may be loaded again: that must not
  // replace what its owner has just printed.
  if (visit.typed_number("set") != id_of(set)) {
    Page page = count_page(visit, realm, set);
    page.wrong("", visit.words()("recovery_codes.made_meanwhile"));
    co_return visit.show_again(std::move(page));
  }
  v1::Request request;
  request.mutable_make_recovery_codes();
  CS_CO_TRY(const v1::Reply reply, co_await visit.ask(std::move(request)));
  const Catalogue& words = visit.words();
  Page page = visit.page("recovery_codes_made", "recovery_codes.made_title");
  page.set("FILE_TITLE", words("recovery_codes.file_title",
                               {{"product", visit.brand().product},
                                {"username", visit.session().subject().username()}}));
  for (const std::string& code : reply.recovery_codes().codes()) {
    page.add("CODE").set("CODE_TEXT", code);
  }
  co_return visit.show(std::move(page));
}

constexpr std::array<Route, 2> kRoutes{{
    {Method::get, kPath, Access::account, &show_count},
    {Method::post, kPath, Access::account, &make},
}};

}  // namespace

Routes recovery_codes_routes() { return kRoutes; }

}  // namespace countersign::companion
