// SPDX-License-Identifier: Apache-2.0
// What a YubiKey types, out of whatever came of it.
//
// A YubiKey is a keyboard that presses the keys of an American one; the letters are what the
// computer makes of them. So they come in the letters of other layouts, in capitals, twice, within
// the address that a phone reads by NFC, or from the wrong slot of the key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::companion {

struct TypedOtp {
  enum class Form : std::uint8_t {
    otp,      // `text` is one, in modhex
    nothing,  // nothing was typed
    partial,  // letters of a YubiKey, too few or too many to be one code
    digits,   // six to eight digits: a slot that is set to another kind of code
    foreign,  // something else, or a layout that is not known here
  };
  Form form = Form::nothing;
  std::string text = {};

  // The public id, by which keys are told apart. REQUIRES: it is an OTP.
  [[nodiscard]] std::string_view public_id() const {
    return std::string_view{text}.substr(0, text.size() - kSecretLetters);
  }

  static constexpr std::size_t kSecretLetters = 32;
  static constexpr std::size_t kPublicIdLettersMax = 16;
};

[[nodiscard]] TypedOtp read_typed_otp(std::string_view typed);

// Why it is none, as a key of the catalogue. REQUIRES: it is none.
[[nodiscard]] std::string_view fault_of(TypedOtp::Form form);

}  // namespace countersign::companion
