// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/way.hpp"

#include "companion/pages/card.hpp"
#include "companion/pages/method.hpp"
#include "companion/pages/own_factors.hpp"
#include "companion/pages/question.hpp"
#include "companion/pages/sent_code.hpp"
#include "companion/pages/typed_otp.hpp"
#include "companion/pages/verdict.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::size_t kCodeBytesMax = 128;
// Two taps, and what was pasted around them.
constexpr std::size_t kTapBytesMax = 256;

bool can_be_asked_for(const v1::Factor& factor) {
  return factor.state() == v1::ACTIVE &&
         (is_typed(factor.kind()) || is_sent(factor.kind()) || factor.kind() == v1::QUESTION);
}

std::string_view type_text(v1::FactorKind kind) {
  switch (kind) {
    case v1::TOTP:
      return "second_step.type_totp";
    case v1::YUBICO_OTP:
      return "second_step.tap";
    case v1::RECOVERY_CODES:
      return "second_step.type_recovery";
    case v1::TEMPORARY_CODE:
      return "second_step.type_temporary";
    default:
      return "second_step.type_code";
  }
}

awaitable<Status> fill_question(Visit& visit, Page& page, bool focus) {
  v1::Request request;
  request.mutable_get_question();
  CS_CO_TRY(const v1::Reply reply, co_await visit.ask(std::move(request)));
  page.show("ANSWER");
  page.set("QUESTION", question_text(visit.words(), reply.question()));
  page.field("ANSWER_FIELD", {.name = "answer",
                              .label = visit.words()("field.answer"),
                              .type = "password",
                              .focus = focus,
                              .reveal = true});
  co_return Status{};
}

void fill_code(Page& page, v1::FactorKind kind, bool focus) {
  const Catalogue& words = page.words();
  page.show("TYPE");
  page.set("TYPE_TEXT", words(type_text(kind)));
  if (kind == v1::YUBICO_OTP) {
    page.input("CODE_FIELD", "yubikey",
               {.name = "code",
                .label = words("yubikey.field"),
                .hint = words("yubikey.hint"),
                .length_max = kTapBytesMax,
                .focus = focus});
    return;
  }
  page.code("CODE_FIELD", {.name = "code",
                           .label = words("field.code"),
                           .autocomplete = "one-time-code",
                           .inputmode = kind == v1::TOTP ? "numeric" : "text",
                           .length_max = kCodeBytesMax,
                           .focus = focus});
}

v1::Request answer_request(Visit& visit) {
  v1::Request request;
  v1::AnswerQuestion& answer = *request.mutable_answer_question();
  answer.set_answer(std::string{visit.typed("answer")});
  answer.set_client_address(visit.request().client_address);
  return request;
}

v1::Request code_request(Visit& visit, std::string code) {
  v1::Request request;
  v1::ProveFactor& prove = *request.mutable_prove_factor();
  prove.set_passcode(std::move(code));
  prove.set_client_address(visit.request().client_address);
  return request;
}

awaitable<Result<Shown>> ask_about(Visit& visit, v1::FactorKind kind, v1::Request request) {
  CS_CO_TRY(const v1::Verdict verdict, co_await verdict_of(visit, std::move(request)));
  Shown shown{.accepted = verdict.answer() == v1::ACCEPTED};
  if (kind == v1::QUESTION) shown.field = "answer";
  if (shown.accepted) co_return shown;
  shown.text = refusal_text(visit.words(), verdict, kind);
  shown.locked = is_locked(verdict);
  co_return shown;
}

}  // namespace

awaitable<Result<v1::FactorList>> ways(Visit& visit) {
  CS_CO_TRY(v1::FactorList list, co_await own_factors(visit));
  v1::FactorList usable;
  for (v1::Factor& factor : *list.mutable_factors()) {
    if (can_be_asked_for(factor)) usable.add_factors()->Swap(&factor);
  }
  std::ranges::stable_sort(*usable.mutable_factors(), std::greater{}, &v1::Factor::accepted_at_ms);
  co_return usable;
}

const v1::Factor* chosen_way(const v1::FactorList& list, std::uint64_t id) {
  const v1::Factor* const found = find_factor(list, id);
  if (found != nullptr || list.factors().empty()) return found;
  return &list.factors(0);
}

awaitable<Status> fill_way(Visit& visit, Page& page, const v1::Factor& factor, bool focus) {
  const Catalogue& words = visit.words();
  page.set_everywhere("FACTOR", std::to_string(factor.id()));
  page.show("WAY");
  page.set("METHOD", name_of(words, factor));
  if (is_sent(factor.kind())) {
    Block send = page.add("SEND");
    send.set("SEND_TEXT",
             words("second_step.send", {{"destination", factor.masked_destination()}}));
    if (focus) send.show("SEND_FIRST");
    co_return Status{};
  }
  if (factor.kind() == v1::QUESTION) co_return co_await fill_question(visit, page, focus);
  fill_code(page, factor.kind(), focus);
  co_return Status{};
}

void say_no_way(Page& page, const v1::RealmDescription& realm) {
  const std::string& support = realm.support();
  page.add("NONE").set("NONE_TEXT",
                       page.words()(support.empty() ? "second_step.none" : "second_step.none_ask",
                                    {{"support", support}}));
}

awaitable<Result<Shown>> check_way(Visit& visit, v1::FactorKind kind) {
  v1::Request request;
  if (is_sent(kind) || kind == v1::QUESTION) {
    request = is_sent(kind) ? code_answer(visit, v1::SIGN_IN) : answer_request(visit);
    co_return co_await ask_about(visit, kind, std::move(request));
  }
  const std::string_view typed = visit.typed("code");
  const TypedOtp otp = read_typed_otp(typed);
  const bool is_otp = otp.form == TypedOtp::Form::otp;
  if (kind == v1::YUBICO_OTP && !is_otp) {
    const std::string_view fault = fault_of(otp.form);
    co_return Shown{.text = visit.words()(fault)};
  }
  request = code_request(visit, is_otp ? otp.text : std::string{typed});
  co_return co_await ask_about(visit, kind, std::move(request));
}

void say_refused(Page& page, const Shown& shown) {
  page.wrong(shown.field, shown.text);
  if (shown.locked) page.show("LOCKED");
}

awaitable<Result<v1::Challenge>> send_way(Visit& visit, const v1::Factor* factor) {
  if (factor == nullptr || !is_sent(factor->kind())) {
    co_return Error{ErrorCode::not_found, "factor"};
  }
  v1::Request request;
  v1::StartChallenge& start = *request.mutable_start_challenge();
  start.set_factor_id(factor->id());
  // The daemon would take it for a security key's.
  start.set_kind(factor->kind());
  start.set_purpose(v1::SIGN_IN);
  start.set_client_address(visit.request().client_address);
  start.set_language(visit.words().language());
  CS_CO_TRY(v1::Reply reply, co_await visit.ask(std::move(request)));
  co_return std::move(*reply.mutable_challenge());
}

}  // namespace countersign::companion
