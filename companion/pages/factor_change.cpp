// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/factor_change.hpp"

#include "companion/pages/card.hpp"
#include "companion/pages/factors.hpp"
#include "companion/pages/own_factors.hpp"
#include "companion/pages/proof_first.hpp"

#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::string_view kAfterContact = "/account?done=contact";

// The password and the questions are changed, and never gone: they have pages of their own.
bool may_be_asked_for(v1::FactorKind kind) {
  return kind != v1::PASSWORD && kind != v1::RESET_QUESTION && kind != v1::PRIMARY_EMAIL;
}

bool is_contact(v1::FactorKind kind) {
  return kind == v1::RESET_PHONE || kind == v1::MOBILE || kind == v1::SECONDARY_EMAIL;
}

std::string list_of(v1::FactorKind kind) {
  if (kind == v1::DEVICE) return "/account/sessions";
  return is_contact(kind) ? "/account" : "/factors";
}

std::string after_removal(const v1::Factor& factor) {
  if (factor.kind() == v1::DEVICE) return "/account/sessions";
  if (is_contact(factor.kind())) return std::string{kAfterContact};
  return factors_after_removal(factor.id());
}

// The factor that the address names. Fails with `not_found`.
awaitable<Result<v1::Factor>> factor_here(Visit& visit) {
  CS_CO_TRY(const v1::FactorList list, co_await own_factors(visit));
  const v1::Factor* const factor = find_factor(list, visit.id_number());
  if (factor == nullptr || !may_be_asked_for(factor->kind())) {
    co_return Error{ErrorCode::not_found, "factor"};
  }
  co_return *factor;
}

bool is_gone(const v1::Factor& factor) { return factor.state() == v1::REVOKED; }

Page rename_page(Visit& visit, const v1::Factor& factor) {
  const Catalogue& words = visit.words();
  Page page = visit.page_titled("factor_rename",
                                words("rename.title", {{"method", name_of(words, factor)}}));
  page.set("PATH", "/factors/" + std::to_string(factor.id()) + "/rename");
  page.set("BACK_PATH", list_of(factor.kind()));
  page.field("NICKNAME_FIELD",
             {.name = "nickname",
              .label = words("rename.field"),
              .value = visit.is_post() ? std::string{visit.typed("nickname")} : nickname_of(factor),
              .hint = words("rename.hint"),
              .length_max = kNicknameLengthMax,
              .required = false,
              .autocapitalize = "sentences"});
  return page;
}

awaitable<Result<Response>> show_rename(Visit& visit) {
  CS_CO_TRY(const v1::Factor factor, co_await factor_here(visit));
  if (is_gone(factor)) co_return go_to(list_of(factor.kind()));
  CS_CO_CHECK(co_await proof_first(visit));
  co_return visit.show(rename_page(visit, factor));
}

awaitable<Result<Response>> rename(Visit& visit) {
  CS_CO_TRY(const v1::Factor factor, co_await factor_here(visit));
  const Card* const card = card_of(factor);
  const std::string nickname{visit.typed("nickname")};
  v1::Request request;
  request.mutable_rename_factor()->set_factor_id(factor.id());
  request.mutable_rename_factor()->set_label(card != nullptr ? label_of(*card, nickname)
                                                             : nickname);
  const auto reply = co_await visit.ask(std::move(request));
  if (reply) co_return go_to(std::string{kFactorsAfterRenaming});
  const ErrorCode code = reply.error().code;
  if (code == ErrorCode::conflict) co_return go_to(list_of(factor.kind()));
  if (code != ErrorCode::malformed && code != ErrorCode::limit_exceeded) co_return reply.error();
  Page page = rename_page(visit, factor);
  page.wrong("nickname", visit.words()("rename.wrong"));
  co_return visit.show_again(std::move(page));
}

Page remove_page(Visit& visit, const v1::Factor& factor, bool may_go) {
  const Catalogue& words = visit.words();
  Page page = visit.page_titled("factor_remove",
                                words("remove.title", {{"method", name_of(words, factor)}}));
  page.set("BACK_PATH", list_of(factor.kind()));
  if (!may_go) {
    page.show("STAYS");
    return page;
  }
  Block form = page.add("MAY_GO");
  form.set("TEXT", words(is_contact(factor.kind()) ? "remove.text_contact" : "remove.text"));
  form.set("PATH", "/factors/" + std::to_string(factor.id()) + "/remove");
  return page;
}

awaitable<Result<Response>> show_remove(Visit& visit) {
  CS_CO_TRY(const v1::Factor factor, co_await factor_here(visit));
  if (is_gone(factor)) co_return go_to(after_removal(factor));
  CS_CO_CHECK(co_await proof_first(visit));
  co_return visit.show(remove_page(visit, factor, true));
}

awaitable<Result<Response>> remove(Visit& visit) {
  CS_CO_TRY(const v1::Factor factor, co_await factor_here(visit));
  // A second press of the button.
  if (is_gone(factor)) co_return go_to(after_removal(factor));
  v1::Request request;
  request.mutable_revoke_factor()->set_factor_id(factor.id());
  const auto reply = co_await visit.ask(std::move(request));
  if (reply) co_return go_to(after_removal(factor));
  if (reply.error().code != ErrorCode::conflict) co_return reply.error();
  CS_CO_TRY(const v1::Factor now, co_await factor_here(visit));
  if (is_gone(now)) co_return go_to(after_removal(now));
  Page page = remove_page(visit, now, false);
  page.wrong("", visit.words()("remove.last"));
  co_return visit.show_again(std::move(page));
}

constexpr std::array<Route, 4> kRoutes{{
    {Method::get, "/factors/{id}/rename", Access::account, &show_rename},
    {Method::post, "/factors/{id}/rename", Access::account, &rename},
    {Method::get, "/factors/{id}/remove", Access::account, &show_remove},
    {Method::post, "/factors/{id}/remove", Access::account, &remove},
}};

}  // namespace

Routes factor_change_routes() { return kRoutes; }

}  // namespace countersign::companion
