// SPDX-License-Identifier: Apache-2.0
// Token files that have one token a line, and what tells the formats of token files apart.
//
//   ykksm               serial,public id,private id,AES key,lock code,created,accessed[,flags]
//   yubico              the same columns, as Yubico's personalisation tool logs them ("Yubico
//                       format") and Okta's customers upload them; for OATH-HOTP the counter
//                       stands where the private id would
//   yubico_traditional  the tool's other log: event,time,slot,public id,private id,secret,...
//   oath                serial,seed[,hotp|totp[,digits[,counter|period[,sha1|sha256|sha512]]]]
//   pskc                XML: pskc.hpp reads it
//
// Bytes are hexadecimal, but for public ids, which are modhex. The tool's "flexible" log can be
// anything and is not known here.
#pragma once

#include "firmware-interface/files/token_row.hpp"

#include <optional>
#include <string_view>

namespace countersign::files {

inline constexpr std::size_t kLineBytesMax = 4096;
inline constexpr std::size_t kDetectBytesMax = 64 * 1024;

enum class TokenFormat : std::uint8_t { ykksm, yubico, yubico_traditional, oath, pskc };

// By the first line that is no comment; none if it fits no format. `start` is the file, or so much
// of it.
[[nodiscard]] std::optional<TokenFormat> detect_token_file(std::string_view start);

// The token on a line; nothing for a line without one (empty, a comment, a heading of the log).
//
// REQUIRES: format != TokenFormat::pskc.
[[nodiscard]] std::optional<Result<TokenRow>> parse_token_line(TokenFormat format,
                                                               std::string_view line);

}  // namespace countersign::files
