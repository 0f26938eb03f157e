// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/typed_text.hpp"

#include "policies/policy.hpp"

#include <utf8proc.h>

#include <algorithm>

namespace countersign::verify {
namespace {

using CodePoint = utf8proc_int32_t;

// As many bytes as its characters may take, and no more work for anything longer.
constexpr std::size_t kTypedBytesMax = 4 * policies::kPasswordLengthMax;
constexpr CodePoint kLastControl = 0x1f;
constexpr CodePoint kNextLine = 0x85;

constexpr auto kPasswordForm =
    static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE);
constexpr auto kAnswerForm = static_cast<utf8proc_option_t>(kPasswordForm | UTF8PROC_CASEFOLD);

bool is_space(CodePoint point) {
  if (point >= '\t' && point <= kLastControl) return point <= '\r';
  if (point == kNextLine) return true;
  switch (::utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return true;
    default:
      return false;
  }
}

// One ASCII space for each run, none in front and none behind. Returns how many points are left.
std::size_t collapse_spaces(std::span<CodePoint> points) {
  std::size_t kept = 0;
  for (const CodePoint point : points) {
    const bool space = is_space(point);
    if (space && (kept == 0 || points[kept - 1] == ' ')) continue;
    points[kept++] = space ? ' ' : point;
  }
  return kept > 0 && points[kept - 1] == ' ' ? kept - 1 : kept;
}

// In a buffer of our own, which is wiped: utf8proc_map() would leave copies behind.
std::optional<SecretBytes> normalised(const SecretBytes& typed, utf8proc_option_t form,
                                      bool collapses) {
  if (typed.size() == 0 || typed.size() > kTypedBytesMax) return std::nullopt;
  const auto* text = reinterpret_cast<const utf8proc_uint8_t*>(typed.expose().data());
  const auto size = static_cast<utf8proc_ssize_t>(typed.size());
  const auto points = ::utf8proc_decompose(text, size, nullptr, 0, form);
  if (points <= 0) return std::nullopt;

  // One more: utf8proc_reencode ends it with a zero.
  SecretBytes buffer{(static_cast<std::size_t>(points) + 1) * sizeof(CodePoint)};
  auto* first = reinterpret_cast<CodePoint*>(buffer.expose().data());
  if (::utf8proc_decompose(text, size, first, points, form) != points) return std::nullopt;
  auto count = ::utf8proc_normalize_utf32(first, points, form);
  if (count < 0) return std::nullopt;
  if (collapses) {
    const std::span all{first, static_cast<std::size_t>(count)};
    count = static_cast<utf8proc_ssize_t>(collapse_spaces(all));
  }
  if (count == 0 || static_cast<std::size_t>(count) > policies::kPasswordLengthMax) {
    return std::nullopt;
  }
  const auto bytes = ::utf8proc_reencode(first, count, form);
  if (bytes <= 0) return std::nullopt;
  return SecretBytes{std::as_const(buffer).expose().first(static_cast<std::size_t>(bytes))};
}

}  // namespace

std::size_t code_points(const SecretBytes& text) {
  const auto begins = [](std::byte byte) { return (byte & std::byte{0xc0}) != std::byte{0x80}; };
  return static_cast<std::size_t>(std::ranges::count_if(text.expose(), begins));
}

std::optional<SecretBytes> normal_password(const SecretBytes& typed) {
  return normalised(typed, kPasswordForm, false);
}

std::optional<SecretBytes> normal_answer(const SecretBytes& typed) {
  return normalised(typed, kAnswerForm, true);
}

}  // namespace countersign::verify
