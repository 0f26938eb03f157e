// SPDX-License-Identifier: Apache-2.0
// What an examination of an installation brought to light.
#pragma once

#include <string>
#include <vector>

namespace countersign::cli::doctor {

enum class Severity {
  good,     // examined, and as it should be
  unknown,  // could not be examined by this user or on this machine
  warning,  // works, but not as well or as safely as it should
  problem,  // does not work, or is not safe
};

struct Finding {
  Severity severity = Severity::good;
  std::string what;
  std::string mend;  // what to do about it; empty when good
};

using Findings = std::vector<Finding>;

}  // namespace countersign::cli::doctor
