// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/factors.hpp"

#include "companion/pages/activation_steps.hpp"
#include "companion/pages/card.hpp"
#include "companion/pages/own_factors.hpp"
#include "companion/pages/ticket.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

// In force, or suspended: what is not confirmed yet is not there for its owner.
bool is_shown(const v1::Factor& factor) {
  const bool is_there = factor.state() == v1::ACTIVE || factor.state() == v1::FACTOR_SUSPENDED;
  return is_there && card_of(factor) != nullptr;
}

bool has_one_of(const v1::FactorList& list, const Card& card) {
  return std::ranges::any_of(list.factors(), [&card](const v1::Factor& factor) {
    return is_shown(factor) && card_of(factor) == &card;
  });
}

std::string status_of(Visit& visit, const v1::Factor& factor) {
  const Catalogue& words = visit.words();
  if (factor.state() == v1::FACTOR_SUSPENDED) return words("factors.suspended");
  const std::string date = words.moment(factor.created_at_ms(), Moment::date, visit.brand().zone);
  return words("factors.since", {{"date", date}});
}

std::string use_of(Visit& visit, const v1::Factor& factor) {
  const Catalogue& words = visit.words();
  if (factor.accepted_at_ms() == 0) return words("factors.never_used");
  const std::string date =
      words.moment(factor.accepted_at_ms(), Moment::date_and_time, visit.brand().zone);
  return words("factors.last_used", {{"date", date}});
}

void add_icon(Block& item, const Card& card) {
  std::string section{card.id};
  for (char& c : section) c = static_cast<char>(c - 'a' + 'A');
  item.put("ICON", "icon").show(section);
}

void add_factor(Visit& visit, Block& own, const v1::Factor& factor) {
  const std::string number = std::to_string(factor.id());
  Block item = own.add("FACTOR");
  item.set("FACTOR_ID", number);
  item.set("NAME", name_of(visit.words(), factor));
  item.set("USE", use_of(visit, factor));
  add_icon(item, *card_of(factor));
  if (!factor.serial().empty()) {
    item.add("SERIAL").set("SERIAL_TEXT",
                           visit.words()("factors.serial", {{"serial", factor.serial()}}));
  }
  item.set("STATUS", status_of(visit, factor));
  if (factor.state() == v1::ACTIVE) item.show("IN_FORCE");
  if (sets_up(visit)) return;
  Block change = item.add("CHANGE");
  change.set("RENAME_PATH", "/factors/" + number + "/rename");
  change.set("FACTOR_NAME", name_of(visit.words(), factor));
  // The daemon keeps the last one that may be the only one.
  const bool is_last =
      factor.state() == v1::ACTIVE && factor.sole() && visit.session().factors() == 1;
  if (!is_last) change.add("REMOVE").set("REMOVE_PATH", "/factors/" + number + "/remove");
}

void add_offer(Visit& visit, Block& available, const Card& card, const v1::FactorOffer& offer,
               bool has_one) {
  const Catalogue& words = visit.words();
  Block item = available.add("OFFER");
  item.set("NAME", name_of(words, card));
  add_icon(item, card);
  item.set("TEXT", words("card." + std::string{card.id} + ".text"));
  if (offer.restricted()) item.show("WEAKER");
  if (!offer.sole()) item.show("NEVER_ALONE");
  item.set("STATUS", words(has_one ? "factors.set_up" : "factors.not_set_up"));
  item.set("PATH", card.path);
  item.set("DO", words(has_one ? "factors.another" : "factors.begin"));
}

// What may be set up, in the policy's order.
void add_offers(Visit& visit, Page& page, const v1::RealmDescription& realm,
                const v1::FactorList& list) {
  bool is_any = false;
  Block available = page.add("AVAILABLE");
  for (const v1::FactorOffer& offer : realm.factors()) {
    for (const Card& card : cards()) {
      const bool has_one = has_one_of(list, card);
      const bool is_offered = card.kind == offer.kind() && !card.path.empty();
      if (!is_offered || (has_one && card.single)) continue;
      add_offer(visit, available, card, offer, has_one);
      is_any = true;
    }
  }
  if (!is_any) available.show("NOTHING");
}

