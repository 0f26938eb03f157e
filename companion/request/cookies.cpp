// SPDX-License-Identifier: Apache-2.0
#include "companion/request/cookies.hpp"

#include <algorithm>
#include <array>

namespace countersign::companion {
namespace {

constexpr std::array kOurs{kSessionCookie, kTicketCookie, kFormCookie,
                           kDeviceCookie,  kAskerCookie,  kLanguageCookie};
constexpr std::size_t kValueBytesMax = 512;

// What our values consist of: base64url, and what separates its parts.
bool is_value_letter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '_' || c == '.';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool is_ours(std::string_view name) { return std::ranges::find(kOurs, name) != kOurs.end(); }

}  // namespace

Cookies Cookies::parse(std::string_view header) {
  Cookies cookies;
  while (!header.empty()) {
    const std::string_view pair = header.substr(0, header.find(';'));
    header.remove_prefix(std::min(header.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = trimmed(pair.substr(0, equals));
    const std::string_view value = trimmed(pair.substr(equals + 1));
    if (!is_ours(name)) continue;
    const bool is_good =
        value.size() <= kValueBytesMax && std::ranges::all_of(value, is_value_letter);
    cookies.cookies_.emplace_back(name, is_good ? value : std::string_view{});
  }
  return cookies;
}

std::string_view Cookies::value_of(std::string_view name) const {
  const auto is_named = [name](const auto& cookie) { return cookie.first == name; };
  const auto found = std::ranges::find_if(cookies_, is_named);
  if (found == cookies_.end()) return {};
  if (std::find_if(std::next(found), cookies_.end(), is_named) != cookies_.end()) return {};
  return found->second;
}

std::string SetCookie::text() const {
  std::string text{name};
  text += '=';
  text += value;
  text += "; Path=/; Secure; HttpOnly; SameSite=Lax";
  if (value.empty()) {
    text += "; Max-Age=0";
  } else if (age) {
    text += "; Max-Age=" + std::to_string(age->count());
  }
  return text;
}

}  // namespace countersign::companion
