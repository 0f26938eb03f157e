// SPDX-License-Identifier: Apache-2.0
// An HSM error for people: what is wrong, and how to mend it.
#pragma once

#include "base/error.hpp"

#include <string>

namespace countersign::hsm {

// Whole sentences. An error that nobody foresaw is named by its call and its number.
[[nodiscard]] std::string explain(const Error& error);

}  // namespace countersign::hsm
