// SPDX-License-Identifier: Apache-2.0
// What a person typed as text, in the one form in which it is hashed. Pure.
//
// Keyboards and phones spell one text in several ways; all of them come to the same bytes here.
// Nothing is cut off: what is too long is no text at all. No copy is left behind.
#pragma once

#include "base/secret_bytes.hpp"

#include <cstddef>
#include <optional>

namespace countersign::verify {

// The code points of a text in UTF-8.
[[nodiscard]] std::size_t code_points(const SecretBytes& text);

// NFKC. None when it is empty, not UTF-8, or longer than policies::kPasswordLengthMax characters.
[[nodiscard]] std::optional<SecretBytes> normal_password(const SecretBytes& typed);

// NFKC and case-folded, with one space for any run of white space and none at the ends. None for
// the same reasons.
[[nodiscard]] std::optional<SecretBytes> normal_answer(const SecretBytes& typed);

}  // namespace countersign::verify
