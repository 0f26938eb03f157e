// SPDX-License-Identifier: Apache-2.0
// A text as its code points, in a form in which two spellings of one text are the same. Wiped when
// it goes: it may be a password. Seen by this module's rules alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::policies {

using CodePoint = std::int32_t;

enum class CharacterClass : std::uint8_t { lowercase, uppercase, letter, number, symbol, control };
// Of Unicode's category: marks belong to their letters, titlecase letters are uppercase ones.
[[nodiscard]] CharacterClass class_of(CodePoint point);

class Points {
 public:
  Points() = default;
  Points(Points&& other) noexcept = default;
  Points& operator=(Points&&) = delete;
  ~Points();

  // NFKC; with `folded`, whatever differs in case alone is the same as well. None for what is not
  // UTF-8.
  static std::optional<Points> from(std::string_view text, bool folded);

  [[nodiscard]] std::size_t size() const { return points_.size(); }
  [[nodiscard]] auto begin() const { return points_.begin(); }
  [[nodiscard]] auto end() const { return points_.end(); }

 private:
  std::vector<CodePoint> points_;
};

}  // namespace countersign::policies
