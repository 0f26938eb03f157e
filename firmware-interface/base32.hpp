// SPDX-License-Identifier: Apache-2.0
// Base32 (RFC 4648 section 6), the form in which people and QR codes carry OATH secrets.
//
// liboath does the arithmetic; what is accepted is decided here. Tolerant of what people do to a
// secret that they copy by hand: lower case, spaces between groups, padding left off. Strict
// otherwise: no other character, no impossible length, padding whole or absent. Bits left over
// after the last whole byte are ignored, because the authenticator apps that show such a secret
// ignore them too.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/secret_bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace countersign::base32 {

inline constexpr std::size_t kSecretBytesMax = 512;
inline constexpr std::size_t kTextBytesMax = 2048;  // room for a space after every character

enum class Padding : std::uint8_t { none, full };

// The text of a secret, upper case, without padding unless asked: the Key Uri Format wants none.
// Nothing gives nothing. Fails with `limit_exceeded`, and `unavailable` when memory is short.
[[nodiscard]] Result<SecretBytes> encode(BytesView secret, Padding padding = Padding::none);

// The secret behind a text; an empty text gives an empty secret, and whether that will do is the
// caller's question. Fails with `malformed`, `limit_exceeded`, `unavailable` as above.
[[nodiscard]] Result<SecretBytes> decode(std::string_view text);

}  // namespace countersign::base32
