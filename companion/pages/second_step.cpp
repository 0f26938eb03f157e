// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/second_step.hpp"

#include "companion/pages/card.hpp"
#include "companion/pages/method.hpp"
#include "companion/pages/next.hpp"
#include "companion/pages/own_factors.hpp"
#include "companion/pages/sent_code.hpp"
#include "companion/pages/verdict.hpp"
#include "companion/pages/way.hpp"

#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::string_view kTitle = "second_step.title";
constexpr std::string_view kCodePath = "/sign-in/factor/code";
constexpr std::string_view kSendPath = "/sign-in/factor/send";

std::uint64_t wanted_factor(const Visit& visit) {
  return visit.is_post() ? visit.typed_number("factor") : visit.asked_number("factor");
}

std::string path_of(std::string_view next, std::uint64_t factor) {
  std::string path{kSecondStepPath};
  path += "?";
  if (factor != 0) path += "factor=" + std::to_string(factor) + "&";
  return path.append("next=").append(next);
}

CodePage code_page_of(const Visit& visit) {
  return {.title = kTitle,
          .path = std::string{kCodePath},
          .send_path = std::string{kSendPath},
          .back_path = path_of(next_of(visit), 0),
          .back = "second_step.another_way",
          .destination = {},
          .next = next_of(visit)};
}

void offer_others(Visit& visit, Page& page, const v1::FactorList& list, std::uint64_t chosen) {
  if (list.factors().size() < 2) return;
  Block others = page.add("OTHERS");
  for (const v1::Factor& factor : list.factors()) {
    if (factor.id() == chosen) continue;
    Block other = others.add("OTHER");
    other.set("OTHER_PATH", path_of(next_of(visit), factor.id()));
    other.set("OTHER_TEXT", name_of(visit.words(), factor));
  }
}

// One way to go on, the one that was used last unless another was chosen, and the others.
awaitable<Result<Page>> way_page(Visit& visit) {
  CS_CO_TRY(const v1::FactorList list, co_await ways(visit));
  Page page = visit.page("second_step", kTitle);
  page.set_everywhere("NEXT", next_of(visit));
  const v1::Factor* const chosen = chosen_way(list, wanted_factor(visit));
  if (chosen == nullptr) {
    CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
    say_no_way(page, realm);
    co_return page;
  }
  page.set("PATH", is_sent(chosen->kind()) ? kSendPath : kSecondStepPath);
  CS_CO_CHECK(co_await fill_way(visit, page, *chosen, true));
  offer_others(visit, page, list, chosen->id());
  co_return page;
}

awaitable<Result<Response>> show_way(Visit& visit) {
  CS_CO_TRY(Page page, co_await way_page(visit));
  co_return visit.show(std::move(page));
}

awaitable<Result<Response>> show(Visit& visit) {
  CS_CO_TRY(const v1::FactorList list, co_await ways(visit));
  const v1::Factor* const factor = find_factor(list, visit.typed_number("factor"));
  const v1::FactorKind kind = factor == nullptr ? v1::FACTOR_KIND_UNSPECIFIED : factor->kind();
  CS_CO_TRY(const Shown shown, co_await check_way(visit, kind));
  if (shown.accepted) co_return go_to(next_of(visit));
  CS_CO_TRY(Page page, co_await way_page(visit));
  say_refused(page, shown);
  co_return visit.show_again(std::move(page));
}

awaitable<Result<Page>> sent_page(Visit& visit) {
  CodePage about = code_page_of(visit);
  CS_CO_TRY(about.destination, co_await destination_of(visit, wanted_factor(visit)));
  co_return code_page(visit, about);
}

awaitable<Result<Response>> send(Visit& visit) {
  CS_CO_TRY(const v1::FactorList list, co_await ways(visit));
  const v1::Factor* const factor = find_factor(list, visit.typed_number("factor"));
  CS_CO_TRY(const v1::Challenge challenge, co_await send_way(visit, factor));
  if (challenge.delivery().outcome() == v1::ACCEPTED_FOR_DELIVERY) {
    co_return go_to(code_location(visit, code_page_of(visit), challenge));
  }
  // Another one was asked for: the first may still be typed.
  const bool is_under_way = visit.typed_number("challenge") != 0;
  auto asked = is_under_way ? sent_page(visit) : way_page(visit);
  CS_CO_TRY(Page page, co_await std::move(asked));
  page.wrong("", delivery_text(visit.words(), challenge.delivery()));
  co_return visit.show_again(std::move(page));
}

awaitable<Result<Response>> show_code(Visit& visit) {
  CS_CO_TRY(Page page, co_await sent_page(visit));
  co_return visit.show(std::move(page));
}

awaitable<Result<Response>> answer_code(Visit& visit) {
  CS_CO_TRY(const Shown shown, co_await check_way(visit, v1::SMS));
  if (shown.accepted) co_return go_to(next_of(visit));
  CS_CO_TRY(Page page, co_await sent_page(visit));
  say_refused(page, shown);
  co_return visit.show_again(std::move(page));
}

constexpr std::array<Route, 5> kRoutes{{
    {Method::get, kSecondStepPath, Access::sign_in, &show_way},
    {Method::post, kSecondStepPath, Access::sign_in, &show},
    {Method::post, kSendPath, Access::sign_in, &send},
    {Method::get, kCodePath, Access::sign_in, &show_code},
    {Method::post, kCodePath, Access::sign_in, &answer_code},
}};

}  // namespace

Routes second_step_routes() { return kRoutes; }

}  // namespace countersign::companion
