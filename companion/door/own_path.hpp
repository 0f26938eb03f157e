// SPDX-License-Identifier: Apache-2.0
// Addresses that came from outside, and to which we would lead somebody on.
#pragma once

#include <string_view>

namespace countersign::companion {

// Whether it is an address of ours: a path, with what is asked behind "?", in our letters.
[[nodiscard]] bool is_path_of_ours(std::string_view path);

// The same, where it may stand as one value within another address: it asks for one thing at most.
[[nodiscard]] bool is_next_of_ours(std::string_view path);

}  // namespace countersign::companion
