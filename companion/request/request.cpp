// SPDX-License-Identifier: Apache-2.0
#include "companion/request/request.hpp"

#include <utf8proc.h>
#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>
#include <array>

namespace countersign::companion {
namespace {

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";
constexpr http::Form::Limits kQueryLimits{.bytes = Request::kTargetBytesMax, .fields = 16};
constexpr http::Form::Limits kFormLimits{.bytes = Request::kBodyBytesMax,
                                         .fields = Request::kFieldsMax};
constexpr std::size_t kHeaderFieldBytesMax = 512;

struct Refusal {
  std::string_view operation;
  unsigned status;
};
constexpr std::array<Refusal, 8> kRefusals{{{"request.method", 405},
                                            {"http.length_required", 411},
                                            {"http.body_length", 413},
                                            {"form.length", 413},
                                            {"form.fields", 413},
                                            {"request.target_length", 414},
                                            {"request.media_type", 415},
                                            {"http.header_length", 431}}};
constexpr unsigned kStatusBadRequest = 400;

bool is_utf8(std::string_view text) {
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t length = utf8proc_iterate(at, left, &code_point);
    if (length <= 0) return false;
    at += length;
    left -= length;
  }
  return true;
}

bool is_printable(char c) { return c >= 0x20 && c < 0x7f; }

// Whatever is written into a page again, or told to the daemon, is text.
Status check_text(const http::Form& form) {
  const bool all = std::ranges::all_of(
      form.fields(), [](const auto& field) { return is_utf8(field.name) && is_utf8(field.value); });
  if (!all) return Error{ErrorCode::malformed, "form.utf8"};
  return {};
}

bool is_form(std::string_view type) {
  return boost::algorithm::iequals(type.substr(0, type.find_first_of("; \t")), kFormType);
}

// What a browser says of itself, as far as it can be shown to people and be kept.
std::string shown(std::string_view text, std::size_t max) {
  std::string kept{text.substr(0, max)};
  std::ranges::replace_if(
      kept, [](char c) { return !is_printable(c); }, '?');
  return kept;
}

Status read_method(const http::RequestReader& reader, Request& request) {
  request.head = reader.is_head();
  if (reader.is_post()) {
    request.method = Method::post;
  } else if (!reader.is_get() && !request.head) {
    return Error{ErrorCode::malformed, "request.method"};
  }
  return {};
}

Status read_forms(const http::RequestReader& reader, Request& request) {
  const std::string_view target = reader.target();
  if (target.size() > Request::kTargetBytesMax) {
    return Error{ErrorCode::limit_exceeded, "request.target_length"};
  }
  // What has no letter in ASCII comes escaped (RFC 3986).
  if (!std::ranges::all_of(target, is_printable)) {
    return Error{ErrorCode::malformed, "request.target"};
  }
  const std::size_t question = std::min(target.find('?'), target.size());
  request.target = std::string{target};
  request.path = std::string{target.substr(0, question)};
  const std::string_view query = target.substr(std::min(question + 1, target.size()));
  CS_TRY(request.query, http::Form::parse(query, kQueryLimits));
  CS_CHECK(check_text(request.query));
  if (request.method != Method::post) return {};
  if (!reader.body().empty() && !is_form(reader.field("Content-Type"))) {
    return Error{ErrorCode::malformed, "request.media_type"};
  }
  request.body = std::string{reader.body()};
  CS_TRY(request.form, http::Form::parse(reader.body(), kFormLimits));
  return check_text(request.form);
}

}  // namespace

Result<Request> read_request(const http::RequestReader& reader, const IpAddress& source) {
  Request request;
  CS_CHECK(read_method(reader, request));
  CS_CHECK(read_forms(reader, request));
  // Two of these would leave it open which one a proxy has looked at; browsers send one.
  for (const std::string_view name : {"Host", "Origin", "Cookie"}) {
    if (reader.count(name) > 1) return Error{ErrorCode::malformed, "request.header_twice"};
  }
  request.cookies = Cookies::parse(reader.field("Cookie"));
  request.host = shown(reader.field("Host"), kHeaderFieldBytesMax);
  request.origin = shown(reader.field("Origin"), kHeaderFieldBytesMax);
  request.fetch_site = shown(reader.field("Sec-Fetch-Site"), kHeaderFieldBytesMax);
  request.languages = shown(reader.field("Accept-Language"), kHeaderFieldBytesMax);
  request.user_agent = shown(reader.field("User-Agent"), Request::kUserAgentBytesMax);
  request.client_address = source.text();
  return request;
}

unsigned status_of(const Error& error) {
  const auto* const found =
      std::ranges::find(kRefusals, error.operation.view(), &Refusal::operation);
  return found == kRefusals.end() ? kStatusBadRequest : found->status;
}

}  // namespace countersign::companion
