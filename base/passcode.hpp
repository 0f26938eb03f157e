// SPDX-License-Identifier: Apache-2.0
// What the person typed.
//
// Held in a fixed buffer, wiped on destruction, and impossible to copy, print
// or compare by accident. `expose` is the only way in; searching for that one
// word lists every place in the product that reads a passcode.
#pragma once

#include "base/error.hpp"

#include <string.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace countersign {

class Passcode {
 public:
  static constexpr std::size_t kBytesMax = 128;

  // The one canonical form of a typed passcode: ASCII spaces and hyphens, which apps and people
  // put between groups, are dropped. Anything else than printable ASCII is refused, so that two
  // spellings of one code never count as two codes.
  //
  // Fails with `malformed`, `limit_exceeded`.
  static Result<Passcode> from(std::string_view typed) {
    if (typed.size() > kBytesMax) return Error{ErrorCode::limit_exceeded, "passcode.length"};
    Passcode passcode;
    for (const char c : typed) {
      if (c == ' ' || c == '-') continue;
      if (c < '!' || c > '~') return Error{ErrorCode::malformed, "passcode.not_ascii"};
      passcode.bytes_[passcode.size_++] = c;
    }
    if (passcode.size_ == 0) return Error{ErrorCode::malformed, "passcode.empty"};
    return passcode;
  }

  Passcode(Passcode&& other) noexcept : size_{other.size_} {
    std::copy_n(other.bytes_.data(), size_, bytes_.data());
    other.wipe();
  }
  Passcode& operator=(Passcode&&) = delete;
  ~Passcode() { wipe(); }

  [[nodiscard]] std::string_view expose() const { return {bytes_.data(), size_}; }
  [[nodiscard]] bool is_digits() const {
    return std::ranges::all_of(expose(), [](char c) { return c >= '0' && c <= '9'; });
  }

 private:
  Passcode() noexcept {}  // leaves the buffer as it is
  void wipe() noexcept {
    ::explicit_bzero(bytes_.data(), size_);  // behind size_ nothing was ever written
    size_ = 0;
  }

  std::array<char, kBytesMax> bytes_;
  std::size_t size_ = 0;
};

// Equal-length comparison whose running time does not depend on where the
// first difference lies.
[[nodiscard]] constexpr bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

}  // namespace countersign
