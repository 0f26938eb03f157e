// SPDX-License-Identifier: Apache-2.0
// countersign factor enrol: a factor is born, in the HSM or from a secret that exists already.
#pragma once

#include "cli/command.hpp"

namespace countersign::cli {

void add_enrol(CLI::App& noun, Command& command);
void add_enrol_challenge_response(CLI::App& noun, Command& command);

}  // namespace countersign::cli
