// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/sent_code.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::size_t kCodeBytesMax = 32;
constexpr std::uint32_t kMinuteSeconds = 60;
constexpr std::uint64_t kWaitSecondsMax = 3600;

std::int64_t now_seconds(const Visit& visit) {
  return std::chrono::floor<std::chrono::seconds>(visit.now()).time_since_epoch().count();
}

// From the form that was typed into, or from the address.
std::uint64_t told(const Visit& visit, std::string_view name) {
  return visit.is_post() ? visit.typed_number(name) : visit.asked_number(name);
}

// How long until another code may be asked for, also after the page was loaded again.
std::int64_t wait_seconds(const Visit& visit) {
  // Somebody may have made the address up.
  const std::uint64_t until = told(visit, "until");
  const auto now = static_cast<std::uint64_t>(now_seconds(visit));
  if (until <= now) return 0;
  return static_cast<std::int64_t>(std::min(until - now, kWaitSecondsMax));
}

}  // namespace

std::string code_location(const Visit& visit, const CodePage& page,
                          const v1::Challenge& challenge) {
  const std::int64_t until = now_seconds(visit) + challenge.delivery().retry_after_seconds();
  return page.path + "?challenge=" + std::to_string(challenge.challenge_id()) +
         "&factor=" + std::to_string(challenge.factor_id()) +
         "&minutes=" + std::to_string(challenge.lifetime_seconds() / kMinuteSeconds) +
         "&until=" + std::to_string(until) + (page.next.empty() ? "" : "&next=" + page.next);
}

Page code_page(Visit& visit, const CodePage& about) {
  const Catalogue& words = visit.words();
  Page page = visit.page("code", about.title);
  page.set("PATH", about.path);
  page.set("SEND_PATH", about.send_path);
  page.set_everywhere("CHALLENGE", std::to_string(told(visit, "challenge")));
  page.set_everywhere("FACTOR", std::to_string(told(visit, "factor")));
  page.set_everywhere("MINUTES", std::to_string(told(visit, "minutes")));
  page.set_everywhere("UNTIL", std::to_string(told(visit, "until")));
  page.set_everywhere("NEXT", about.next);
  page.set("SENT_TEXT", about.destination.empty()
                            ? words(about.sent)
                            : words("code.sent_to", {{"destination", about.destination}}));
  const auto minutes = static_cast<std::int64_t>(told(visit, "minutes"));
  page.set("EXPIRES_TEXT", words("code.expires", {{"minutes", minutes}}));
  page.set("WAIT_SECONDS", wait_seconds(visit));
  if (!about.back_path.empty()) {
    Block back = page.add("BACK");
    back.set("BACK_PATH", about.back_path);
    back.set("BACK_TEXT", words(about.back));
  }
  page.code("CODE_FIELD", {.name = "code",
                           .label = words("field.code"),
                           .autocomplete = "one-time-code",
                           .inputmode = "numeric",
                           .length_max = kCodeBytesMax,
                           .focus = true});
  return page;
}

v1::Request code_answer(Visit& visit, v1::Purpose purpose) {
  v1::Request request;
  v1::AnswerChallenge& answer = *request.mutable_answer_challenge();
  answer.set_challenge_id(visit.typed_number("challenge"));
  answer.set_passcode(std::string{visit.typed("code")});
  answer.set_purpose(purpose);
  answer.set_client_address(visit.request().client_address);
  return request;
}

awaitable<Result<std::string>> destination_of(Visit& visit, std::uint64_t factor_id) {
  v1::Request request;
  request.mutable_list_factors();
  CS_CO_TRY(const v1::Reply reply, co_await visit.ask(std::move(request)));
  const auto& factors = reply.factor_list().factors();
  const auto found = std::ranges::find(factors, factor_id, &v1::Factor::id);
  co_return found == factors.end() ? std::string{} : found->masked_destination();
}

}  // namespace countersign::companion
