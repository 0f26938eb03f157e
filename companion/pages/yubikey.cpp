// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/yubikey.hpp"

#include "companion/pages/activation_steps.hpp"
#include "companion/pages/card.hpp"
#include "companion/pages/factors.hpp"
#include "companion/pages/own_factors.hpp"
#include "companion/pages/proof_first.hpp"
#include "companion/pages/question_check.hpp"
#include "companion/pages/typed_otp.hpp"
#include "companion/pages/verdict.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

// Two taps, and what was pasted around them.
constexpr std::size_t kTypedBytesMax = 256;

// Whoever was at the name when they tapped the key meant its code, and no name.
struct Typed {
  TypedOtp otp;
  std::string nickname;
};

Typed typed_in(const Visit& visit) {
  Typed typed{.otp = read_typed_otp(visit.typed("code")),
              .nickname = std::string{visit.typed("nickname")}};
  TypedOtp there = read_typed_otp(typed.nickname);
  if (there.form != TypedOtp::Form::otp) return typed;
  typed.nickname.clear();
  if (typed.otp.form == TypedOtp::Form::nothing) typed.otp = std::move(there);
  return typed;
}

Page yubikey_page(Visit& visit) {
  const Catalogue& words = visit.words();
  Page page = visit.page("yubikey", "yubikey.title");
  page.input("CODE_FIELD", "yubikey",
             {.name = "code",
              .label = words("yubikey.field"),
              .hint = words("yubikey.hint"),
              .length_max = kTypedBytesMax,
              .focus = true});
  page.field("NICKNAME_FIELD", {.name = "nickname",
                                .label = words("yubikey.nickname"),
                                .value = typed_in(visit).nickname,
                                .hint = words("yubikey.nickname_hint"),
                                .length_max = kTypedBytesMax,
                                .required = false,
                                .autocapitalize = "sentences"});
  if (sets_up(visit)) show_step(page, ActivationStep::factors);
  return page;
}

awaitable<Result<Response>> show_yubikey(Visit& visit) {
  CS_CO_CHECK(co_await proof_first(visit));
  co_return visit.show(yubikey_page(visit));
}

Response show_wrong(Visit& visit, std::string_view field, std::string text) {
  Page page = yubikey_page(visit);
  page.wrong(field, std::move(text));
  return visit.show_again(std::move(page));
}

// What became of a tap: a factor, or a verdict that it is none.
struct Tapped {
  std::uint64_t factor = 0;
  v1::Verdict verdict;
};

awaitable<Result<Tapped>> claim(Visit& visit, const Typed& typed) {
  v1::Request request;
  v1::ClaimToken& claim = *request.mutable_claim_token();
  claim.set_passcode(typed.otp.text);
  claim.set_label(typed.nickname);
  claim.set_client_address(visit.request().client_address);
  CS_CO_TRY(const v1::Reply reply, co_await visit.ask(std::move(request)));
  Tapped tapped;
  if (reply.has_factor()) {
    tapped.factor = reply.factor().id();
  } else {
    tapped.verdict = reply.verdict();
    if (tapped.verdict.answer() == v1::ACCEPTED) tapped.factor = tapped.verdict.factor_id();
  }
  co_return tapped;
}

awaitable<Result<Tapped>> confirm(Visit& visit, const TypedOtp& otp, std::uint64_t factor) {
  v1::Request request;
  v1::ConfirmFactor& confirm = *request.mutable_confirm_factor();
  confirm.set_factor_id(factor);
  confirm.set_passcode(otp.text);
  confirm.set_client_address(visit.request().client_address);
  CS_CO_TRY(const v1::Reply reply, co_await visit.ask(std::move(request)));
  Tapped tapped{.factor = 0, .verdict = reply.verdict()};
  if (tapped.verdict.answer() == v1::ACCEPTED) tapped.factor = factor;
  co_return tapped;
}

// The key that was tapped, where it is this person's: in force, or waiting for its first code.
awaitable<Result<v1::Factor>> own_key(Visit& visit, const TypedOtp& otp) {
  CS_CO_TRY(v1::FactorList list, co_await own_factors(visit));
  const auto is_it = [&otp](const v1::Factor& factor) {
    const bool is_there = factor.state() == v1::ACTIVE || factor.state() == v1::PENDING;
    return is_there && factor.kind() == v1::YUBICO_OTP && factor.public_id() == otp.public_id();
  };
  const auto found = std::ranges::find_if(list.factors(), is_it);
  co_return found == list.factors().end() ? v1::Factor{} : *found;
}

// Whose a key is that cannot be taken is not said.
std::string refused_text(const Catalogue& words, const TypedOtp& otp, const v1::Verdict& verdict,
                         const std::string& support) {
  switch (verdict.reason()) {
    case v1::REPLAYED:
      return words("yubikey.replayed");
    case v1::THROTTLED:
    case v1::SUSPENDED:
      return refusal_text(words, verdict);
    case v1::NO_SUCH_FACTOR:
      if (verdict.retry_after_seconds() != 0) break;
      return words(support.empty() ? "yubikey.unknown" : "yubikey.unknown_ask",
                   {{"id", otp.public_id()}, {"support", support}});
    default:
      break;
  }
  return words("yubikey.wrong");
}

awaitable<Result<Response>> set_up(Visit& visit) {
  const Typed typed = typed_in(visit);
  const TypedOtp& otp = typed.otp;
  if (otp.form != TypedOtp::Form::otp) {
    co_return show_wrong(visit, "code", visit.words()(fault_of(otp.form)));
  }
  if (characters_in(typed.nickname) > kNicknameLengthMax) {
    co_return show_wrong(visit, "nickname", visit.words()("rename.wrong"));
  }
  CS_CO_TRY(const v1::Factor own, co_await own_key(visit, otp));
  // A second press of the button, or of the key.
  if (own.state() == v1::ACTIVE) co_return go_to(factors_after(own.id()));
  Result<Tapped> tapped = Error{};
  if (own.id() == 0) {
    tapped = co_await claim(visit, typed);
  } else {
    tapped = co_await confirm(visit, otp, own.id());
  }
  v1::Verdict verdict;
  if (tapped) {
    if (tapped->factor != 0) co_return go_to(factors_after(tapped->factor));
    verdict = tapped->verdict;
  } else if (tapped.error().code == ErrorCode::already_exists ||
             tapped.error().code == ErrorCode::conflict) {
    verdict.set_reason(v1::NO_SUCH_FACTOR);
  } else if (tapped.error().code != ErrorCode::malformed) {
    co_return tapped.error();
  }
  CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
  co_return show_wrong(visit, "code", refused_text(visit.words(), otp, verdict, realm.support()));
}

constexpr std::array<Route, 2> kRoutes{{
    {Method::get, "/factors/yubikey", Access::set_up, &show_yubikey},
    {Method::post, "/factors/yubikey", Access::set_up, &set_up},
}};

}  // namespace

Routes yubikey_routes() { return kRoutes; }

}  // namespace countersign::companion
