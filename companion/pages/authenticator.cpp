// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/authenticator.hpp"

#include "companion/pages/activation_steps.hpp"
#include "companion/pages/card.hpp"
#include "companion/pages/factors.hpp"
#include "companion/pages/own_factors.hpp"
#include "companion/pages/proof_first.hpp"
#include "companion/pages/scan_page.hpp"
#include "companion/pages/verdict.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace countersign::companion {
namespace {

// The app that the address names. Fails with `not_found`.
Result<const Card*> app_of(const Visit& visit) {
  const Card* const card = find_card(visit.id());
  if (card == nullptr || card->app.empty()) return Error{ErrorCode::not_found, "app"};
  return card;
}

std::uint64_t told(const Visit& visit, std::string_view name) {
  return visit.is_post() ? visit.typed_number(name) : visit.asked_number(name);
}

Page device_page(Visit& visit, const Card& app) {
  const Catalogue& words = visit.words();
  Page page = visit.page_titled("authenticator",
                                words("authenticator.title", {{"app", name_of(words, app)}}));
  page.set("PATH", app.path);
  page.set("TEXT", words("authenticator.text", {{"app", name_of(words, app)}}));
  if (!visit.told("expired").empty()) {
    page.head().add("NOTICE").set("NOTICE_TEXT", words("authenticator.expired"));
  }
  Block choice = page.input("DEVICE_FIELD", "choice",
                            {.name = "device", .label = words("authenticator.device")});
  for (const Device device : kDevices) {
    const std::string number = std::to_string(static_cast<int>(device));
    const bool is_first = device == kDevices.front();
    Block item = choice.add("CHOICE");
    item.set("CHOICE_ID", is_first ? "field-device" : "field-device-" + number);
    item.set("CHOICE_VALUE", number);
    item.set("CHOICE_TEXT", words("authenticator.device." + number));
    if (device_of(told(visit, "device")) == device) item.show("CHECKED");
  }
  if (sets_up(visit)) show_step(page, ActivationStep::factors);
  return page;
}

awaitable<Result<Response>> show_devices(Visit& visit) {
  CS_CO_TRY(const Card* const app, app_of(visit));
  CS_CO_CHECK(co_await proof_first(visit));
  co_return visit.show(device_page(visit, *app));
}

awaitable<Result<v1::Enrolment>> pending_secret(Visit& visit, std::uint64_t factor) {
  if (factor == 0) co_return Error{ErrorCode::not_found, "factor"};
  v1::Request request;
  request.mutable_show_pending_secret()->set_factor_id(factor);
  CS_CO_TRY(v1::Reply reply, co_await visit.ask(std::move(request)));
  co_return std::move(*reply.mutable_enrolment());
}

// Whoever begins again goes on with the secret that they may have scanned already, while it is to
// be had.
awaitable<Result<std::uint64_t>> begun_before(Visit& visit, const Card& app) {
  CS_CO_TRY(const v1::FactorList list, co_await own_factors(visit));
  std::vector<std::uint64_t> pending;
  for (const v1::Factor& factor : list.factors()) {
    const bool is_its = factor.state() == v1::PENDING && card_of(factor) == &app;
    if (is_its) pending.push_back(factor.id());
  }
  // The newest alone: those before it were given up.
  if (pending.empty()) co_return std::uint64_t{0};
  const std::uint64_t newest = std::ranges::max(pending);
  const auto shown = co_await pending_secret(visit, newest);
  if (shown) co_return newest;
  if (shown.error().code != ErrorCode::not_found) co_return shown.error();
  co_return std::uint64_t{0};
}

awaitable<Result<std::uint64_t>> enrol(Visit& visit, const Card& app) {
  CS_CO_TRY(const std::uint64_t before, co_await begun_before(visit, app));
  if (before != 0) co_return before;
  v1::Request request;
  v1::EnrolOath& ask = *request.mutable_enrol_oath();
  ask.set_kind(v1::TOTP);
  ask.set_label(std::string{app.app});
  ask.set_issuer(visit.brand().product);
  CS_CO_TRY(const v1::Reply reply, co_await visit.ask(std::move(request)));
  co_return reply.enrolment().factor().id();
}

awaitable<Result<Response>> begin(Visit& visit) {
  CS_CO_TRY(const Card* const app, app_of(visit));
  const auto device = device_of(visit.typed_number("device"));
  if (!device) {
    Page page = device_page(visit, *app);
    page.wrong("device", visit.words()("authenticator.choose"));
    co_return visit.show_again(std::move(page));
  }
  CS_CO_TRY(const std::uint64_t factor, co_await enrol(visit, *app));
  co_return go_to(std::string{app->path} + "/scan?factor=" + std::to_string(factor) +
                  "&device=" + std::to_string(static_cast<int>(*device)));
}

// It is confirmed, in another tab or by a first press of the button; or too old.
awaitable<Result<Response>> after_secret(Visit& visit, const Card& app, std::uint64_t factor) {
  const auto active = co_await is_active(visit, factor);
  if (active && *active) co_return go_to(factors_after(factor));
  if (!active && active.error().code != ErrorCode::not_found) co_return active.error();
  co_return go_to(std::string{app.path} + "?expired=1");
}

awaitable<Result<Response>> show_scan(Visit& visit) {
  CS_CO_TRY(const Card* const app, app_of(visit));
  const std::uint64_t factor = visit.asked_number("factor");
  const auto secret = co_await pending_secret(visit, factor);
  if (!secret && secret.error().code != ErrorCode::not_found) co_return secret.error();
  if (!secret) co_return co_await after_secret(visit, *app, factor);
  const auto device = device_of(visit.asked_number("device"));
  CS_CO_TRY(Page page, scan_page(visit, *app, *secret, device.value_or(Device::other)));
  co_return visit.show(std::move(page));
}

// A code that cannot be one is wrong.
awaitable<Result<v1::Verdict>> confirm_by(Visit& visit, std::uint64_t factor) {
  v1::Request request;
  v1::ConfirmFactor& confirm = *request.mutable_confirm_factor();
  confirm.set_factor_id(factor);
  confirm.set_passcode(std::string{visit.typed("code")});
  confirm.set_client_address(visit.request().client_address);
  auto reply = co_await visit.ask(std::move(request));
  if (reply) co_return reply->verdict();
  if (reply.error().code != ErrorCode::malformed) co_return reply.error();
  co_return v1::Verdict{};
}

awaitable<Result<Response>> confirm(Visit& visit) {
  CS_CO_TRY(const Card* const app, app_of(visit));
  const std::uint64_t factor = visit.typed_number("factor");
  const auto secret = co_await pending_secret(visit, factor);
  if (!secret && secret.error().code != ErrorCode::not_found) co_return secret.error();
  if (!secret) co_return co_await after_secret(visit, *app, factor);
  const auto verdict = co_await confirm_by(visit, factor);
  if (!verdict && verdict.error().code != ErrorCode::conflict) co_return verdict.error();
  if (!verdict) co_return co_await after_secret(visit, *app, factor);
  if (verdict->answer() == v1::ACCEPTED) co_return go_to(factors_after(factor));
  const auto device = device_of(visit.typed_number("device"));
  CS_CO_TRY(Page page, scan_page(visit, *app, *secret, device.value_or(Device::other)));
  const bool is_wrong =
      verdict->reason() == v1::WRONG_CODE || verdict->reason() == v1::REASON_UNSPECIFIED;
  page.wrong("code", is_wrong ? visit.words()("authenticator.wrong_code")
                              : refusal_text(visit.words(), *verdict));
  co_return visit.show_again(std::move(page));
}

constexpr std::array<Route, 4> kRoutes{{
    {Method::get, "/factors/authenticator/{id}", Access::set_up, &show_devices},
    {Method::post, "/factors/authenticator/{id}", Access::set_up, &begin},
    {Method::get, "/factors/authenticator/{id}/scan", Access::set_up, &show_scan},
    {Method::post, "/factors/authenticator/{id}/scan", Access::set_up, &confirm},
}};

}  // namespace

Routes authenticator_routes() { return kRoutes; }

}  // namespace countersign::companion
