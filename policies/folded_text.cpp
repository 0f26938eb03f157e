// SPDX-License-Identifier: Apache-2.0
#include "policies/folded_text.hpp"

#include <string.h>
#include <utf8proc.h>

#include <span>

namespace countersign::policies {
namespace {

constexpr auto kForm =
    static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE);
constexpr auto kFoldedForm = static_cast<utf8proc_option_t>(kForm | UTF8PROC_CASEFOLD);

}  // namespace

CharacterClass class_of(CodePoint point) {
  switch (::utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LL:
      return CharacterClass::lowercase;
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LT:
      return CharacterClass::uppercase;
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return CharacterClass::letter;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return CharacterClass::number;
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return CharacterClass::control;
    default:
      return CharacterClass::symbol;
  }
}

Points::~Points() {
  if (!points_.empty()) ::explicit_bzero(points_.data(), points_.size() * sizeof(CodePoint));
}

// In a buffer of our own: utf8proc_map() would leave copies behind.
std::optional<Points> Points::from(std::string_view text, bool folded) {
  const auto form = folded ? kFoldedForm : kForm;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  const auto wanted = ::utf8proc_decompose(bytes, size, nullptr, 0, form);
  if (wanted < 0) return std::nullopt;
  Points points;
  points.points_.resize(static_cast<std::size_t>(wanted));
  CodePoint* first = points.points_.data();
  if (::utf8proc_decompose(bytes, size, first, wanted, form) != wanted) return std::nullopt;
  const auto count = ::utf8proc_normalize_utf32(first, wanted, form);
  if (count < 0) return std::nullopt;
  // What composing left over behind the end is wiped with the rest when the vector is: it is only
  // made shorter here, and its bytes stay where they are until then.
  const auto kept = static_cast<std::size_t>(count);
  const std::span<CodePoint> left_over = std::span{points.points_}.subspan(kept);
  if (!left_over.empty()) ::explicit_bzero(left_over.data(), left_over.size_bytes());
  points.points_.resize(kept);
  return points;
}

}  // namespace countersign::policies
