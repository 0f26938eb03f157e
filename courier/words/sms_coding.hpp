// SPDX-License-Identifier: Apache-2.0
// How a text travels as SMS: in which alphabet, and as how many messages it is charged.
//
// A text whose every letter stands in the default alphabet of GSM 03.38 (3GPP TS 23.038) takes 7
// bits a letter, 160 of them in one message. A single letter from elsewhere makes it UCS-2: 70. A
// longer text is sent as segments that the phone puts together again; each loses the room of a
// header, and no letter is cut in two.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace countersign::courier {

enum class SmsAlphabet : std::uint8_t { gsm7, ucs2 };

struct SmsShape {
  SmsAlphabet alphabet{};
  std::size_t units = 0;     // septets, or 16 bits each
  std::size_t segments = 0;  // 0 of an empty text
};

// Fails with `malformed` when it is not UTF-8.
[[nodiscard]] Result<SmsShape> shape_of(std::string_view text);

}  // namespace countersign::courier
