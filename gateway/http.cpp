// SPDX-License-Identifier: Apache-2.0
#include "gateway/http.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace countersign::gateway {
namespace {

constexpr std::string_view kPathOfTwo = "/wsapi/2.0/verify";
constexpr std::string_view kPathOfOne = "/wsapi/verify";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

struct Refusal {
  std::string_view operation;
  unsigned status;
};
constexpr std::array<Refusal, 8> kRefusals{{{"http.path", 404},
                                            {"http.method", 405},
                                            {"http.length_required", 411},
                                            {"http.body_length", 413},
                                            {"http.target_length", 414},
                                            {"http.media_type", 415},
                                            {"http.header_length", 431},
                                            {"server.connections", 503}}};
constexpr unsigned kStatusBadRequest = 400;
constexpr unsigned kStatusMethodNotAllowed = 405;

std::optional<Version> version_of(std::string_view request_path) {
  if (request_path == kPathOfTwo) return Version::two;
  if (request_path == kPathOfOne) return Version::one;
  return std::nullopt;
}

// What stands in front of the parameters of a media type.
bool is_form(std::string_view type) {
  return boost::algorithm::iequals(type.substr(0, type.find_first_of("; \t")), kFormType);
}

}  // namespace

Result<HttpRequest> read_http(const http::RequestReader& reader) {
  const std::string_view target = reader.target();
  if (target.size() > kTargetBytesMax) {
    return Error{ErrorCode::limit_exceeded, "http.target_length"};
  }
  const std::size_t question = std::min(target.find('?'), target.size());
  const auto version = version_of(target.substr(0, question));
  if (!version) return Error{ErrorCode::not_found, "http.path"};

  if (!reader.is_post() && !reader.is_get()) return Error{ErrorCode::malformed, "http.method"};
  if (!reader.body().empty() && (!reader.is_post() || !is_form(reader.field("Content-Type")))) {
    return Error{ErrorCode::malformed, "http.media_type"};
  }
  return HttpRequest{.version = *version,
                     .query = target.substr(std::min(question + 1, target.size())),
                     .form = reader.body()};
}

unsigned status_of(const Error& error) {
  const auto* const found =
      std::ranges::find(kRefusals, error.operation.view(), &Refusal::operation);
  return found == kRefusals.end() ? kStatusBadRequest : found->status;
}

std::string write_http(unsigned status, std::string_view body, bool keeps_alive) {
  std::string out = http::status_line(status);
  out += "Content-Type: text/plain\r\nCache-Control: no-store\r\nContent-Length: ";
  out += std::to_string(body.size());
  if (!keeps_alive) out += "\r\nConnection: close";
  if (status == kStatusMethodNotAllowed) out += "\r\nAllow: GET, POST";
  if (status == kStatusTooManyRequests || status == kStatusUnavailable) {
    out += "\r\nRetry-After: 1";
  }
  out += "\r\n\r\n";
  out += body;
  return out;
}

}  // namespace countersign::gateway
