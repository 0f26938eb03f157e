// SPDX-License-Identifier: Apache-2.0
// What a browser is answered, with the headers that every answer of ours bears.
#pragma once

#include "companion/request/cookies.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::companion {

inline constexpr unsigned kStatusOk = 200;
inline constexpr unsigned kStatusNoContent = 204;
inline constexpr unsigned kStatusSeeOther = 303;
inline constexpr unsigned kStatusBadRequest = 400;
inline constexpr unsigned kStatusForbidden = 403;
inline constexpr unsigned kStatusNotFound = 404;
inline constexpr unsigned kStatusMethodNotAllowed = 405;
inline constexpr unsigned kStatusConflict = 409;
inline constexpr unsigned kStatusMisdirected = 421;
inline constexpr unsigned kStatusUnprocessable = 422;  // a form that has to be mended
inline constexpr unsigned kStatusTooManyRequests = 429;
inline constexpr unsigned kStatusUnavailable = 503;

inline constexpr std::string_view kHtml = "text/html; charset=utf-8";
inline constexpr std::string_view kPlainText = "text/plain; charset=utf-8";

// For how long browsers, and what stands before them, may keep an answer.
enum class Kept : std::uint8_t {
  never,
  briefly,  // what belongs to a realm, and to nobody in it
  always,   // its address names its content
};

struct Response {
  unsigned status = kStatusOk;
  std::string_view media_type = kHtml;
  std::string body;
  std::string location;  // of a 303
  std::string language;  // of a page
  std::vector<SetCookie> cookies;
  Kept kept = Kept::never;
  // Where a form on the page may lead away from here (the portal that is handed over to); an
  // origin, may be empty.
  std::string form_target;
};

[[nodiscard]] Response go_to(std::string location);

// As it goes over the wire. `secure`: the browser came by TLS.
[[nodiscard]] std::string write(const Response& response, bool secure, bool head, bool keeps_alive);

}  // namespace countersign::companion
