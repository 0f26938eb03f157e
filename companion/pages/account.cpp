// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/account.hpp"

#include "companion/pages/own_factors.hpp"
#include "companion/pages/own_profile.hpp"
#include "companion/pages/phone_field.hpp"
#include "companion/pages/portal.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

// What may have been done on the way here. Nothing else that an address says is shown.
constexpr std::array<std::string_view, 5> kDone{
    {"password", "question", "contact", "profile", "codes"}};

struct Row {
  std::string_view title;  // keys of the catalogue
  std::string text;
  std::string_view link;
  std::string_view path;
};

void add_row(const Catalogue& words, Page& page, const Row& row) {
  Block item = page.add("ROW");
  item.set("ROW_TITLE", words(row.title));
  item.set("ROW_TEXT", row.text);
  item.set("ROW_LINK", words(row.link));
  item.set("ROW_PATH", row.path);
}

const v1::Factor* active_of(const v1::FactorList& list, v1::FactorKind kind) {
  const auto found = std::ranges::find_if(list.factors(), [kind](const v1::Factor& factor) {
    return factor.kind() == kind && factor.state() == v1::ACTIVE;
  });
  return found == list.factors().end() ? nullptr : &*found;
}

const v1::Contact* reset_phone_of(const v1::Profile& profile) {
  const auto found = std::ranges::find_if(profile.contacts(), [](const v1::Contact& contact) {
    return contact.kind() == v1::RESET_PHONE && contact.state() == v1::ACTIVE;
  });
  return found == profile.contacts().end() ? nullptr : &*found;
}

void add_personal(Visit& visit, Page& page, const OwnProfile& own) {
  const v1::Profile& profile = own.profile;
  page.set("PERSON_USERNAME", profile.subject().username());
  page.set("FIRST_NAME", profile.first_name());
  page.set("LAST_NAME", profile.last_name());
  if (!profile.language().empty()) {
    page.add("SPEAKS").set("LANGUAGE", language_name(visit.languages(), profile.language()));
  }
  add_contacts(page, visit.words(), profile);
  if (own.masked) page.show("MASKED");
}

// What protects the account: what is known, where codes go, what is held in the hand.
void add_security(Visit& visit, Page& page, const v1::RealmDescription& realm,
                  const v1::Profile& profile) {
  const Catalogue& words = visit.words();
  const v1::SessionReport& session = visit.session();
  add_row(words, page,
          {.title = "account.password",
           .text = words("account.password_text"),
           .link = "account.change",
           .path = "/account/password"});
  const bool has_question = session.has_reset_question();
  add_row(words, page,
          {.title = "account.question",
           .text = words(has_question ? "account.question_set" : "account.question_none"),
           .link = has_question ? "account.change" : "account.set_up",
           .path = "/account/question"});
  const v1::Contact* const phone = reset_phone_of(profile);
  if (realm.reset_by_sms() || phone != nullptr) {
    add_row(words, page,
            {.title = "account.reset_phone",
             .text = phone != nullptr ? phone_text(phone->destination())
                                      : words("account.reset_phone_none"),
             .link = phone != nullptr ? "account.change" : "account.add",
             .path = "/account/contact/reset-phone"});
  }
  add_row(words, page,
          {.title = "account.factors",
           .text = words("account.factors_text", {{"count", std::int64_t{session.factors()}}}),
           .link = "account.manage",
           .path = "/factors"});
}

void add_recovery_codes(Visit& visit, Page& page, const v1::RealmDescription& realm,
                        const v1::FactorList& list) {
  const Catalogue& words = visit.words();
  const v1::Factor* const codes = active_of(list, v1::RECOVERY_CODES);
  if (realm.recovery_codes() == 0 && codes == nullptr) return;
  const std::int64_t left = codes == nullptr ? 0 : codes->remaining();
  add_row(words, page,
          {.title = "account.recovery_codes",
           .text = codes == nullptr ? words("recovery_codes.none")
                                    : words("recovery_codes.left", {{"count", left}}),
           .link = codes == nullptr ? "account.set_up" : "account.manage",
           .path = "/account/recovery-codes"});
}

void add_use(Visit& visit, Page& page) {
  const Catalogue& words = visit.words();
  add_row(words, page,
          {.title = "account.sessions",
           .text = words("account.sessions_text"),
           .link = "account.look",
           .path = "/account/sessions"});
  add_row(words, page,
          {.title = "account.activity",
           .text = words("account.activity_text"),
           .link = "account.look",
           .path = "/account/activity"});
}

awaitable<Result<Response>> show_account(Visit& visit) {
  CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
  CS_CO_TRY(const OwnProfile own, co_await own_profile(visit));
  CS_CO_TRY(const v1::FactorList list, co_await own_factors(visit));
  Page page = visit.page("account", "account.title");
  page.head().show("WIDE");
  const std::string_view done = visit.told("done");
  if (std::ranges::find(kDone, done) != kDone.end()) {
    page.head().add("NOTICE").set("NOTICE_TEXT",
                                  visit.words()("account.done." + std::string{done}));
  }
  add_personal(visit, page, own);
  add_security(visit, page, realm, own.profile);
  add_recovery_codes(visit, page, realm, list);
  add_use(visit, page);
  offer_portal(visit, page, realm);
  co_return visit.show(std::move(page));
}

constexpr std::array<Route, 1> kRoutes{{
    {Method::get, "/account", Access::account, &show_account},
}};

}  // namespace

Routes account_routes() { return kRoutes; }

}  // namespace countersign::companion
