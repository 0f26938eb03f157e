// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 requests, without any input or output of their own, and without knowing what they ask.
//
// A body comes with its length (RFC 9112, 6.3: a server may ask for it). What is sent in chunks is
// refused: their trailers would count as headers that no proxy has looked at, a coding that the
// parser does not know would hide a second request, and no client of ours needs them.
//
// One request at a time: the next one of a pipeline waits, unread, until this one was answered.
// What was read is wiped: passcodes pass through here.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace countersign::http {

class RequestReader {
 public:
  static constexpr std::size_t kHeaderBytesMax = 8 * 1024;

  explicit RequestReader(std::size_t body_bytes_max);
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;
  ~RequestReader();

  // Where the next bytes belong. REQUIRES: read() has said that it needs more.
  [[nodiscard]] std::span<std::byte> space();
  void advance(std::size_t count);
  // For bytes that were read elsewhere. Returns how many of them fitted in.
  std::size_t take(BytesView bytes);

  // Reads on as far as there are bytes. True when a request is whole, false when more bytes are
  // needed. Fails with `malformed` ("http.header", "http.length_required") and `limit_exceeded`
  // ("http.header_length", "http.body_length"); after that nothing can be read any more but the
  // connection be closed.
  Result<bool> read();

  // Forgets the request, wiping it, and goes on to the next.
  void restart();

  [[nodiscard]] bool has_begun() const;
  [[nodiscard]] bool has_header() const;
  // True once, when the peer waits for leave to send its body.
  [[nodiscard]] bool takes_expectation();

  // Of a whole request; views are valid until restart().
  [[nodiscard]] bool is_get() const;
  [[nodiscard]] bool is_head() const;
  [[nodiscard]] bool is_post() const;
  [[nodiscard]] std::string_view target() const;
  [[nodiscard]] std::string_view body() const;
  // The first of this name, and how many there are.
  [[nodiscard]] std::string_view field(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
  // All of this name, with commas between them.
  [[nodiscard]] std::string joined(std::string_view name) const;
  // Whether the connection may be used again after it.
  [[nodiscard]] bool keeps_alive() const;

 private:
  struct Parser;

  std::size_t body_bytes_max_;
  std::unique_ptr<std::byte[]> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::unique_ptr<Parser> parser_;
};

// The first line of an answer, with its end: "HTTP/1.1 200 OK\r\n".
[[nodiscard]] std::string status_line(unsigned status);

inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace countersign::http
