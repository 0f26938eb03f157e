// SPDX-License-Identifier: Apache-2.0
// The codes that people's apps show: those of the World's HSM.
#pragma once

#include "base/clock.hpp"
#include "firmware-interface/base32.hpp"
#include "tests/support/world.hpp"

#include <cstdint>
#include <string>

namespace countersign::model {

[[nodiscard]] inline std::int64_t step_at(Time now) {
  return std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count() / 30;
}

// Of a secret as pages show it.
[[nodiscard]] inline std::string code_of(const std::string& base32, std::int64_t step) {
  const auto secret = base32::decode(base32);
  if (!secret) return {};
  return test::World::code_of(secret->expose(), static_cast<std::uint64_t>(step));
}

}  // namespace countersign::model
