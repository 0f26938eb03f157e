// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/scan_page.hpp"

#include "companion/pages/activation_steps.hpp"
#include "companion/view/qr.hpp"

#include <algorithm>
#include <string>

namespace countersign::companion {
namespace {

constexpr std::size_t kCodeBytesMax = 32;
constexpr std::size_t kKeyGroup = 4;
constexpr std::int64_t kSecretMinutes =
    15;  // as the daemon keeps one that waits for its first code

struct Store {
  std::string_view app;  // Card::id
  Device device{};
  std::string_view url;
};
constexpr std::array<Store, 4> kStores{{
    {"okta", Device::iphone, "https://apps.apple.com/app/okta-verify/id490179405"},
    {"okta", Device::android,
     "https://play.google.com/store/apps/details?id=com.okta.android.auth"},
    {"google", Device::iphone, "https://apps.apple.com/app/google-authenticator/id388497605"},
    {"google", Device::android,
     "https://play.google.com/store/apps/details?id=com.google.android.apps.authenticator2"},
}};

// Nobody can scan the screen that they hold in their hand.
bool is_phone(const Visit& visit) {
  constexpr std::array<std::string_view, 3> kPhones{"iPhone", "iPad", "Android"};
  return std::ranges::any_of(kPhones, [&visit](std::string_view phone) {
    return visit.request().user_agent.find(phone) != std::string::npos;
  });
}

void add_store(Visit& visit, Page& page, const Card& app, Device device) {
  const Catalogue& words = visit.words();
  const std::string name = name_of(words, app);
  const auto* const found = std::ranges::find_if(
      kStores, [&](const Store& one) { return one.app == app.id && one.device == device; });
  const std::string number = std::to_string(static_cast<int>(device));
  page.set("INSTALL", words("authenticator.install." + number, {{"app", name}}));
  if (found == kStores.end()) return;
  Block store = page.add("STORE");
  store.set("STORE_URL", found->url);
  store.set("STORE_TEXT", words("authenticator.store." + number, {{"app", name}}));
}

void add_key(Page& page, std::string_view key) {
  page.set("KEY", key);
  for (std::size_t at = 0; at < key.size(); at += kKeyGroup) {
    page.add("KEY_GROUP").set("KEY_PART", key.substr(at, kKeyGroup));
  }
}

}  // namespace

std::optional<Device> device_of(std::uint64_t number) {
  if (number == 0 || number > kDevices.size()) return std::nullopt;
  return static_cast<Device>(number);
}

std::string link_of(std::string_view otpauth_uri) {
  const auto may_stand = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{":/?=%-._~"}.find(c) != std::string_view::npos;
  };
  if (!otpauth_uri.starts_with("otpauth://totp/")) return {};
  std::string link;
  for (const char c : otpauth_uri) {
    if (c != '&' && !may_stand(c)) return {};
    if (c == '&') {
      link += "&amp;";
    } else {
      link += c;
    }
  }
  return link;
}

Result<Page> scan_page(Visit& visit, const Card& app, const v1::Enrolment& secret, Device device) {
  const Catalogue& words = visit.words();
  const std::string name = name_of(words, app);
  CS_TRY(const QrCode code, make_qr_code(secret.otpauth_uri()));
  Page page =
      visit.page_titled("authenticator_scan", words("authenticator.title", {{"app", name}}));
  page.set("PATH", std::string{app.path} + "/scan");
  page.set("FACTOR", std::to_string(secret.factor().id()));
  page.set("DEVICE", std::to_string(static_cast<int>(device)));
  page.set("BACK_PATH",
           std::string{app.path} + "?device=" + std::to_string(static_cast<int>(device)));
  add_store(visit, page, app, device);
  page.set("SCAN", words("authenticator.scan." + std::string{app.id}));
  page.set("LIFETIME", words("authenticator.lifetime", {{"minutes", kSecretMinutes}}));
  page.set("QR_LABEL", words("authenticator.qr", {{"app", name}}));
  page.set("QR_PATH", code.path);
  page.set("QR_SIZE", std::int64_t{code.size});
  const std::string link = link_of(secret.otpauth_uri());
  if (is_phone(visit) && !link.empty()) {
    Block open = page.add("OPEN");
    open.set("OTPAUTH", link);
    open.set("OPEN_TEXT", words("authenticator.open", {{"app", name}}));
  }
  page.set("ACCOUNT", visit.session().subject().username());
  add_key(page, secret.secret_base32());
  page.code("CODE_FIELD", {.name = "code",
                           .label = words("authenticator.code"),
                           .autocomplete = "one-time-code",
                           .inputmode = "numeric",
                           .length_max = kCodeBytesMax,
                           .focus = visit.is_post()});
  if (sets_up(visit)) show_step(page, ActivationStep::factors);
  return page;
}

}  // namespace countersign::companion
