// SPDX-License-Identifier: Apache-2.0
// What a load generator says: of how long answers took, and of why it ended.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <iostream>
#include <vector>

namespace countersign::bench {

// 0 of nothing.
inline float quantile(const std::vector<float>& sorted, double q) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

// The exit status.
inline int fail(const char* program, const Error& error) {
  std::cerr << program << ": " << error.operation.view() << " failed, native " << error.native
            << '\n';
  return 1;
}

}  // namespace countersign::bench
