// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/prove.hpp"

#include "companion/door/own_path.hpp"
#include "companion/pages/method.hpp"
#include "companion/pages/second_step.hpp"
#include "companion/pages/verdict.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::string_view kPath = "/account/prove";
constexpr std::string_view kKept = "kept.";
// What is typed anew each time: it is not written into a page.
constexpr std::array<std::string_view, 8> kNotKept{
    {"csrf", "once", "password", "current", "new", "repeat", "answer", "code"}};

// What somebody was doing when a proof was needed.
struct Errand {
  std::string path = "/account";
  bool is_form = false;
};

Errand errand_of(const Visit& visit) {
  const std::string& path = visit.request().path;
  if (path != kPath) return {.path = path, .is_form = visit.is_post()};
  const std::string_view next = visit.is_post() ? visit.typed("next") : visit.asked("next");
  if (!is_next_of_ours(next)) return {};
  return {.path = std::string{next}, .is_form = visit.typed("form") == "1"};
}

// The fields of the errand's form: as they were typed, or as they came along so far.
std::vector<http::Form::Field> kept_of(const Visit& visit) {
  std::vector<http::Form::Field> kept;
  const bool is_on_the_way = visit.request().path == kPath;
  for (const http::Form::Field& field : visit.request().form.fields()) {
    std::string_view name = field.name;
    if (is_on_the_way != name.starts_with(kKept)) continue;
    if (is_on_the_way) name.remove_prefix(kKept.size());
    if (std::ranges::find(kNotKept, name) != kNotKept.end()) continue;
    kept.push_back({.name = std::string{name}, .value = field.value});
  }
  return kept;
}

awaitable<Result<bool>> has_typed_factor(Visit& visit) {
  v1::Request request;
  request.mutable_list_factors();
  CS_CO_TRY(const v1::Reply reply, co_await visit.ask(std::move(request)));
  co_return std::ranges::any_of(reply.factor_list().factors(), [](const v1::Factor& factor) {
    return factor.state() == v1::ACTIVE && is_typed(factor.kind());
  });
}

Page prove_page(Visit& visit, bool password, bool code) {
  const Catalogue& words = visit.words();
  const Errand errand = errand_of(visit);
  Page page = visit.page("prove", "prove.title");
  page.set("NEXT", errand.path);
  if (errand.is_form) page.show("IS_FORM");
  for (const http::Form::Field& field : kept_of(visit)) {
    Block kept = page.add("KEPT");
    kept.set("KEPT_NAME", field.name);
    kept.set("KEPT_VALUE", field.value);
  }
  page.set("USERNAME", visit.session().subject().username());
  if (password) {
    page.field("PASSWORD_FIELD", {.name = "password",
                                  .label = words("field.password"),
                                  .type = "password",
                                  .autocomplete = "current-password",
                                  .focus = true,
                                  .reveal = true});
  }
  if (!code) return page;
  page.code("CODE_FIELD", {.name = "code",
                           .label = words("field.code"),
                           .autocomplete = "one-time-code",
                           .inputmode = "text",
                           .hint = words("prove.code_hint"),
                           .length_max = 128,
                           .focus = !password});
  page.add("OTHER_WAY").set("OTHER_PATH", std::string{kProofStep.path} + "?next=" + errand.path);
  return page;
}

awaitable<Result<Response>> show_prove(Visit& visit) {
  CS_CO_TRY(const bool code, co_await has_typed_factor(visit));
  co_return visit.show(prove_page(visit, true, code));
}

// A verdict about the password or the code; an input that can be neither is wrong.
awaitable<Result<v1::Verdict>> verdict_of(Visit& visit, v1::Request request) {
  auto reply = co_await visit.ask(std::move(request));
  if (reply) co_return reply->verdict();
  if (reply.error().code != ErrorCode::malformed) co_return reply.error();
  co_return v1::Verdict{};
}

awaitable<Result<v1::Verdict>> prove_password(Visit& visit) {
  v1::Request request;
  request.mutable_reauthenticate()->set_password(std::string{visit.typed("password")});
  request.mutable_reauthenticate()->set_client_address(visit.request().client_address);
  co_return co_await verdict_of(visit, std::move(request));
}

awaitable<Result<v1::Verdict>> prove_code(Visit& visit) {
  v1::Request request;
  request.mutable_prove_factor()->set_passcode(std::string{visit.typed("code")});
  request.mutable_prove_factor()->set_client_address(visit.request().client_address);
  co_return co_await verdict_of(visit, std::move(request));
}

// The errand goes on: a page is shown, a form waits behind a button.
Response go_on(Visit& visit) {
  const Errand errand = errand_of(visit);
  if (!errand.is_form) return go_to(errand.path);
  Page page = visit.page("carry_on", "carry_on.title");
  page.set("PATH", errand.path);
  for (const http::Form::Field& field : kept_of(visit)) {
    Block kept = page.add("KEPT");
    kept.set("KEPT_NAME", field.name);
    kept.set("KEPT_VALUE", field.value);
  }
  return visit.show(std::move(page));
}

awaitable<Result<Response>> prove(Visit& visit) {
  const bool password = visit.request().form.find("password") != nullptr;
  const bool code = visit.request().form.find("code") != nullptr;
  const Catalogue& words = visit.words();
  Page page = prove_page(visit, password, code);
  if (password) {
    CS_CO_TRY(const v1::Verdict verdict, co_await prove_password(visit));
    if (verdict.answer() != v1::ACCEPTED) {
      page.wrong("password", verdict.reason() == v1::THROTTLED ? refusal_text(words, verdict)
                                                               : words("prove.wrong_password"));
      co_return visit.show_again(std::move(page));
    }
  }
  if (!visit.typed("code").empty()) {
    CS_CO_TRY(const v1::Verdict verdict, co_await prove_code(visit));
    if (verdict.answer() != v1::ACCEPTED) {
      page.wrong("code", refusal_text(words, verdict));
      co_return visit.show_again(std::move(page));
    }
  }
  co_return go_on(visit);
}

constexpr std::array<Route, 2> kRoutes{{
    {Method::get, kPath, Access::account, &show_prove},
    {Method::post, kPath, Access::account, &prove},
}};

}  // namespace

awaitable<Result<Response>> ask_for_proof(Visit& visit) {
  const v1::ProofNeeded& needed = visit.proof_needed();
  bool code = false;
  if (needed.factor()) {
    CS_CO_TRY(code, co_await has_typed_factor(visit));
    const bool is_sent_alone = !code && !needed.password();
    if (is_sent_alone) {
      co_return go_to(std::string{kProofStep.path} + "?next=" + errand_of(visit).path);
    }
  }
  co_return visit.show(prove_page(visit, needed.password(), code));
}

Routes prove_routes() { return kRoutes; }

}  // namespace countersign::companion
