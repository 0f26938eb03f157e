// SPDX-License-Identifier: Apache-2.0
// The list of ways to sign in: what is set up, and what may be. It ends an activation, and is where
// somebody who is signed in comes back to.
#pragma once

#include "companion/door/route.hpp"

#include <cstdint>
#include <string>

namespace countersign::companion {

// Where to go once this factor is set up.
[[nodiscard]] std::string factors_after(std::uint64_t factor_id);

// The same once it was removed.
[[nodiscard]] std::string factors_after_removal(std::uint64_t factor_id);

inline constexpr std::string_view kFactorsAfterRenaming = "/factors?renamed=1";

[[nodiscard]] Routes factors_routes();

}  // namespace countersign::companion
