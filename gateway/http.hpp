// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 as the clients of the validation protocol speak it, without any input or output of its
// own.
//
//   GET  /wsapi/2.0/verify?…      POST /wsapi/2.0/verify  (application/x-www-form-urlencoded)
//   GET  /wsapi/verify?…          the same in version one
#pragma once

#include "base/error.hpp"
#include "gateway/answer.hpp"
#include "http/request_reader.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace countersign::gateway {

inline constexpr std::size_t kTargetBytesMax = std::size_t{3} * 1024;
inline constexpr std::size_t kBodyBytesMax = std::size_t{4} * 1024;

struct HttpRequest {
  Version version = Version::two;
  std::string_view query;
  std::string_view form;
};

// What is asked; views are valid as long as the reader's. Fails with `malformed`, `not_found` and
// `limit_exceeded`; status_of() says how to tell the client.
//
// REQUIRES: a whole request.
[[nodiscard]] Result<HttpRequest> read_http(const http::RequestReader& reader);

// The status that says what was wrong with a request that was refused.
[[nodiscard]] unsigned status_of(const Error& error);

inline constexpr unsigned kStatusOk = 200;
inline constexpr unsigned kStatusTooManyRequests = 429;
inline constexpr unsigned kStatusUnavailable = 503;

// A whole answer as it goes over the wire.
[[nodiscard]] std::string write_http(unsigned status, std::string_view body, bool keeps_alive);

}  // namespace countersign::gateway
