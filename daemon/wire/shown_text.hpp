// SPDX-License-Identifier: Apache-2.0
// Texts that a person will read and decide by. Private to wire.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <string_view>

namespace countersign::wire {

struct TextLimits {
  std::size_t characters_max = 0;
  std::size_t bytes_max = 0;
};

// How many code points. REQUIRES: UTF-8.
[[nodiscard]] std::size_t characters_in(std::string_view text);

// Is every character of it seen for what it is, in the order in which it stands? Refused are
// control characters, line breaks, whatever turns the text around it over, and what cannot be seen
// (joiners, fillers, unassigned and private characters); a text of nothing but spaces says nothing.
// An empty one passes. Fails with `malformed`.
[[nodiscard]] Status check_shown_text(std::string_view text, TextLimits limits);

}  // namespace countersign::wire