void add_own(Visit& visit, Page& page, const v1::FactorList& list) {
  if (!std::ranges::any_of(list.factors(), &is_shown)) return;
  Block own = page.add("OWN");
  for (const v1::Factor& factor : list.factors()) {
    if (is_shown(factor)) add_factor(visit, own, factor);
  }
}

// What has just been done, as the address says; nothing of it that is not so.
std::string notice_of(Visit& visit, const v1::FactorList& list) {
  const Catalogue& words = visit.words();
  const v1::Factor* const removed = find_factor(list, visit.asked_number("removed"));
  if (removed != nullptr && removed->state() == v1::REVOKED && card_of(*removed) != nullptr) {
    return words("factors.removed", {{"method", name_of(words, *removed)}});
  }
  if (!visit.told("renamed").empty()) return words("factors.renamed");
  const v1::Factor* const done = find_factor(list, visit.asked_number("done"));
  if (done == nullptr || done->state() != v1::ACTIVE || !is_shown(*done)) return {};
  return words("factors.done", {{"method", name_of(words, *done)}});
}

// Until the activation's last page was seen, its link is kept: who has it still comes from there.
void end_list(Visit& visit, Page& page) {
  if (!sets_up(visit)) {
    const bool has_activated = !visit.request().cookies.value_of(kTicketCookie).empty();
    page.show(has_activated ? "GO_ON" : "BACK");
    return;
  }
  const std::int64_t count{visit.session().factors()};
  page.add("COUNTED").set("COUNT", visit.words()("factors.count", {{"count", count}}));
  page.show("FINISH");
  show_step(page, ActivationStep::factors);
}

awaitable<Result<Page>> factors_page(Visit& visit) {
  const Catalogue& words = visit.words();
  CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
  CS_CO_TRY(const v1::FactorList list, co_await own_factors(visit));
  const bool setting_up = sets_up(visit);
  Page page = visit.page("factors", setting_up ? "factors.title_first" : "factors.title");
  page.head().show("WIDE");
  const std::string notice = notice_of(visit, list);
  if (!notice.empty()) page.head().add("NOTICE").set("NOTICE_TEXT", notice);
  page.set("LEAD", words(setting_up ? "factors.lead_first" : "factors.lead"));
  add_own(visit, page, list);
  add_offers(visit, page, realm, list);
  end_list(visit, page);
  co_return page;
}

awaitable<Result<Response>> show_factors(Visit& visit) {
  CS_CO_TRY(Page page, co_await factors_page(visit));
  co_return visit.show(std::move(page));
}

// The daemon has ended the activation with the first factor that may be the only one: the session
// says so.
awaitable<Result<Response>> finish(Visit& visit) {
  if (!sets_up(visit)) co_return go_to("/activated");
  CS_CO_TRY(Page page, co_await factors_page(visit));
  page.wrong("", visit.words()("factors.none_yet"));
  co_return visit.show_again(std::move(page));
}

// Where a form was sent to that had to be mended, and somebody loads the page again.
awaitable<Result<Response>> show_finish(Visit&) { co_return go_to("/factors"); }

constexpr std::array<Route, 3> kRoutes{{
    {Method::get, "/factors", Access::set_up, &show_factors},
    {Method::get, "/activate/finish", Access::set_up, &show_finish},
    {Method::post, "/activate/finish", Access::set_up, &finish},
}};

}  // namespace

std::string factors_after(std::uint64_t factor_id) {
  return "/factors?done=" + std::to_string(factor_id);
}

std::string factors_after_removal(std::uint64_t factor_id) {
  return "/factors?removed=" + std::to_string(factor_id);
}

Routes factors_routes() { return kRoutes; }

}  // namespace countersign::companion
