// SPDX-License-Identifier: Apache-2.0
// Modhex: hexadecimal in sixteen letters that lie in the same place on every Latin keyboard, which
// is how YubiKeys type bytes.
//
//   0123456789abcdef
//   cbdefghijklnrtuv
//
// Lower case is the canonical form and the only one here: what people type is made canonical by
// parse_yubico_otp().
#pragma once

#include "base/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace countersign::modhex {

inline constexpr std::string_view kAlphabet = "cbdefghijklnrtuv";

[[nodiscard]] std::string encode(BytesView bytes);

// None if a character is not of the alphabet, or their number is odd. Nothing gives nothing.
[[nodiscard]] std::optional<Bytes> decode(std::string_view text);

}  // namespace countersign::modhex
