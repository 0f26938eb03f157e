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
// Somebody may have made the address up.
std::int64_t wait_seconds(const Visit& visit, std::uint64_t until) {
  const auto now = static_cast<std::uint64_t>(now_seconds(visit));
  if (until <= now) return 0;
  return static_cast<std::int64_t>(std::min(until - now, kWaitSecondsMax));
}

}  // namespace

SentCode sent_code_of(const Visit& visit, const v1::Challenge& challenge) {
  const std::int64_t until = now_seconds(visit) + challenge.delivery().retry_after_seconds();
  return {.challenge = challenge.challenge_id(),
          .minutes = challenge.lifetime_seconds() / kMinuteSeconds,
          .until = static_cast<std::uint64_t>(until)};
}

SentCode typed_sent_code(const Visit& visit) {
  return {.challenge = told(visit, "challenge"),
          .minutes = told(visit, "minutes"),
          .until = told(visit, "until")};
}

void fill_sent_code(const Visit& visit, Page& page, const SentCode& sent,
                    const std::string& destination) {
  const Catalogue& words = page.words();
  page.set_everywhere("CHALLENGE", std::to_string(sent.challenge));
  page.set_everywhere("MINUTES", std::to_string(sent.minutes));
  page.set_everywhere("UNTIL", std::to_string(sent.until));
  page.set("SENT_TEXT", words("code.sent_to", {{"destination", destination}}));
  page.set("EXPIRES_TEXT",
           words("code.expires", {{"minutes", static_cast<std::int64_t>(sent.minutes)}}));
  page.set("WAIT_SECONDS", wait_seconds(visit, sent.until));
  page.code("CODE_FIELD", {.name = "code",
                           .label = words("field.code"),
                           .autocomplete = "one-time-code",
                           .inputmode = "numeric",
                           .length_max = kCodeBytesMax,
                           .focus = true});
}

std::string code_location(const Visit& visit, const CodePage& page,
                          const v1::Challenge& challenge) {
  const SentCode sent = sent_code_of(visit, challenge);
  return page.path + "?challenge=" + std::to_string(sent.challenge) +
         "&factor=" + std::to_string(challenge.factor_id()) +
         "&minutes=" + std::to_string(sent.minutes) + "&until=" + std::to_string(sent.until) +
         (page.next.empty() ? "" : "&next=" + page.next);
}

Page code_page(Visit& visit, const CodePage& about) {
  const Catalogue& words = visit.words();
  Page page = visit.page("code", about.title);
  page.set("PATH", about.path);
  page.set("SEND_PATH", about.send_path);
  page.set_everywhere("FACTOR", std::to_string(told(visit, "factor")));
  page.set_everywhere("NEXT", about.next);
  fill_sent_code(visit, page, typed_sent_code(visit), about.destination);
  if (about.destination.empty()) page.set("SENT_TEXT", words(about.sent));
  if (!about.back_path.empty()) {
    Block back = page.add("BACK");
    back.set("BACK_PATH", about.back_path);
    back.set("BACK_TEXT", words(about.back));
  }
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
