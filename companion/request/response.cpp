// SPDX-License-Identifier: Apache-2.0
#include "companion/request/response.hpp"

#include "http/request_reader.hpp"

#include <utility>

namespace countersign::companion {
namespace {

// No script, style or address of anybody else's, nothing inline, no frame around us.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'; form-action 'self'";

constexpr std::string_view kAlways =
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    // To others it tells nothing; within, it lets browsers say where a form was sent from.
    "Referrer-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Permissions-Policy: otp-credentials=(self), publickey-credentials-get=(self), "
    "publickey-credentials-create=(self), camera=(), microphone=(), geolocation=()\r\n";

constexpr std::string_view kTransportSecurity =
    "Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n";

std::string_view caching_of(Kept kept) {
  switch (kept) {
    case Kept::always:
      return "Cache-Control: public, max-age=31536000, immutable\r\n";
    case Kept::briefly:
      return "Cache-Control: public, max-age=300\r\n";
    default:
      return "Cache-Control: no-store\r\n";
  }
}

}  // namespace

Response go_to(std::string location) {
  Response response;
  response.status = kStatusSeeOther;
  response.media_type = {};
  response.location = std::move(location);
  return response;
}

std::string write(const Response& response, bool secure, bool head, bool keeps_alive) {
  std::string out = http::status_line(response.status);
  out += kAlways;
  if (secure) out += kTransportSecurity;
  out += "Content-Security-Policy: ";
  out += kPolicy;
  if (!response.form_target.empty()) out += ' ' + response.form_target;
  out += "\r\n";
  out += caching_of(response.kept);
  if (!response.media_type.empty()) {
    out += "Content-Type: ";
    out += response.media_type;
    out += "\r\n";
  }
  if (!response.language.empty()) out += "Content-Language: " + response.language + "\r\n";
  if (!response.location.empty()) out += "Location: " + response.location + "\r\n";
  if (response.status == kStatusMethodNotAllowed) out += "Allow: GET, HEAD, POST\r\n";
  for (const SetCookie& cookie : response.cookies) out += "Set-Cookie: " + cookie.text() + "\r\n";
  if (!keeps_alive) out += "Connection: close\r\n";
  // What has no content has no length either (RFC 9110, 8.6).
  if (response.status != kStatusNoContent) {
    out += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  }
  out += "\r\n";
  if (!head) out += response.body;
  return out;
}

}  // namespace countersign::companion
