// SPDX-License-Identifier: Apache-2.0
#include "gateway/answer.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <span>
#include <utility>

namespace countersign::gateway {
namespace {

// All answers that the protocol wants of other servers: what is accepted is durable everywhere.
constexpr std::string_view kSyncLevel = "100";

// Whether the client gets its OTP and nonce back: only an answer about an OTP does.
bool echoes(const Answer& answer) {
  if (answer.version == Version::one) return false;
  return answer.outcome == Outcome::ok || answer.outcome == Outcome::replayed_otp ||
         answer.outcome == Outcome::replayed_request;
}

void append_number(std::string& out, std::uint64_t value, std::size_t digits) {
  std::string text = std::to_string(value);
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  out += text;
}

}  // namespace

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok:
      return "OK";
    case Outcome::bad_otp:
      return "BAD_OTP";
    case Outcome::replayed_otp:
      return "REPLAYED_OTP";
    case Outcome::replayed_request:
      return "REPLAYED_REQUEST";
    case Outcome::bad_signature:
      return "BAD_SIGNATURE";
    case Outcome::missing_parameter:
      return "MISSING_PARAMETER";
    case Outcome::no_such_client:
      return "NO_SUCH_CLIENT";
    case Outcome::operation_not_allowed:
      return "OPERATION_NOT_ALLOWED";
    case Outcome::backend_error:
      break;
  }
  return "BACKEND_ERROR";
}

std::string to_text(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::string text;
  append_number(text, static_cast<std::uint64_t>(int{date.year()}), 4);
  text += '-';
  append_number(text, unsigned{date.month()}, 2);
  text += '-';
  append_number(text, unsigned{date.day()}, 2);
  text += 'T';
  append_number(text, static_cast<std::uint64_t>(clock.hours().count()), 2);
  text += ':';
  append_number(text, static_cast<std::uint64_t>(clock.minutes().count()), 2);
  text += ':';
  append_number(text, static_cast<std::uint64_t>(clock.seconds().count()), 2);
  text += "Z0";
  append_number(text, static_cast<std::uint64_t>(clock.subseconds().count()), 3);
  return text;
}

Response::Response(const Answer& answer, Time now) {
  add("t", to_text(now));
  if (echoes(answer)) {
    add("otp", answer.otp);
    add("nonce", answer.nonce);
    if (answer.outcome == Outcome::ok) add("sl", std::string{kSyncLevel});
  }
  if (answer.outcome == Outcome::ok && answer.counters) {
    add("timestamp", std::to_string(answer.counters->timestamp));
    add("sessioncounter", std::to_string(answer.counters->session_counter));
    add("sessionuse", std::to_string(answer.counters->session_use));
  }
  add("status", std::string{name_of(answer.outcome)});
}

void Response::add(std::string_view key, std::string value) {
  assert(count_ < lines_.size());
  lines_[count_++] = {key, std::move(value)};
}

std::string Response::signed_text() const {
  std::array<const Line*, kLinesMax> sorted{};
  std::ranges::transform(std::span{lines_}.first(count_), sorted.begin(),
                         [](const Line& line) { return &line; });
  const auto used = std::span{sorted}.first(count_);
  std::ranges::sort(used, {}, [](const Line* line) { return line->key; });
  std::string text;
  for (const Line* line : used) {
    if (!text.empty()) text += '&';
    text += line->key;
    text += '=';
    text += line->value;
  }
  return text;
}

std::string Response::body(const Signature& signature) const {
  std::string text = "h=" + to_base64(signature) + "\r\n";
  for (const Line& line : std::span{lines_}.first(count_)) {
    text += line.key;
    text += '=';
    text += line.value;
    text += "\r\n";
  }
  text += "\r\n";
  return text;
}

std::string body_without_key(const Answer& answer, Time now) {
  const Response response{answer, now};
  return response.body(sign_with_empty_key(response.signed_text()));
}

}  // namespace countersign::gateway
