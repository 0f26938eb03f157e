// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 as the clients of the validation protocol speak it, without any input or output of its
// own.
//
//   GET  /wsapi/2.0/verify?…      POST /wsapi/2.0/verify  (application/x-www-form-urlencoded)
//   GET  /wsapi/verify?…          the same in version one
//
// One request at a time: the next one of a pipeline waits, unread, until this one was answered.
#pragma once

#include "base/error.hpp"
#include "gateway/answer.hpp"
#include "http/request_reader.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::gateway {

struct HttpRequest {
  Version version = Version::two;
  std::string_view query;
  std::string_view form;
  std::string forwarded_for;  // every X-Forwarded-For, joined
};

class HttpReader : public http::RequestReader {
 public:
  static constexpr std::size_t kTargetBytesMax = 3 * 1024;
  static constexpr std::size_t kBodyBytesMax = 4 * 1024;

  HttpReader() : RequestReader{kBodyBytesMax} {}

  // The request, whose views are valid until restart(), or nothing when more bytes are needed.
  // After a failure answer it (status_of) and close: nothing can be read any more.
  Result<std::optional<HttpRequest>> next();

 private:
  [[nodiscard]] Result<HttpRequest> whole_request() const;
};

// The status that says what was wrong with a request that HttpReader refused.
[[nodiscard]] unsigned status_of(const Error& error);

inline constexpr unsigned kStatusOk = 200;
inline constexpr unsigned kStatusTooManyRequests = 429;
inline constexpr unsigned kStatusUnavailable = 503;

// A whole answer as it goes over the wire.
[[nodiscard]] std::string write_http(unsigned status, std::string_view body, bool keeps_alive);

}  // namespace countersign::gateway
