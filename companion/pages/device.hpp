// SPDX-License-Identifier: Apache-2.0
// This browser as a remembered device, which stands for the second factor where the policy lets it.
//
// The cookie holds the daemon's secret and, before it, the number of its factor: so that a page can
// say whether it is this browser that a list names.
#pragma once

#include "companion/door/route.hpp"

#include <cstdint>
#include <string>

namespace countersign::companion {

struct Device {
  std::uint64_t factor = 0;  // 0: this browser is no remembered device
  std::string secret;
};

[[nodiscard]] Device device_of(const Visit& visit);
void keep_device(Visit& visit, const Device& device);

[[nodiscard]] Routes device_routes();

}  // namespace countersign::companion
