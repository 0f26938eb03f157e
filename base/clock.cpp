// SPDX-License-Identifier: Apache-2.0
#include "base/clock.hpp"

namespace countersign {

Time SystemClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace countersign
