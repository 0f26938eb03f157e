// SPDX-License-Identifier: Apache-2.0
// The verbs of `countersign policy` that have files of their own.
#pragma once

#include "cli/command.hpp"
#include "policies/policy.hpp"

#include <optional>
#include <string>

namespace countersign::cli {

// A policy file with the realms beside it. Nothing, with its first mistake shown, if it has one.
[[nodiscard]] std::optional<policies::Policy> read_policy(Command& command,
                                                          const std::string& file);

void add_policy_explain(CLI::App& noun, Command& command);
void add_policy_simulate(CLI::App& noun, Command& command);

}  // namespace countersign::cli
