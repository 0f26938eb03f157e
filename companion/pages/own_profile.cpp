// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/own_profile.hpp"

#include "companion/pages/method.hpp"
#include "companion/pages/phone_field.hpp"

#include <array>
#include <utility>

namespace countersign::companion {
namespace {

awaitable<Result<v1::Profile>> ask_profile(Visit& visit, bool unmasked) {
  v1::Request request;
  request.mutable_get_profile()->set_unmasked(unmasked);
  CS_CO_TRY(v1::Reply reply, co_await visit.ask(std::move(request)));
  co_return std::move(*reply.mutable_profile());
}

}  // namespace

awaitable<Result<OwnProfile>> own_profile(Visit& visit) {
  auto full = co_await ask_profile(visit, true);
  if (full) co_return OwnProfile{.profile = std::move(*full)};
  if (full.error().code != ErrorCode::proof_required) co_return full.error();
  CS_CO_TRY(v1::Profile profile, co_await ask_profile(visit, false));
  co_return OwnProfile{.profile = std::move(profile), .masked = true};
}

void add_contacts(Block& block, const Catalogue& words, const v1::Profile& profile) {
  // The phone for a forgotten password is no part of who somebody is: it has a row of its own.
  static constexpr std::array kShown{v1::PRIMARY_EMAIL, v1::SECONDARY_EMAIL, v1::MOBILE};
  for (const v1::FactorKind kind : kShown) {
    for (const v1::Contact& contact : profile.contacts()) {
      if (contact.kind() != kind) continue;
      Block item = block.add("CONTACT");
      item.set("CONTACT_NAME", method_name(words, kind));
      item.set("CONTACT_TO",
               kind == v1::MOBILE ? phone_text(contact.destination()) : contact.destination());
      if (contact.state() == v1::PENDING) item.show("AWAITS");
    }
  }
}

std::string language_name(const Languages& languages, const std::string& tag) {
  const Catalogue* const words = languages.find(tag);
  return words == nullptr ? tag : (*words)("language.name");
}

}  // namespace countersign::companion
