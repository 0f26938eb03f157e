// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/language.hpp"

#include "companion/door/own_path.hpp"

#include <array>
#include <chrono>
#include <string>

namespace countersign::companion {
namespace {

constexpr std::chrono::hours kAge{24 * 365};

// What is no language of ours is not kept: it would stand in a header as it was typed.
awaitable<Result<Response>> choose(Visit& visit) {
  const std::string_view tag = visit.typed("language");
  if (visit.languages().all().contains(tag)) visit.keep(kLanguageCookie, std::string{tag}, kAge);
  const std::string_view next = visit.typed("next");
  co_return go_to(std::string{is_path_of_ours(next) ? next : "/"});
}

constexpr std::array<Route, 1> kRoutes{{{Method::post, "/language", Access::anyone, &choose}}};

}  // namespace

Routes language_routes() { return kRoutes; }

}  // namespace countersign::companion
