// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 requests and answers, without any input or output of their own.
//
// One request at a time: the next one of a pipeline waits, unread, until this one was answered.
// POST /v1/<operation> with a JSON body, and GET /v1/health; nothing else is understood. The type
// that a body claims to have is ignored: it is JSON or refused.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "daemon/net/handler.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace countersign::net {

class HttpReader {
 public:
  static constexpr std::size_t kHeaderBytesMax = 8 * 1024;
  static constexpr std::size_t kBodyBytesMax = 64 * 1024;

  HttpReader();
  HttpReader(const HttpReader&) = delete;
  HttpReader& operator=(const HttpReader&) = delete;
  ~HttpReader();

  // Where the next bytes belong. REQUIRES: next() has said that it needs more.
  [[nodiscard]] std::span<std::byte> space();
  void advance(std::size_t count);
  // For bytes that were read elsewhere. Returns how many of them fitted in.
  std::size_t take(BytesView bytes);

  // Reads on as far as there are bytes. The request, whose views are valid until restart(), or
  // nothing when more bytes are needed. Fails with `malformed`, `limit_exceeded`, `not_found`;
  // after that nothing can be read any more but the connection be closed.
  Result<std::optional<HttpRequest>> next();

  // Forgets the request, wiping it, and goes on to the next.
  void restart();

  [[nodiscard]] bool has_begun() const;
  [[nodiscard]] bool has_header() const;
  // True once, when the peer waits for leave to send its body.
  [[nodiscard]] bool takes_expectation();
  // Whether the connection may be used again after this request. REQUIRES: next() gave it.
  [[nodiscard]] bool keeps_alive() const;

 private:
  struct Parser;
  Result<std::optional<HttpRequest>> whole_request();

  std::unique_ptr<std::byte[]> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::unique_ptr<Parser> parser_;
};

// Appends the answer as it goes over the wire.
void write_http(const HttpAnswer& answer, bool keeps_alive, std::string& out);

inline constexpr std::string_view kHttpContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace countersign::net
