// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/device.hpp"

#include "companion/pages/browser_name.hpp"
#include "companion/pages/own_factors.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::string_view kList = "/account/sessions";
constexpr std::string_view kRemembered = "/account/sessions?done=device";
// Its secret changes at each use; the policy ends it sooner than the browser.
constexpr std::chrono::hours kAge{24 * 400};

awaitable<Result<Response>> remember(Visit& visit) {
  // A second press of the button, or one in another window.
  const Device known = device_of(visit);
  if (known.factor != 0) {
    CS_CO_TRY(const v1::FactorList list, co_await own_factors(visit));
    const v1::Factor* const factor = find_factor(list, known.factor);
    const bool stands = factor != nullptr && factor->state() == v1::ACTIVE;
    if (stands) co_return go_to(std::string{kRemembered});
  }
  v1::Request request;
  request.mutable_remember_device()->set_label(
      browser_name(visit.words(), visit.request().user_agent));
  CS_CO_TRY(const v1::Reply reply, co_await visit.ask(std::move(request)));
  const v1::RememberedDevice& device = reply.remembered_device();
  keep_device(visit, {.factor = device.factor().id(), .secret = device.device()});
  co_return go_to(std::string{kRemembered});
}

awaitable<Result<Response>> show_list(Visit&) { co_return go_to(std::string{kList}); }

constexpr std::array<Route, 2> kRoutes{{
    {Method::get, "/account/device", Access::account, &show_list},
    {Method::post, "/account/device", Access::account, &remember},
}};

}  // namespace

Device device_of(const Visit& visit) {
  const std::string_view kept = visit.request().cookies.value_of(kDeviceCookie);
  const std::size_t dot = kept.find('.');
  if (dot == std::string_view::npos) return {};
  Device device{.secret = std::string{kept.substr(dot + 1)}};
  const char* const end = kept.data() + dot;
  const auto [stopped, wrong] = std::from_chars(kept.data(), end, device.factor);
  return wrong == std::errc{} && stopped == end ? device : Device{};
}

void keep_device(Visit& visit, const Device& device) {
  visit.keep(kDeviceCookie, std::to_string(device.factor) + '.' + device.secret, kAge);
}

Routes device_routes() { return kRoutes; }

}  // namespace countersign::companion
