// SPDX-License-Identifier: Apache-2.0
// The factors of whoever is there.
#pragma once

#include "companion/door/visit.hpp"

#include <cstdint>

namespace countersign::companion {

awaitable<Result<v1::FactorList>> own_factors(Visit& visit);

// Null when there is none of that number. REQUIRES: the list outlives the result.
[[nodiscard]] const v1::Factor* find_factor(const v1::FactorList& list, std::uint64_t id);

// Whether it is in force. Fails with `not_found` when there is no such factor.
awaitable<Result<bool>> is_active(Visit& visit, std::uint64_t factor_id);

}  // namespace countersign::companion
