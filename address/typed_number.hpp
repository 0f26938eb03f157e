// SPDX-License-Identifier: Apache-2.0
// The digits of a phone number, out of what was typed or pasted.
#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace countersign::address {

struct TypedNumber {
  std::string digits;             // ASCII; at least one
  bool is_international = false;  // a plus sign stood before them
};

// Fails with `malformed`: phone.not_a_number, phone.too_long.
Result<TypedNumber> read_typed_number(std::string_view typed);

}  // namespace countersign::address
