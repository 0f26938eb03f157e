// SPDX-License-Identifier: Apache-2.0
// countersign factor enrol: a factor is born, in the HSM, from a secret that exists already, or of
// a place where codes can be sent.
#pragma once

#include "cli/command.hpp"

namespace countersign::cli {

void add_enrol(CLI::App& noun, Command& command);
void add_enrol_challenge_response(CLI::App& noun, Command& command);
void add_enrol_out_of_band(CLI::App& noun, Command& command);

}  // namespace countersign::cli
