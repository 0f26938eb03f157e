// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/prove.hpp"

#include "companion/pages/card.hpp"
#include "companion/pages/errand.hpp"
#include "companion/pages/method.hpp"
#include "companion/pages/own_factors.hpp"
#include "companion/pages/proof_first.hpp"
#include "companion/pages/sent_code.hpp"
#include "companion/pages/verdict.hpp"
#include "companion/pages/way.hpp"

#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

// What is still missing.
struct Missing {
  bool password = false;
  bool factor = false;
};

Missing missing_of(const Visit& visit) {
  const http::Form& form = visit.request().form;
  return {.password = form.find("password") != nullptr, .factor = form.find("factor") != nullptr};
}

// Another way, where one was pressed.
std::uint64_t wanted_factor(const Visit& visit) {
  const std::uint64_t other = visit.typed_number("way");
  return other != 0 ? other : visit.typed_number("factor");
}

// A code that is on its way, as the form has it.
SentCode sent_of(const Visit& visit) {
  const bool goes_on = visit.typed_number("way") == 0;
  return goes_on ? typed_sent_code(visit) : SentCode{};
}

void offer_others(Page& page, const v1::FactorList& list, std::uint64_t chosen) {
  if (list.factors().size() < 2) return;
  Block others = page.add("OTHERS");
  for (const v1::Factor& factor : list.factors()) {
    if (factor.id() == chosen) continue;
    Block other = others.add("OTHER");
    other.set("OTHER_ID", std::to_string(factor.id()));
    other.set("OTHER_TEXT", name_of(page.words(), factor));
  }
}

awaitable<Status> ask_for_factor(Visit& visit, Page& page, const SentCode& sent, bool focus) {
  CS_CO_TRY(const v1::FactorList list, co_await ways(visit));
  const v1::Factor* const chosen = chosen_way(list, wanted_factor(visit));
  if (chosen == nullptr) {
    CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
    say_no_way(page, realm);
    co_return Status{};
  }
  offer_others(page, list, chosen->id());
  const bool is_under_way = sent.challenge != 0 && is_sent(chosen->kind());
  if (!is_under_way) co_return co_await fill_way(visit, page, *chosen, focus);
  page.show("WAY");
  page.set("METHOD", name_of(visit.words(), *chosen));
  page.set("FACTOR", std::to_string(chosen->id()));
  page.show("SENT");
  fill_sent_code(visit, page, sent, chosen->masked_destination());
  co_return Status{};
}

awaitable<Result<Page>> prove_page(Visit& visit, Missing missing, SentCode sent) {
  const Catalogue& words = visit.words();
  Page page = visit.page("prove", "prove.title");
  take_along(visit, page);
  page.set("USERNAME", visit.session().subject().username());
  if (missing.password) {
    page.field("PASSWORD_FIELD", {.name = "password",
                                  .label = words("field.password"),
                                  .type = "password",
                                  .autocomplete = "current-password",
                                  .focus = true,
                                  .reveal = true});
  }
  if (missing.factor) {
    CS_CO_CHECK(co_await ask_for_factor(visit, page, sent, !missing.password));
  } else {
    page.show("ALONE");
  }
  co_return page;
}

awaitable<Result<Response>> show_missing(Visit& visit, Missing missing, SentCode sent) {
  CS_CO_TRY(Page page, co_await prove_page(visit, missing, sent));
  co_return visit.show(std::move(page));
}

// Where nothing is missing, or no longer, this is no page to be kept at.
awaitable<Result<Response>> show_prove(Visit& visit) {
  CS_CO_CHECK(co_await proof_first(visit));
  co_return go_on(visit);
}

awaitable<Result<v1::Verdict>> prove_password(Visit& visit) {
  v1::Request request;
  request.mutable_reauthenticate()->set_password(std::string{visit.typed("password")});
  request.mutable_reauthenticate()->set_client_address(visit.request().client_address);
  co_return co_await verdict_of(visit, std::move(request));
}

awaitable<Result<Response>> refuse_password(Visit& visit, const v1::Verdict& verdict) {
  CS_CO_TRY(Page page, co_await prove_page(visit, missing_of(visit), sent_of(visit)));
  const bool is_throttled = verdict.reason() == v1::THROTTLED;
  page.wrong("password", is_throttled ? refusal_text(visit.words(), verdict)
                                      : visit.words()("prove.wrong_password"));
  if (is_locked(verdict)) page.show("LOCKED");
  co_return visit.show_again(std::move(page));
}

awaitable<Result<Response>> send(Visit& visit, const v1::Factor* factor) {
  const Missing missing{.password = false, .factor = true};
  CS_CO_TRY(const v1::Challenge challenge, co_await send_way(visit, factor));
  if (challenge.delivery().outcome() == v1::ACCEPTED_FOR_DELIVERY) {
    co_return co_await show_missing(visit, missing, sent_code_of(visit, challenge));
  }
  CS_CO_TRY(Page page, co_await prove_page(visit, missing, sent_of(visit)));
  page.wrong("", delivery_text(visit.words(), challenge.delivery()));
  co_return visit.show_again(std::move(page));
}

// The factor, once the password is known to be right.
awaitable<Result<Response>> prove_factor(Visit& visit) {
  CS_CO_TRY(const v1::FactorList list, co_await ways(visit));
  const v1::Factor* const factor = find_factor(list, visit.typed_number("factor"));
  if (!visit.typed("send").empty()) co_return co_await send(visit, factor);
  const v1::FactorKind kind = factor == nullptr ? v1::FACTOR_KIND_UNSPECIFIED : factor->kind();
  CS_CO_TRY(const Shown shown, co_await check_way(visit, kind));
  if (shown.accepted) co_return go_on(visit);
  const Missing missing{.password = false, .factor = true};
  CS_CO_TRY(Page page, co_await prove_page(visit, missing, sent_of(visit)));
  say_refused(page, shown);
  co_return visit.show_again(std::move(page));
}

awaitable<Result<Response>> prove(Visit& visit) {
  Missing missing = missing_of(visit);
  const bool is_other_way = visit.typed_number("way") != 0;
  const bool has_password = !visit.typed("password").empty();
  // Whoever looks for another way first has not forgotten it.
  if (missing.password && (has_password || !is_other_way)) {
    CS_CO_TRY(const v1::Verdict verdict, co_await prove_password(visit));
    if (verdict.answer() != v1::ACCEPTED) co_return co_await refuse_password(visit, verdict);
    missing.password = false;
  }
  if (is_other_way) co_return co_await show_missing(visit, missing, sent_of(visit));
  if (missing.factor) co_return co_await prove_factor(visit);
  co_return go_on(visit);
}

constexpr std::array<Route, 2> kRoutes{{
    {Method::get, kProvePath, Access::account, &show_prove},
    {Method::post, kProvePath, Access::account, &prove},
}};

}  // namespace

awaitable<Result<Response>> ask_for_proof(Visit& visit) {
  const v1::ProofNeeded& needed = visit.proof_needed();
  const Missing missing{.password = needed.password(), .factor = needed.factor()};
  const SentCode none;
  co_return co_await show_missing(visit, missing, none);
}

Routes prove_routes() { return kRoutes; }

}  // namespace countersign::companion
