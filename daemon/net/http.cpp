// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/http.hpp"

namespace countersign::net {
namespace {

constexpr std::string_view kPathPrefix = "/v1/";
constexpr std::string_view kHealth = "health";
constexpr std::string_view kIdempotencyKey = "Idempotency-Key";
constexpr std::string_view kSession = "Countersign-Session";

}  // namespace

Result<std::optional<HttpRequest>> HttpReader::next() {
  CS_TRY(const bool whole, read());
  if (!whole) return std::optional<HttpRequest>{};
  CS_TRY(const HttpRequest request, whole_request());
  return std::optional{request};
}

Result<HttpRequest> HttpReader::whole_request() const {
  if (!target().starts_with(kPathPrefix)) return Error{ErrorCode::not_found, "http.path"};
  const std::string_view operation = target().substr(kPathPrefix.size());
  const bool is_health = operation == kHealth && is_get();
  if (!is_post() && !is_health) return Error{ErrorCode::malformed, "http.method"};
  if (count(kIdempotencyKey) > 1) return Error{ErrorCode::malformed, "http.idempotency_key"};
  if (count(kSession) > 1) return Error{ErrorCode::malformed, "http.session"};
  return HttpRequest{operation, is_health ? "{}" : body(), field(kIdempotencyKey), field(kSession)};
}

void write_http(const HttpAnswer& answer, bool keeps_alive, std::string& out) {
  out += http::status_line(answer.status);
  out += "Content-Type: application/json\r\nCache-Control: no-store\r\nContent-Length: ";
  out += std::to_string(answer.body.size() + 1);
  if (!keeps_alive) out += "\r\nConnection: close";
  if (answer.status == 405) out += "\r\nAllow: POST";
  out += "\r\n\r\n";
  out += answer.body;
  out += '\n';  // so that a terminal shows the answer on a line of its own
}

}  // namespace countersign::net
