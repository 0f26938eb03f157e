// SPDX-License-Identifier: Apache-2.0
// The ways to sign in as people choose them: one card each.
//
// Two apps show the same kind of code, and are two cards. Which of them a factor belongs to, its
// label says: it begins with the app's name, and goes on with what its owner calls it.
#pragma once

#include "companion/door/visit.hpp"

#include <span>
#include <string>
#include <string_view>

namespace countersign::companion {

struct Card {
  std::string_view id;  // its words: card.<id>, card.<id>.text
  v1::FactorKind kind = v1::FACTOR_KIND_UNSPECIFIED;
  std::string_view app;   // what its factors' labels begin with; empty: whatever they are
  std::string_view path;  // where it is set up; empty: by the service desk alone
  bool single = false;    // one is all that there can be
};

// What an owner calls a factor, in characters.
inline constexpr std::size_t kNicknameLengthMax = 40;

// Of one kind, in the order in which they are shown.
[[nodiscard]] std::span<const Card> cards();
// The one that bears this id; null if there is none.
[[nodiscard]] const Card* find_card(std::string_view id);
// The one that a factor belongs to; null for what is no way to sign in that people set up.
[[nodiscard]] const Card* card_of(const v1::Factor& factor);

[[nodiscard]] std::string name_of(const Catalogue& words, const Card& card);
// "YubiKey: on my key ring", "Text message: +358 ••••••12", "E-mail: Home (h•••@example.com)".
[[nodiscard]] std::string name_of(const Catalogue& words, const v1::Factor& factor);

[[nodiscard]] std::string nickname_of(const v1::Factor& factor);
[[nodiscard]] std::string label_of(const Card& card, std::string_view nickname);

}  // namespace countersign::companion
