// SPDX-License-Identifier: Apache-2.0
// A factor as it is shown to whoever may see it.
#pragma once

#include "daemon/model/subject.hpp"

#include <cstdint>
#include <string>

namespace countersign {

struct FactorReport {
  SubjectName subject;
  Factor factor;  // its sealed secret is not sent
  std::uint32_t failures = 0;
  Time accepted_at{};
  std::string masked_destination;  // of an out-of-band factor
  std::uint32_t remaining = 0;     // of codes that are good once: how many are left
  Time expires_at{};               // 0: never
  std::uint8_t level = 0;          // as in Verdict
  bool sole = false;               // whether it may be the only one
};

}  // namespace countersign
