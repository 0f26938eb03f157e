// SPDX-License-Identifier: Apache-2.0
#include "base/clock.hpp"

#include <time.h>

namespace countersign {

// Not by std::chrono's clock: it counts nanoseconds, and overflows in 2262. RFC 6238's last row is
// of the year 2603.
Time SystemClock::now() const {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);  // cannot fail
  return Time{std::chrono::seconds{now.tv_sec}} +
         std::chrono::floor<std::chrono::milliseconds>(std::chrono::nanoseconds{now.tv_nsec});
}

}  // namespace countersign
