// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/profile.hpp"

#include "companion/pages/method.hpp"
#include "companion/pages/own_profile.hpp"
#include "companion/pages/phone_field.hpp"
#include "companion/pages/proof_first.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::string_view kPath = "/account/profile";
constexpr std::string_view kSaved = "/account?done=profile";
constexpr std::size_t kNameLengthMax = 64;  // characters, as the daemon counts them

struct Contact {
  v1::FactorKind kind;
  std::string_view path;
};
constexpr std::array<Contact, 3> kContacts{{
    {v1::PRIMARY_EMAIL, "/account/contact/primary-email"},
    {v1::SECONDARY_EMAIL, "/account/contact/secondary-email"},
    {v1::MOBILE, "/account/contact/mobile"},
}};

// What the form says of somebody.
struct Typed {
  std::string first_name;
  std::string last_name;
  std::string language;
};

Typed typed_in(const Visit& visit) {
  return {.first_name = std::string{visit.typed("first_name")},
          .last_name = std::string{visit.typed("last_name")},
          .language = std::string{visit.typed("language")}};
}

Typed kept_in(const v1::Profile& profile) {
  return {.first_name = profile.first_name(),
          .last_name = profile.last_name(),
          .language = profile.language()};
}

bool is_the_same(const Typed& typed, const v1::Profile& profile) {
  return typed.first_name == profile.first_name() && typed.last_name == profile.last_name() &&
         typed.language == profile.language();
}

// Our languages, and the one that somebody has, whether it is one of ours or none.
void add_languages(Visit& visit, Page& page, const std::string& chosen) {
  std::vector<std::string> tags;
  for (const auto& [tag, words] : visit.languages().all()) tags.push_back(words->language());
  if (std::ranges::find(tags, chosen) == tags.end()) tags.insert(tags.begin(), chosen);
  if (tags.size() == 1) {
    page.add("ONE_LANGUAGE").set("LANGUAGE_TAG", chosen);
    return;
  }
  const Catalogue& words = visit.words();
  Block choice = page.input("LANGUAGE_FIELD", "choice",
                            {.name = "language",
                             .label = words("profile.language"),
                             .hint = words("profile.language_hint")});
  for (const std::string& tag : tags) {
    const bool is_first = tag == tags.front();
    Block item = choice.add("CHOICE");
    item.set("CHOICE_ID", is_first ? "field-language" : "field-language-" + tag);
    item.set("CHOICE_VALUE", tag);
    item.set("CHOICE_TEXT",
             tag.empty() ? words("profile.language_any") : language_name(visit.languages(), tag));
    if (tag == chosen) item.show("CHECKED");
  }
}

void add_addresses(const Catalogue& words, Page& page, const v1::Profile& profile) {
  for (const Contact& contact : kContacts) {
    Block item = page.add("ADDRESS");
    item.set("ADDRESS_NAME", method_name(words, contact.kind));
    item.set("ADDRESS_PATH", contact.path);
    const auto found = std::ranges::find_if(profile.contacts(), [&](const v1::Contact& known) {
      return known.kind() == contact.kind && known.state() == v1::ACTIVE;
    });
    const bool is_known = found != profile.contacts().end();
    item.set("ADDRESS_TO",
             is_known ? phone_text(found->destination()) : words("profile.no_address"));
    item.set("ADDRESS_LINK", words(is_known ? "account.change" : "account.add"));
  }
}

Page profile_page(Visit& visit, const v1::Profile& profile, const Typed& typed) {
  const Catalogue& words = visit.words();
  Page page = visit.page("profile", "account.personal");
  page.set("VERSION", static_cast<std::int64_t>(profile.version()));
  page.set("PERSON_USERNAME", profile.subject().username());
  page.field("FIRST_NAME_FIELD", {.name = "first_name",
                                  .label = words("profile.first_name"),
                                  .value = typed.first_name,
                                  .autocomplete = "given-name",
                                  .length_max = kNameLengthMax,
                                  .required = false,
                                  .autocapitalize = "words"});
  page.field("LAST_NAME_FIELD", {.name = "last_name",
                                 .label = words("profile.last_name"),
                                 .value = typed.last_name,
                                 .autocomplete = "family-name",
                                 .length_max = kNameLengthMax,
                                 .required = false,
                                 .autocapitalize = "words"});
  add_languages(visit, page, typed.language);
  add_addresses(words, page, profile);
  return page;
}

awaitable<Result<Response>> show_profile(Visit& visit) {
  CS_CO_CHECK(co_await proof_first(visit));
  CS_CO_TRY(const OwnProfile own, co_await own_profile(visit));
  co_return visit.show(profile_page(visit, own.profile, kept_in(own.profile)));
}

v1::Request change_request(Visit& visit) {
  Typed typed = typed_in(visit);
  v1::Request request;
  v1::ChangeProfile& change = *request.mutable_change_profile();
  change.set_version(visit.typed_number("version"));
  change.set_first_name(std::move(typed.first_name));
  change.set_last_name(std::move(typed.last_name));
  change.set_language(std::move(typed.language));
  return request;
}

// Which of them the daemon will not have is not told: it has one rule for both.
void say_wrong_names(Visit& visit, Page& page) {
  const Catalogue& words = visit.words();
  page.wrong("first_name", words("profile.name_wrong"));
  page.wrong("last_name", words("profile.name_wrong"));
}

awaitable<Result<Response>> change(Visit& visit) {
  v1::Request request = change_request(visit);
  const auto reply = co_await visit.ask(std::move(request));
  if (reply) co_return go_to(std::string{kSaved});
  const ErrorCode code = reply.error().code;
  const bool is_wrong = code == ErrorCode::malformed || code == ErrorCode::limit_exceeded;
  if (code != ErrorCode::conflict && !is_wrong) co_return reply.error();
  CS_CO_TRY(const OwnProfile own, co_await own_profile(visit));
  const Typed typed = typed_in(visit);
  // Sent once more, and saved the first time.
  if (!is_wrong && is_the_same(typed, own.profile)) co_return go_to(std::string{kSaved});
  Page page = profile_page(visit, own.profile, typed);
  if (is_wrong) {
    say_wrong_names(visit, page);
  } else {
    page.wrong("", visit.words()("profile.changed_elsewhere"));
  }
  co_return visit.show_again(std::move(page));
}

constexpr std::array<Route, 2> kRoutes{{
    {Method::get, kPath, Access::account, &show_profile},
    {Method::post, kPath, Access::account, &change},
}};

}  // namespace

Routes profile_routes() { return kRoutes; }

}  // namespace countersign::companion
