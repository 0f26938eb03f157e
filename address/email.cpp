// SPDX-License-Identifier: Apache-2.0
#include "address/email.hpp"

#include <algorithm>

namespace countersign::address {
namespace {

constexpr std::size_t kLabelBytesMax = 63;
constexpr std::string_view kBlanks = " \t";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// RFC 5322, 3.2.3.
bool is_atom_text(char c) {
  return is_letter(c) || is_digit(c) ||
         std::string_view{"!#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos;
}

// Calls `is_good` for each part between dots, until one is not.
template <class Predicate>
bool all_parts(std::string_view text, Predicate is_good) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!is_good(text.substr(0, dot))) return false;
    if (dot == text.npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_atom(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_atom_text);
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= kLabelBytesMax && text.front() != '-' &&
         text.back() != '-' &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

// At least two labels, of which the last is no number: that would be an IPv4 address.
bool is_domain(std::string_view text) {
  const std::size_t dot = text.rfind('.');
  return dot != text.npos && std::ranges::any_of(text.substr(dot), is_letter) &&
         all_parts(text, is_label);
}

std::string_view trimmed(std::string_view typed) {
  const std::size_t first = typed.find_first_not_of(kBlanks);
  if (first == typed.npos) return {};
  return typed.substr(first, typed.find_last_not_of(kBlanks) + 1 - first);
}

}  // namespace

Result<std::string> parse_email(std::string_view typed) {
  const std::string_view text = trimmed(typed);
  const auto refused = [](Literal operation) { return Error{ErrorCode::malformed, operation}; };
  if (text.empty()) return refused("email.empty");
  if (text.size() > kEmailBytesMax) return refused("email.too_long");
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) > 0x7F; })) {
    return refused("email.not_ascii");
  }
  if (std::ranges::any_of(text, [](char c) { return c <= ' ' || c == '\x7F'; })) {
    return refused("email.characters");
  }
  const std::size_t at = text.rfind('@');
  if (at == text.npos) return refused("email.no_at");
  if (at > kEmailLocalBytesMax) return refused("email.local_too_long");
  if (!all_parts(text.substr(0, at), is_atom)) return refused("email.local");
  if (!is_domain(text.substr(at + 1))) return refused("email.domain");

  std::string address{text};
  std::transform(address.begin() + static_cast<std::ptrdiff_t>(at), address.end(),
                 address.begin() + static_cast<std::ptrdiff_t>(at), [](char c) {
                   return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
                 });
  return address;
}

}  // namespace countersign::address
