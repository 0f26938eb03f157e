// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/asker.hpp"

#include <charconv>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace countersign::companion {
namespace {

constexpr std::chrono::minutes kAge{15};
constexpr std::size_t kUsernameBytesMax = 250;
constexpr std::string_view kSmsMark = "s";
constexpr std::string_view kEmailMark = "e";
constexpr int kHexadecimal = 16;

std::string hexadecimal(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr unsigned kHalf = 4;
  constexpr unsigned kLow = 0xf;
  std::string digits;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    digits += kDigits[byte >> kHalf];
    digits += kDigits[byte & kLow];
  }
  return digits;
}

std::optional<std::string> text_from(std::string_view digits) {
  std::string text;
  for (; digits.size() >= 2; digits.remove_prefix(2)) {
    unsigned byte = 0;
    const char* const end = digits.data() + 2;
    const auto [stopped, wrong] = std::from_chars(digits.data(), end, byte, kHexadecimal);
    if (wrong != std::errc{} || stopped != end) return std::nullopt;
    text += static_cast<char>(byte);
  }
  if (!digits.empty()) return std::nullopt;
  return text;
}

}  // namespace

void keep_asker(Visit& visit, const Asker& asker) {
  if (asker.username.size() > kUsernameBytesMax) {
    visit.forget(kAskerCookie);
    return;
  }
  const std::string_view mark = asker.kind == v1::EMAIL ? kEmailMark : kSmsMark;
  visit.keep(kAskerCookie, std::string{mark} + hexadecimal(asker.username), kAge);
}

std::optional<Asker> asker_of(const Visit& visit) {
  const std::string_view value = visit.request().cookies.value_of(kAskerCookie);
  if (!value.starts_with(kSmsMark) && !value.starts_with(kEmailMark)) return std::nullopt;
  const auto username = text_from(value.substr(1));
  if (!username || username->empty()) return std::nullopt;
  return Asker{.username = *username, .kind = value.starts_with(kEmailMark) ? v1::EMAIL : v1::SMS};
}

}  // namespace countersign::companion
