// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/files/text.hpp"

#include <algorithm>
#include <charconv>

namespace countersign::files {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::optional<unsigned> hex_digit(char c) {
  const char digit = lower(c);
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a' + 10);
  return std::nullopt;
}

std::optional<std::uint32_t> base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a' + 26);
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0' + 52);
  if (c == '+') return 62u;
  if (c == '/') return 63u;
  return std::nullopt;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string lower_case(std::string_view text) {
  std::string lowered{text};
  std::ranges::transform(lowered, lowered.begin(), lower);
  return lowered;
}

std::optional<SecretBytes> decode_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  SecretBytes bytes{text.size() / 2};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto high = hex_digit(text[2 * i]);
    const auto low = hex_digit(text[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    bytes.expose()[i] = static_cast<std::byte>(*high << 4 | *low);
  }
  return bytes;
}

std::optional<SecretBytes> decode_base64(std::string_view text) {
  SecretBytes bytes{text.size() / 4 * 3 + 3};
  std::size_t characters = 0;
  std::size_t padding = 0;
  std::size_t size = 0;
  std::uint32_t group = 0;
  for (const char c : text) {
    if (kSpace.find(c) != std::string_view::npos) continue;
    const auto digit = base64_digit(c);
    if (c == '=' ? ++padding > 2 : padding > 0 || !digit) return std::nullopt;
    group = group << 6 | digit.value_or(0);
    if (++characters % 4 != 0) continue;
    for (const unsigned shift : {16u, 8u, 0u}) {
      bytes.expose()[size++] = static_cast<std::byte>(group >> shift & 0xff);
    }
    group = 0;
  }
  if (characters % 4 != 0) return std::nullopt;
  const auto& decoded = bytes;
  return SecretBytes{decoded.expose().first(size - padding)};
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || rest != end) return std::nullopt;
  return value;
}

}  // namespace countersign::files
