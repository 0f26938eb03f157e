// SPDX-License-Identifier: Apache-2.0
// Some 42000 passwords that everybody thinks of, from published leaks: what a guesser tries first.
//
// They come from an npm package when this is built (common_passwords.mjs). Those of one length
// stand one after another in the order of their bytes, so that a word is found by halving, without
// a pointer to each.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace countersign::policies {

struct CommonPasswords {
  std::size_t length = 0;  // of each
  std::string_view words;  // without anything between them
};

// In the order of their lengths.
[[nodiscard]] std::span<const CommonPasswords> common_passwords();

// REQUIRES: `folded` is in lower case. Words that no policy could ever meet are left out: a whole
// password has at least 8 characters, what is left without its ends at least 4.
[[nodiscard]] bool is_common(std::string_view folded);

}  // namespace countersign::policies
