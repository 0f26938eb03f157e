// SPDX-License-Identifier: Apache-2.0
// Who asked, when, from where, and as part of what.
#pragma once

#include "base/clock.hpp"
#include "daemon/model/attempt.hpp"
#include "policies/throttle.hpp"

#include <cstdint>
#include <string>

namespace countersign::verify {

struct Circumstances {
  Event event = Event::verify;
  Time now{};
  std::int64_t peer_uid = -1;
  RequestTag tag{};
  std::string client_address;
  policies::Lane lane = policies::Lane::unfamiliar;
  // Nobody was named, as in Yubico's protocol, where the same request again is told that it is one.
  bool by_public_id = false;
};

// What has failed so far.
[[nodiscard]] inline policies::Failures failures_of(const Budget& budget) {
  return {budget.failures, budget.failures_unfamiliar};
}
[[nodiscard]] inline policies::Failures failures_of(const Motion& motion) {
  return {motion.failures, motion.failures_unfamiliar};
}

}  // namespace countersign::verify
