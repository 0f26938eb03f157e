// SPDX-License-Identifier: Apache-2.0
// The arithmetic that OATH tokens perform: RFC 4226 section 5.3 and RFC 6238.
//
// Pure functions over bytes. No clock, no key, no allocation.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace countersign::oath {

inline constexpr std::size_t kDigitsMin = 6;
inline constexpr std::size_t kDigitsMax = 8;

enum class Digits : std::uint8_t { six = 6, seven = 7, eight = 8 };

// The moving factor, as the eight big-endian bytes that are fed to HMAC.
[[nodiscard]] std::array<std::byte, 8> counter_bytes(std::uint64_t counter);

// A displayed code. Fixed capacity, so that computing one never allocates.
struct Code {
  std::array<char, kDigitsMax> text{};
  std::uint8_t size{};
  [[nodiscard]] std::string_view view() const { return {text.data(), size}; }
};

// Dynamic truncation. For SHA-256 and SHA-512 it is the low nibble of the MAC's own last byte that
// counts, as RFC 6238 has it, not that of byte 19.
//
// REQUIRES: mac.size() >= 20, the length of the shortest HMAC in use (SHA-1).
[[nodiscard]] Code truncate(BytesView mac, Digits digits);

}  // namespace countersign::oath
