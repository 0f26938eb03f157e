// SPDX-License-Identifier: Apache-2.0
// The examinations, each of one thing and independent of the others. None changes anything.
#pragma once

#include "cli/command.hpp"
#include "cli/doctor/finding.hpp"

#include <string>

namespace countersign::cli::doctor {

// Where things are on this installation.
struct Places {
  std::string state_dir;
  std::string policy_file;
  std::string pin_file;
};

// The host: what this process needs around it.
[[nodiscard]] Findings check_programs();
[[nodiscard]] Findings check_clock();
[[nodiscard]] Findings check_softhsm();

// Files: who can read and write what.
[[nodiscard]] Findings check_state_dir(const std::string& directory);
[[nodiscard]] Findings check_disk_space(const std::string& directory);
[[nodiscard]] Findings check_pin_file(const std::string& file);
[[nodiscard]] Findings check_policy_file(const std::string& file);

// The service: does it answer, and with what strength?
[[nodiscard]] Findings check_sockets(const Command& command);
[[nodiscard]] Findings check_workers(const Command& command);

}  // namespace countersign::cli::doctor
