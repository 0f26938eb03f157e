// SPDX-License-Identifier: Apache-2.0
#include "courier/mail/mail.hpp"

#include <openssl/evp.h>
#include <time.h>

#include <algorithm>
#include <array>

namespace countersign::courier {
namespace {

// An encoded word has 75 characters at most, 12 of them "=?UTF-8?B?" and "?=": 63 are left for
// base64, which are 45 bytes.
constexpr std::size_t kWordBytesMax = 45;
constexpr std::size_t kPlainBytesMax = 60;  // with the header's name within 78

bool is_control(char c) { return (c >= 0 && c < ' ') || c == 0x7f; }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string encoded_words(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    std::size_t size = std::min(text.size(), kWordBytesMax);
    while (size > 1 && size < text.size() && continues_character(text[size])) --size;
    if (!words.empty()) words += "\r\n ";
    words += "=?UTF-8?B?" + base64(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return words;
}

std::string in_one_line(std::string_view text) {
  std::string line{text};
  std::ranges::replace_if(line, is_control, ' ');
  return line;
}

bool is_plain(std::string_view line) {
  return line.size() <= kPlainBytesMax && std::ranges::all_of(line, is_ascii) &&
         line.find("=?") == std::string_view::npos;
}

std::string two_digits(int number) {
  return {static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
}

}  // namespace

bool is_plain_address(std::string_view address) {
  const std::size_t at = address.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == address.size()) return false;
  if (address.find('@', at + 1) != std::string_view::npos) return false;
  if (address.find_first_of(" <>()[]\\,;:\"") != std::string_view::npos) return false;
  return std::ranges::none_of(address, is_control);
}

std::string header_text(std::string_view utf8) {
  const std::string line = in_one_line(utf8);
  return is_plain(line) ? line : encoded_words(line);
}

std::string mailbox(std::string_view name, std::string_view address) {
  if (name.empty()) return std::string{address};
  std::string shown = in_one_line(name);
  if (!is_plain(shown)) {
    shown = encoded_words(shown);
  } else {
    std::string quoted;
    for (const char c : shown) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
    shown = '"' + quoted + '"';
  }
  return shown + " <" + std::string{address} + ">";
}

std::string mail_date(Time time) {
  static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  const auto moment = static_cast<time_t>(seconds);
  tm parts{};
  ::gmtime_r(&moment, &parts);
  return std::string{kDays[static_cast<std::size_t>(parts.tm_wday)]} + ", " +
         two_digits(parts.tm_mday) + " " + kMonths[static_cast<std::size_t>(parts.tm_mon)] + " " +
         std::to_string(parts.tm_year + 1900) + " " + two_digits(parts.tm_hour) + ":" +
         two_digits(parts.tm_min) + ":" + two_digits(parts.tm_sec) + " +0000";
}

std::string mail_id(const Outgoing& message, std::string_view sender) {
  const std::string domain{sender.substr(sender.find('@') + 1)};
  return "<" + std::to_string(static_cast<std::uint64_t>(message.id)) + "." +
         std::to_string(to_milliseconds(message.expires_at)) + "@" + domain + ">";
}

std::string with_crlf(std::string_view text) {
  std::string lines;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (text[i] == '\r' || text[i] == '\n') {
      lines += "\r\n";
    } else {
      lines += text[i];
    }
  }
  return lines;
}

}  // namespace countersign::courier
