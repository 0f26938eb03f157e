// SPDX-License-Identifier: Apache-2.0
// The profile of whoever is there, and where they are reached.
#pragma once

#include "companion/door/visit.hpp"

namespace countersign::companion {

struct OwnProfile {
  v1::Profile profile;
  bool masked = false;  // its addresses: they are told in full after a proof alone
};

// With addresses in full where they may be told.
awaitable<Result<OwnProfile>> own_profile(Visit& visit);

// The addresses and numbers that make up a person's own, each with its heading: {{#CONTACT}} with
// CONTACT_NAME, CONTACT_TO, and section AWAITS for one that is not confirmed yet.
void add_contacts(Block& block, const Catalogue& words, const v1::Profile& profile);

// As its speakers call it; the tag itself where there is no such language here.
[[nodiscard]] std::string language_name(const Languages& languages, const std::string& tag);

}  // namespace countersign::companion
