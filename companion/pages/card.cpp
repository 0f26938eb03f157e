// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/card.hpp"

#include "companion/pages/method.hpp"

#include <algorithm>
#include <array>

namespace countersign::companion {
namespace {

constexpr std::string_view kBehindApp = " – ";

constexpr std::array<Card, 9> kCards{{
    {.id = "okta", .kind = v1::TOTP, .app = "Okta Verify", .path = "/factors/authenticator/okta"},
    {.id = "google",
     .kind = v1::TOTP,
     .app = "Google Authenticator",
     .path = "/factors/authenticator/google"},
    {.id = "authenticator", .kind = v1::TOTP},
    {.id = "hotp", .kind = v1::HOTP},
    {.id = "yubikey", .kind = v1::YUBICO_OTP, .path = "/factors/yubikey"},
    {.id = "chalresp", .kind = v1::CHALRESP},
    {.id = "sms", .kind = v1::SMS, .path = "/factors/sms"},
    {.id = "email", .kind = v1::EMAIL, .path = "/factors/email", .single = true},
    {.id = "question", .kind = v1::QUESTION, .path = "/factors/question", .single = true},
}};

bool belongs(std::string_view label, const Card& card) {
  if (!label.starts_with(card.app)) return false;
  label.remove_prefix(card.app.size());
  return card.app.empty() || label.empty() || label.starts_with(kBehindApp);
}

}  // namespace

std::span<const Card> cards() { return kCards; }

const Card* find_card(std::string_view id) {
  const auto* const found = std::ranges::find(kCards, id, &Card::id);
  return found == kCards.end() ? nullptr : found;
}

const Card* card_of(const v1::Factor& factor) {
  const auto* const found = std::ranges::find_if(kCards, [&factor](const Card& card) {
    return card.kind == factor.kind() && belongs(factor.label(), card);
  });
  return found == kCards.end() ? nullptr : found;
}

std::string name_of(const Catalogue& words, const Card& card) {
  return words("card." + std::string{card.id});
}

std::string name_of(const Catalogue& words, const v1::Factor& factor) {
  const Card* const card = card_of(factor);
  if (card == nullptr) return method_of(words, factor);
  const std::string name = name_of(words, *card);
  const std::string nickname = nickname_of(factor);
  const std::string& where = factor.masked_destination();
  if (!nickname.empty() && !where.empty()) {
    return words("method.which_where", {{"method", name}, {"which", nickname}, {"where", where}});
  }
  const std::string& which = nickname.empty() ? where : nickname;
  if (which.empty()) return name;
  return words("method.which", {{"method", name}, {"which", which}});
}

std::string nickname_of(const v1::Factor& factor) {
  const Card* const card = card_of(factor);
  std::string_view label = factor.label();
  if (card == nullptr || card->app.empty()) return std::string{label};
  label.remove_prefix(card->app.size());
  if (label.starts_with(kBehindApp)) label.remove_prefix(kBehindApp.size());
  return std::string{label};
}

std::string label_of(const Card& card, std::string_view nickname) {
  std::string label{card.app};
  if (!card.app.empty() && !nickname.empty()) label += kBehindApp;
  return label += nickname;
}

}  // namespace countersign::companion
