// SPDX-License-Identifier: Apache-2.0
// The only file that knows Beast.
#include "http/request_reader.hpp"

#include <string.h>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace countersign::http {
namespace {

namespace beast = boost::beast;

constexpr std::size_t kBufferBytes = 16 * 1024;  // a header, or a piece of a body

static_assert(kBufferBytes > RequestReader::kHeaderBytesMax);

Error error_of(const boost::system::error_code& code) {
  if (code == beast::http::error::header_limit || code == beast::http::error::buffer_overflow) {
    return Error{ErrorCode::limit_exceeded, "http.header_length"};
  }
  if (code == beast::http::error::body_limit) {
    return Error{ErrorCode::limit_exceeded, "http.body_length"};
  }
  return Error{ErrorCode::malformed, "http.header", static_cast<std::uint64_t>(code.value())};
}

std::string_view text_of(beast::string_view view) { return {view.data(), view.size()}; }
beast::string_view beasts(std::string_view view) { return {view.data(), view.size()}; }

}  // namespace

struct RequestReader::Parser {
  explicit Parser(std::size_t body_bytes_max) {
    parser.header_limit(kHeaderBytesMax);
    parser.body_limit(body_bytes_max);
    // The body after the header was looked at: its length has to be there.
    parser.eager(false);
  }
  [[nodiscard]] const auto& message() const { return parser.get(); }
  beast::http::request_parser<beast::http::string_body> parser;
  bool begun = false;
  bool expectation_taken = false;
};

RequestReader::RequestReader(std::size_t body_bytes_max)
    : body_bytes_max_{body_bytes_max},
      buffer_{new std::byte[kBufferBytes]},
      parser_{std::make_unique<Parser>(body_bytes_max)} {}

RequestReader::~RequestReader() {
  std::string& body = parser_->parser.get().body();
  ::explicit_bzero(body.data(), body.size());
  ::explicit_bzero(buffer_.get(), end_);
}

std::span<std::byte> RequestReader::space() {
  const std::size_t left = end_ - begin_;
  if (begin_ != 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, left);
    ::explicit_bzero(buffer_.get() + left, end_ - left);
    begin_ = 0;
    end_ = left;
  }
  return {buffer_.get() + end_, kBufferBytes - end_};
}

void RequestReader::advance(std::size_t count) {
  assert(count <= kBufferBytes - end_);
  end_ += count;
}

std::size_t RequestReader::take(BytesView bytes) {
  const std::span<std::byte> room = space();
  const std::size_t count = std::min(room.size(), bytes.size());
  std::copy_n(bytes.begin(), count, room.begin());
  advance(count);
  return count;
}

Result<bool> RequestReader::read() {
  auto& parser = parser_->parser;
  while (!parser.is_done() && begin_ < end_) {
    boost::system::error_code code;
    const boost::asio::const_buffer arrived{buffer_.get() + begin_, end_ - begin_};
    const std::size_t used = parser.put(arrived, code);
    parser_->begun = true;
    begin_ += used;
    if (code == beast::http::error::need_more || (!code && used == 0)) break;
    if (code) return error_of(code);
    if (parser.eager() || !parser.is_header_done()) continue;
    if (parser_->message().count(beast::http::field::transfer_encoding) != 0) {
      return Error{ErrorCode::malformed, "http.length_required"};
    }
    parser.eager(true);
  }
  if (parser.is_done()) return true;
  // A full buffer in which the parser finds no end of anything would wait for ever.
  if (begin_ == 0 && end_ == kBufferBytes) {
    return Error{ErrorCode::limit_exceeded, "http.header_length"};
  }
  return false;
}

void RequestReader::restart() {
  std::string& body = parser_->parser.get().body();
  ::explicit_bzero(body.data(), body.size());
  parser_ = std::make_unique<Parser>(body_bytes_max_);
  // Wipes what has been read of the buffer.
  static_cast<void>(space());
}

bool RequestReader::has_begun() const { return parser_->begun || begin_ != end_; }
bool RequestReader::has_header() const { return parser_->parser.is_header_done(); }

bool RequestReader::takes_expectation() {
  if (!has_header() || parser_->expectation_taken || parser_->parser.is_done()) return false;
  parser_->expectation_taken = true;
  return beast::iequals(parser_->message()[beast::http::field::expect], "100-continue");
}

bool RequestReader::is_get() const { return parser_->message().method() == beast::http::verb::get; }
bool RequestReader::is_head() const {
  return parser_->message().method() == beast::http::verb::head;
}
bool RequestReader::is_post() const {
  return parser_->message().method() == beast::http::verb::post;
}
std::string_view RequestReader::target() const { return text_of(parser_->message().target()); }
std::string_view RequestReader::body() const { return parser_->message().body(); }

std::string_view RequestReader::field(std::string_view name) const {
  return text_of(parser_->message()[beasts(name)]);
}

std::size_t RequestReader::count(std::string_view name) const {
  return parser_->message().count(beasts(name));
}

std::string RequestReader::joined(std::string_view name) const {
  std::string all;
  const auto [first, last] = parser_->message().equal_range(beasts(name));
  for (auto field = first; field != last; ++field) {
    if (!all.empty()) all += ',';
    all += text_of(field->value());
  }
  return all;
}

bool RequestReader::keeps_alive() const {
  constexpr unsigned kHttp11 = 11;  // before it, who answers would have to say so
  return parser_->message().version() >= kHttp11 && parser_->parser.keep_alive();
}

std::string status_line(unsigned status) {
  const auto reason = beast::http::obsolete_reason(beast::http::int_to_status(status));
  std::string line = "HTTP/1.1 " + std::to_string(status) + ' ';
  line.append(reason.data(), reason.size());
  line += "\r\n";
  return line;
}

}  // namespace countersign::http
