// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/shown_text.hpp"

#include <utf8proc.h>

#include <algorithm>

namespace countersign::wire {
namespace {

bool is_space(utf8proc_int32_t point) { return ::utf8proc_category(point) == UTF8PROC_CATEGORY_ZS; }

bool is_seen(utf8proc_int32_t point) {
  switch (::utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:  // bidi controls, joiners, tags
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    default:  // Hangul fillers are letters, and variation selectors marks: none of them is seen.
      return ::utf8proc_get_property(point)->ignorable == 0;
  }
}

}  // namespace

std::size_t characters_in(std::string_view text) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  return static_cast<std::size_t>(std::ranges::count_if(text, begins));
}

Status check_shown_text(std::string_view text, TextLimits limits) {
  if (text.size() > limits.bytes_max) return Error{ErrorCode::malformed, "text.length"};
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  std::size_t characters = 0;
  bool says_something = text.empty();
  while (left > 0) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t used = ::utf8proc_iterate(at, left, &point);
    if (used <= 0 || !is_seen(point)) return Error{ErrorCode::malformed, "text.character"};
    says_something = says_something || !is_space(point);
    at += used;
    left -= used;
    ++characters;
  }
  if (!says_something) return Error{ErrorCode::malformed, "text.blank"};
  if (characters > limits.characters_max) return Error{ErrorCode::malformed, "text.length"};
  return {};
}

}  // namespace countersign::wire
