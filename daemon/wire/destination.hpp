// SPDX-License-Identifier: Apache-2.0
// Where codes and notices go, as people type it; and in which language. Private to wire.
#pragma once

#include "base/error.hpp"
#include "daemon/model/destination.hpp"

#include <string>
#include <string_view>

namespace countersign::wire {

// What a message says of a destination.
struct TypedDestination {
  int kind = 0;  // a number of FactorKind
  std::string_view text;
  std::string_view country;  // ISO 3166-1, or empty
};

// In its one form. `country` is for phone numbers alone. Fails with `malformed`.
[[nodiscard]] Result<Destination> destination_from(const TypedDestination& typed);

// A tag in the usual case ("fi-FI", "zh-Hant"), or nothing of nothing. Fails with `malformed`.
[[nodiscard]] Result<std::string> language_from(std::string_view typed);

}  // namespace countersign::wire
