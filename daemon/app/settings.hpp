// SPDX-License-Identifier: Apache-2.0
// What the command line says: places, and nothing that is a secret or a decision.
#pragma once

#include <optional>
#include <string>
#include <variant>

namespace countersign::app {

struct Settings {
  std::string run_directory = "/run/countersign";        // verify.sock and its like, one a role
  std::string state_directory = "/var/lib/countersign";  // the store; mode 0700
  std::string policy_file;                               // empty: the defaults
  std::string hsm_socket = "/run/countersign-hsm/hsm.sock";
};

// The settings, or the exit status when --help was printed or the line is wrong (and said so).
std::variant<Settings, int> read_settings(int argc, char** argv);

}  // namespace countersign::app
