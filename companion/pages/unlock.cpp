// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/unlock.hpp"

#include "companion/pages/recovery.hpp"

#include <array>
#include <utility>

namespace countersign::companion {
namespace {

constexpr Recovery kUnlock{.path = "/unlock",
                           .title = "unlock.title",
                           .text = "unlock.text",
                           .button = "unlock.button",
                           .by_email = "unlock.by_email",
                           .code_title = "unlock.code_title",
                           .purpose = v1::UNLOCK,
                           .next = "/unlock/done"};
constexpr Ways kWays{.sms = true, .email = true};

awaitable<Result<Response>> show_unlock(Visit& visit) {
  co_return visit.show(recovery_page(visit, kUnlock, kWays));
}

awaitable<Result<Response>> begin(Visit& visit) {
  const Asker asker = typed_asker(visit, kWays);
  Page page = recovery_page(visit, kUnlock, kWays);
  say_missing(page, asker);
  if (page.has_errors()) co_return visit.show_again(std::move(page));
  co_return co_await send_code(visit, kUnlock, asker, std::move(page));
}

awaitable<Result<Response>> send_another(Visit& visit) {
  co_return co_await send_again(visit, kUnlock);
}
awaitable<Result<Response>> show_where_to_type(Visit& visit) {
  co_return show_code(visit, kUnlock);
}
awaitable<Result<Response>> answer(Visit& visit) { co_return co_await answer_code(visit, kUnlock); }

awaitable<Result<Response>> show_done(Visit& visit) {
  co_return visit.show(visit.page("unlock_done", "unlock.done_title"));
}

constexpr std::array<Route, 6> kRoutes{{
    {Method::get, "/unlock", Access::anyone, &show_unlock},
    {Method::post, "/unlock", Access::anyone, &begin},
    {Method::post, "/unlock/send", Access::anyone, &send_another},
    {Method::get, "/unlock/code", Access::anyone, &show_where_to_type},
    {Method::post, "/unlock/code", Access::anyone, &answer},
    {Method::get, "/unlock/done", Access::anyone, &show_done},
}};

}  // namespace

Routes unlock_routes() { return kRoutes; }

}  // namespace countersign::companion
