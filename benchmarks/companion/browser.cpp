// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/companion/browser.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>

namespace countersign::bench {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kStatusAt = 9;  // behind "HTTP/1.1 "

template <class Number>
Number number_at(std::string_view text) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// What stands between `before` and `after`, and behind it nothing that was read already.
std::string_view take_between(std::string_view& text, std::string_view before,
                              std::string_view after) {
  const std::size_t begin = text.find(before);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + before.size());
  return text.substr(0, text.find(after));
}

void add_encoded(std::string& out, std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
    if (is_plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
}

void add_field(std::string& body, std::string_view name, std::string_view value) {
  if (!body.empty()) body += '&';
  add_encoded(body, name);
  body += '=';
  add_encoded(body, value);
}

// Their values are letters, digits and paths: nothing that HTML escapes.
std::string carried_along(std::string_view page, std::string_view path) {
  std::string body;
  std::string action = " action=\"";
  action += path;
  action += '"';
  std::string_view form = take_between(page, action, "</form>");
  for (;;) {
    const std::string_view name = take_between(form, "<input type=\"hidden\" name=\"", "\"");
    if (name.empty()) return body;
    add_field(body, name, take_between(form, " value=\"", "\""));
  }
}

}  // namespace

Result<Browser> Browser::open(std::uint16_t port) {
  CS_TRY(Connection connection, Connection::open(port));
  return Browser{std::move(connection), port};
}

Status Browser::reopen() {
  CS_TRY(connection_, Connection::open(port_));
  return {};
}

Status Browser::get(std::string_view path) {
  std::string text = "GET ";
  text += path;
  text += " HTTP/1.1\r\nHost: ";
  text += kHost;
  text += kLineEnd;
  text += cookie_line();
  text += kLineEnd;
  return connection_.send(text);
}

Status Browser::submit(std::string_view path, const Fields& typed) {
  std::string body = carried_along(answer_, path);
  for (const auto& [name, value] : typed) add_field(body, name, value);
  std::string text = "POST ";
  text += path;
  text += " HTTP/1.1\r\nHost: ";
  text += kHost;
  text += "\r\nOrigin: https://";
  text += kHost;
  text += "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ";
  text += std::to_string(body.size());
  text += kLineEnd;
  text += cookie_line();
  text += kLineEnd;
  text += body;
  return connection_.send(text);
}

Result<bool> Browser::read() {
  // What was there before was answered already.
  if (answer_bytes_ != 0 && answer_.size() == answer_bytes_) {
    answer_.clear();
    answer_bytes_ = 0;
  }
  std::array<char, 16'384> chunk;
  const ssize_t count = ::recv(native_handle(), chunk.data(), chunk.size(), MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN) return false;
  if (count <= 0) {
    return Error{ErrorCode::unavailable, "recv", static_cast<std::uint64_t>(count < 0 ? errno : 0)};
  }
  answer_.append(chunk.data(), static_cast<std::size_t>(count));
  if (answer_bytes_ == 0) {
    const std::size_t end = answer_.find(kHeadEnd);
    if (end == std::string::npos) return false;
    CS_CHECK(read_head(std::string_view{answer_}.substr(0, end + kLineEnd.size())));
  }
  return answer_.size() == answer_bytes_;
}

Status Browser::read_head(std::string_view head) {
  if (head.size() < kStatusAt) return Error{ErrorCode::malformed, "browser.status"};
  status_ = number_at<unsigned>(head.substr(kStatusAt));
  location_.clear();
  answer_bytes_ = head.size() + kLineEnd.size();
  while (!head.empty()) {
    std::string_view line = head.substr(0, head.find(kLineEnd));
    head.remove_prefix(line.size() + kLineEnd.size());
    const std::string_view name = line.substr(0, line.find(": "));
    line.remove_prefix(std::min(line.size(), name.size() + 2));
    if (name == "Set-Cookie") keep(line);
    if (name == "Location") location_ = line;
    if (name == "Content-Length") answer_bytes_ += number_at<std::size_t>(line);
  }
  return {};
}

void Browser::keep(std::string_view set_cookie) {
  const std::string_view pair = set_cookie.substr(0, set_cookie.find(';'));
  const std::size_t equals = pair.find('=');
  if (equals == std::string_view::npos) return;
  const std::string name{pair.substr(0, equals)};
  cookies_.erase(name);
  if (equals + 1 < pair.size()) cookies_.emplace(name, pair.substr(equals + 1));
}

std::string Browser::cookie_line() const {
  if (cookies_.empty()) return {};
  std::string line = "Cookie: ";
  for (const auto& [name, value] : cookies_) line += name + "=" + value + "; ";
  line.resize(line.size() - 2);
  line += kLineEnd;
  return line;
}

}  // namespace countersign::bench
