// SPDX-License-Identifier: Apache-2.0
// Yubico OTPs: what a YubiKey types, and what stands in the block that it encrypted.
//
//   vvccccccbcfd hknhfjbrjnlnldnhcujvddbikngjrtgh
//   public id    one AES block, as 32 letters of modhex
//
//   block: private id 6 | session counter 2 | timestamp 3 | session use 1 | random 2 | CRC 2
//          (numbers are little-endian)
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace countersign {

inline constexpr std::size_t kYubicoBlockBytes = 16;
inline constexpr std::size_t kYubicoPrivateIdBytes = 6;
inline constexpr std::size_t kYubicoOtpLettersMin = 32;
inline constexpr std::size_t kYubicoOtpLettersMax = 48;

struct YubicoOtp {
  std::string public_id;  // lower-case modhex; an even number of letters, from 0 to 16
  std::array<std::byte, kYubicoBlockBytes> block;
};

// What a person's tap, an NFC link or a client sent, in one canonical form: any case (Caps Lock),
// the letters of a Dvorak keyboard, `https://my.yubico.com/yk/#<otp>`,
// `https://my.yubico.com/neo/<otp>`. A text that is modhex as it stands is never taken for Dvorak.
//
// None if it is no Yubico OTP.
[[nodiscard]] std::optional<YubicoOtp> parse_yubico_otp(std::string_view typed);

// The fields of a decrypted block.
struct YubicoPlain {
  std::array<std::byte, kYubicoPrivateIdBytes> private_id;  // a secret: the caller wipes it
  std::uint16_t session_counter;                            // power-ups; 15 bits
  std::uint8_t session_use;                                 // codes since the power-up
  std::uint32_t timestamp;                                  // of an 8 Hz clock; 24 bits
};

// None if the CRC is wrong, and so the key that it was decrypted with. Bit 15 of the session
// counter, by which old keys tell that Caps Lock was on, is dropped.
[[nodiscard]] std::optional<YubicoPlain> parse_yubico_block(
    std::span<const std::byte, kYubicoBlockBytes> plaintext);

}  // namespace countersign
