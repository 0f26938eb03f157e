// SPDX-License-Identifier: Apache-2.0
// Reads UTF-8 letter by letter, strictly: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <optional>
#include <string_view>

namespace countersign::courier {

// Takes the first code point off the text; none when it does not begin with one.
[[nodiscard]] std::optional<char32_t> take_code_point(std::string_view& text);

}  // namespace countersign::courier
