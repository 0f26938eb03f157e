// SPDX-License-Identifier: Apache-2.0
// The only file that knows Beast.
#include "daemon/net/http.hpp"

#include <string.h>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace countersign::net {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kBufferBytes = 16 * 1024;  // a header, or a piece of a body
constexpr std::string_view kPathPrefix = "/v1/";
constexpr std::string_view kHealth = "health";

static_assert(kBufferBytes > HttpReader::kHeaderBytesMax);

Error error_of(const boost::system::error_code& code) {
  if (code == http::error::header_limit || code == http::error::buffer_overflow) {
    return Error{ErrorCode::limit_exceeded, "http.header_length"};
  }
  if (code == http::error::body_limit) {
    return Error{ErrorCode::limit_exceeded, "http.body_length"};
  }
  return Error{ErrorCode::malformed, "http.header"};
}

std::string_view text_of(boost::beast::string_view view) { return {view.data(), view.size()}; }

}  // namespace

struct HttpReader::Parser {
  Parser() {
    parser.header_limit(kHeaderBytesMax);
    parser.body_limit(kBodyBytesMax);
    parser.eager(true);
  }
  http::request_parser<http::string_body> parser;
  bool begun = false;
  bool expectation_taken = false;
};

HttpReader::HttpReader()
    : buffer_{new std::byte[kBufferBytes]}, parser_{std::make_unique<Parser>()} {}

HttpReader::~HttpReader() {
  std::string& body = parser_->parser.get().body();
  ::explicit_bzero(body.data(), body.size());
  ::explicit_bzero(buffer_.get(), end_);
}

std::span<std::byte> HttpReader::space() {
  const std::size_t left = end_ - begin_;
  if (begin_ != 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, left);
    ::explicit_bzero(buffer_.get() + left, end_ - left);
    begin_ = 0;
    end_ = left;
  }
  return {buffer_.get() + end_, kBufferBytes - end_};
}

void HttpReader::advance(std::size_t count) {
  assert(count <= kBufferBytes - end_);
  end_ += count;
}

std::size_t HttpReader::take(BytesView bytes) {
  const std::span<std::byte> room = space();
  const std::size_t count = std::min(room.size(), bytes.size());
  std::copy_n(bytes.begin(), count, room.begin());
  advance(count);
  return count;
}

Result<std::optional<HttpRequest>> HttpReader::next() {
  auto& parser = parser_->parser;
  while (!parser.is_done() && begin_ < end_) {
    boost::system::error_code code;
    const boost::asio::const_buffer arrived{buffer_.get() + begin_, end_ - begin_};
    const std::size_t used = parser.put(arrived, code);
    parser_->begun = true;
    begin_ += used;
    if (code == http::error::need_more || (!code && used == 0)) break;
    if (code) return error_of(code);
  }
  if (parser.is_done()) return whole_request();
  // A full buffer in which the parser finds no end of anything would wait for ever.
  if (begin_ == 0 && end_ == kBufferBytes) {
    return Error{ErrorCode::limit_exceeded, "http.header_length"};
  }
  return std::optional<HttpRequest>{};
}

Result<std::optional<HttpRequest>> HttpReader::whole_request() {
  const auto& message = parser_->parser.get();
  const std::string_view target = text_of(message.target());
  if (!target.starts_with(kPathPrefix)) return Error{ErrorCode::not_found, "http.path"};
  const std::string_view operation = target.substr(kPathPrefix.size());

  const bool is_health = operation == kHealth && message.method() == http::verb::get;
  if (message.method() != http::verb::post && !is_health) {
    return Error{ErrorCode::malformed, "http.method"};
  }
  if (message.count("Idempotency-Key") > 1) {
    return Error{ErrorCode::malformed, "http.idempotency_key"};
  }
  const std::string_view key = text_of(message["Idempotency-Key"]);
  return std::optional{
      HttpRequest{operation, is_health ? "{}" : std::string_view{message.body()}, key}};
}

void HttpReader::restart() {
  std::string& body = parser_->parser.get().body();
  ::explicit_bzero(body.data(), body.size());
  parser_ = std::make_unique<Parser>();
  // Wipes what has been read of the buffer.
  static_cast<void>(space());
}

bool HttpReader::has_begun() const { return parser_->begun || begin_ != end_; }
bool HttpReader::has_header() const { return parser_->parser.is_header_done(); }

bool HttpReader::takes_expectation() {
  if (!has_header() || parser_->expectation_taken || parser_->parser.is_done()) return false;
  const auto value = parser_->parser.get()[http::field::expect];
  parser_->expectation_taken = true;
  return boost::beast::iequals(value, "100-continue");
}

bool HttpReader::keeps_alive() const { return parser_->parser.keep_alive(); }

void write_http(const HttpAnswer& answer, bool keeps_alive, std::string& out) {
  const auto reason = http::obsolete_reason(http::int_to_status(answer.status));
  out += "HTTP/1.1 ";
  out += std::to_string(answer.status);
  out += ' ';
  out.append(reason.data(), reason.size());
  out += "\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nContent-Length: ";
  out += std::to_string(answer.body.size() + 1);
  if (!keeps_alive) out += "\r\nConnection: close";
  if (answer.status == 405) out += "\r\nAllow: POST";
  out += "\r\n\r\n";
  out += answer.body;
  out += '\n';  // so that a terminal shows the answer on a line of its own
}

}  // namespace countersign::net
