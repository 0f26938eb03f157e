// SPDX-License-Identifier: Apache-2.0
// The only file that knows Beast.
#include "gateway/http.hpp"

#include <string.h>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

namespace countersign::gateway {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kBufferBytes = 16 * 1024;  // a header, or a piece of a body
constexpr std::string_view kPathOfTwo = "/wsapi/2.0/verify";
constexpr std::string_view kPathOfOne = "/wsapi/verify";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

static_assert(kBufferBytes > HttpReader::kHeaderBytesMax);

struct Refusal {
  std::string_view operation;
  unsigned status;
};
constexpr std::array<Refusal, 6> kRefusals{{{"http.path", 404},
                                            {"http.method", 405},
                                            {"http.body_length", 413},
                                            {"http.target_length", 414},
                                            {"http.media_type", 415},
                                            {"http.header_length", 431}}};
constexpr unsigned kStatusBadRequest = 400;
constexpr unsigned kStatusMethodNotAllowed = 405;

Error error_of(const boost::system::error_code& code) {
  if (code == http::error::header_limit || code == http::error::buffer_overflow) {
    return Error{ErrorCode::limit_exceeded, "http.header_length"};
  }
  if (code == http::error::body_limit) {
    return Error{ErrorCode::limit_exceeded, "http.body_length"};
  }
  return Error{ErrorCode::malformed, "http.syntax", static_cast<std::uint64_t>(code.value())};
}

std::string_view text_of(boost::beast::string_view view) { return {view.data(), view.size()}; }

std::optional<Version> version_of(std::string_view request_path) {
  if (request_path == kPathOfTwo) return Version::two;
  if (request_path == kPathOfOne) return Version::one;
  return std::nullopt;
}

// What stands in front of the parameters of a media type.
bool is_form(boost::beast::string_view type) {
  const std::string_view text = text_of(type);
  const std::string_view name = text.substr(0, text.find_first_of("; \t"));
  return boost::beast::iequals({name.data(), name.size()}, {kFormType.data(), kFormType.size()});
}

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

Result<std::optional<HttpRequest>> HttpReader::whole_request() const {
  const auto& message = parser_->parser.get();
  const std::string_view target = text_of(message.target());
  if (target.size() > kTargetBytesMax) {
    return Error{ErrorCode::limit_exceeded, "http.target_length"};
  }
  const std::size_t question = std::min(target.find('?'), target.size());
  const auto version = version_of(target.substr(0, question));
  if (!version) return Error{ErrorCode::not_found, "http.path"};

  const bool is_post = message.method() == http::verb::post;
  if (!is_post && message.method() != http::verb::get) {
    return Error{ErrorCode::malformed, "http.method"};
  }
  const bool has_body = !message.body().empty();
  if (has_body && (!is_post || !is_form(message[http::field::content_type]))) {
    return Error{ErrorCode::malformed, "http.media_type"};
  }

  HttpRequest request{.version = *version,
                      .query = target.substr(std::min(question + 1, target.size())),
                      .form = message.body()};
  const auto [first, last] = message.equal_range("X-Forwarded-For");
  for (auto field = first; field != last; ++field) {
    if (!request.forwarded_for.empty()) request.forwarded_for += ',';
    request.forwarded_for += text_of(field->value());
  }
  return std::optional{std::move(request)};
}

void HttpReader::restart() {
  std::string& body = parser_->parser.get().body();
  ::explicit_bzero(body.data(), body.size());
  parser_ = std::make_unique<Parser>();
  // Wipes what has been read of the buffer.
  static_cast<void>(space());
}

bool HttpReader::has_begun() const { return parser_->begun || begin_ != end_; }

bool HttpReader::takes_expectation() {
  const auto& parser = parser_->parser;
  if (!parser.is_header_done() || parser_->expectation_taken || parser.is_done()) return false;
  parser_->expectation_taken = true;
  return boost::beast::iequals(parser.get()[http::field::expect], "100-continue");
}

bool HttpReader::keeps_alive() const { return parser_->parser.keep_alive(); }

unsigned status_of(const Error& error) {
  const auto* const found =
      std::ranges::find(kRefusals, error.operation.view(), &Refusal::operation);
  return found == kRefusals.end() ? kStatusBadRequest : found->status;
}

std::string write_http(unsigned status, std::string_view body, bool keeps_alive) {
  const auto reason = http::obsolete_reason(http::int_to_status(status));
  std::string out = "HTTP/1.1 " + std::to_string(status) + ' ';
  out.append(reason.data(), reason.size());
  out += "\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\nContent-Length: ";
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
