// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 requests and answers, without any input or output of their own.
//
// One request at a time: the next one of a pipeline waits, unread, until this one was answered.
// POST /v1/<operation> with a JSON body, and GET /v1/health; nothing else is understood. The type
// that a body claims to have is ignored: it is JSON or refused.
#pragma once

#include "base/error.hpp"
#include "daemon/net/handler.hpp"
#include "http/request_reader.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace countersign::net {

class HttpReader : public http::RequestReader {
 public:
  static constexpr std::size_t kBodyBytesMax = 64 * 1024;

  HttpReader() : RequestReader{kBodyBytesMax} {}

  // Reads on as far as there are bytes. The request, whose views are valid until restart(), or
  // nothing when more bytes are needed. Fails with `malformed`, `limit_exceeded`, `not_found`;
  // after that nothing can be read any more but the connection be closed.
  Result<std::optional<HttpRequest>> next();

 private:
  [[nodiscard]] Result<HttpRequest> whole_request() const;
};

// Appends the answer as it goes over the wire.
void write_http(const HttpAnswer& answer, bool keeps_alive, std::string& out);

}  // namespace countersign::net
