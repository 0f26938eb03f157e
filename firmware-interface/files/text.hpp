// SPDX-License-Identifier: Apache-2.0
// How token files write bytes and numbers.
#pragma once

#include "base/secret_bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::files {

// Without spaces, tabs and line ends at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);
[[nodiscard]] std::string lower_case(std::string_view text);

// All of these are none for a text that is not entirely what it should be.
[[nodiscard]] std::optional<SecretBytes> decode_hex(std::string_view text);
// RFC 4648 section 4, padded; white space between the characters is skipped, as XML allows it.
[[nodiscard]] std::optional<SecretBytes> decode_base64(std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text);

}  // namespace countersign::files
