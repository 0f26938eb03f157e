// SPDX-License-Identifier: Apache-2.0
#include "daemon/model/names.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace countersign {
namespace {

constexpr std::string_view kDefaultRealm = "default";
// A spelling may be four times as long as what it comes to: mathematical letters, marks apart.
constexpr std::size_t kTypedBytesMax = 1024;
// Normalising once is a fixed point for all but a handful of sequences; the rest need a second.
constexpr int kRoundsMax = 4;

constexpr auto kUsernameForm = static_cast<utf8proc_option_t>(
    UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_REJECTNA);
constexpr auto kLabelForm = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);

struct CodePoint {
  utf8proc_int32_t value = 0;
  std::size_t bytes = 0;
};

const utf8proc_uint8_t* raw(std::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

// REQUIRES: `text` is not empty. Fails with `malformed` on overlong forms, surrogates and the like.
Result<CodePoint> first_of(std::string_view text) {
  CodePoint point;
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  const auto taken = ::utf8proc_iterate(raw(text), size, &point.value);
  if (taken <= 0) return Error{ErrorCode::malformed, "name.utf8"};
  point.bytes = static_cast<std::size_t>(taken);
  return point;
}

bool is_control(utf8proc_int32_t point) {
  switch (::utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return true;
    default:
      return false;
  }
}

// They turn the text around them over, so that an administrator reads another name.
bool is_bidi_control(utf8proc_int32_t point) {
  return point == 0x061c || point == 0x200e || point == 0x200f ||
         (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

bool is_in_username(utf8proc_int32_t point) {
  const auto category = ::utf8proc_category(point);
  const bool is_unassigned = category == UTF8PROC_CATEGORY_CN;
  const bool is_format = category == UTF8PROC_CATEGORY_CF;  // bidi controls among them
  const bool is_invisible = ::utf8proc_get_property(point)->ignorable != 0;
  return !is_control(point) && !is_unassigned && !is_format && !is_invisible;
}

// Emoji in a label may be joined by invisible characters.
bool is_in_label(utf8proc_int32_t point) { return !is_control(point) && !is_bidi_control(point); }

// How many code points, each of which `allowed` lets pass. Fails with `malformed`.
template <class Predicate>
Result<std::size_t> count(std::string_view text, Predicate allowed) {
  std::size_t points = 0;
  while (!text.empty()) {
    CS_TRY(const CodePoint point, first_of(text));
    if (!allowed(point.value)) return Error{ErrorCode::malformed, "name.code_point"};
    text.remove_prefix(point.bytes);
    ++points;
  }
  return points;
}

Result<std::string> normalised(std::string_view text, utf8proc_option_t form) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto size =
      ::utf8proc_map(raw(text), static_cast<utf8proc_ssize_t>(text.size()), &mapped, form);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner{mapped, &std::free};
  if (size == UTF8PROC_ERROR_NOMEM) return Error{ErrorCode::unavailable, "utf8proc_map"};
  if (size < 0) return Error{ErrorCode::malformed, "utf8proc_map"};
  return std::string{reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size)};
}

// Spaces of every kind: compatibility forms leave but two, and only one of them is ASCII.
std::string_view trimmed(std::string_view text) {
  static constexpr std::array<std::string_view, 2> kSpaces{" ", "\u1680"};
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view space : kSpaces) {
      const bool in_front = text.starts_with(space);
      if (in_front) text.remove_prefix(space.size());
      const bool behind = text.ends_with(space);
      if (behind) text.remove_suffix(space.size());
      again = again || in_front || behind;
    }
  }
  return text;
}

// What normalisation leaves as it is, and folding of case only makes small.
bool is_graphic_ascii(char c) { return c > ' ' && c <= '~'; }

bool is_in_realm(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

}  // namespace

Realm Realm::default_realm() { return Realm{kDefaultRealm}; }

Result<Realm> Realm::from(std::string_view text) {
  if (text.empty()) return default_realm();
  if (text.size() > kBytesMax || !std::ranges::all_of(text, is_in_realm)) {
    return Error{ErrorCode::malformed, "realm"};
  }
  return Realm{text};
}

Result<Username> Username::from(std::string_view typed) {
  if (typed.size() > kTypedBytesMax) return Error{ErrorCode::limit_exceeded, "username.length"};
  // Nearly all names are plain, and every sign-in brings one.
  if (std::ranges::all_of(typed, is_graphic_ascii)) {
    if (typed.empty()) return Error{ErrorCode::malformed, "username.empty"};
    if (typed.size() > kBytesMax) return Error{ErrorCode::limit_exceeded, "username.length"};
    std::string folded{typed};
    for (char& c : folded) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return Username{std::move(folded)};
  }
  CS_CHECK(count(typed, is_in_username));

  // Until nothing changes any more: a canonical name is canonical in every later look at it.
  std::string text{typed};
  for (int round = 0; round < kRoundsMax; ++round) {
    CS_TRY(const std::string folded, normalised(text, kUsernameForm));
    const std::string_view next = trimmed(folded);
    CS_CHECK(count(next, is_in_username));
    if (next.empty()) return Error{ErrorCode::malformed, "username.empty"};
    if (next != text) {
      text = next;
      continue;
    }
    if (text.size() > kBytesMax) return Error{ErrorCode::limit_exceeded, "username.length"};
    return Username{std::move(text)};
  }
  return Error{ErrorCode::malformed, "username.unstable"};
}

Result<Label> Label::from(std::string_view typed) {
  if (typed.size() > kTypedBytesMax) return Error{ErrorCode::limit_exceeded, "label.length"};
  CS_CHECK(count(typed, is_in_label));
  if (typed.empty()) return Label{std::string{}};
  CS_TRY(std::string text, normalised(typed, kLabelForm));
  CS_TRY(const std::size_t points, count(text, is_in_label));
  if (points > kCodePointsMax) return Error{ErrorCode::limit_exceeded, "label.length"};
  return Label{std::move(text)};
}

}  // namespace countersign
