// SPDX-License-Identifier: Apache-2.0
// Crockford's base32: what codes are written in that people copy from paper.
//
// No I, L, O and U are ever written; whoever types an i, an l or an o means a 1 or a 0.
// https://www.crockford.com/base32.html
#pragma once

#include "base/bytes.hpp"
#include "base/secret_bytes.hpp"

#include <optional>
#include <string_view>

namespace countersign::crockford {

inline constexpr std::size_t kGroup = 4;  // so many characters between two hyphens

// So many characters, five bits each, of the first bits. REQUIRES: there are as many bits.
[[nodiscard]] SecretBytes encode(BytesView random, std::size_t characters);

// The one spelling of what was typed; none when it has any other character.
[[nodiscard]] std::optional<SecretBytes> canonical(std::string_view typed);

// Whether canonical() would give something.
[[nodiscard]] bool is_written(std::string_view typed);

// As it is shown: with a hyphen behind every group but the last.
[[nodiscard]] SecretBytes grouped(const SecretBytes& canonical);

}  // namespace countersign::crockford
