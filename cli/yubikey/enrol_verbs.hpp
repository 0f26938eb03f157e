// SPDX-License-Identifier: Apache-2.0
// countersign yubikey program, and enrol: the verbs that give subjects their keys.
#pragma once

#include "cli/command.hpp"

namespace countersign::cli {

void add_yubikey_program(CLI::App& noun, Command& command);
void add_yubikey_enrol(CLI::App& noun, Command& command);

}  // namespace countersign::cli
