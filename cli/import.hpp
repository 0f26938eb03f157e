// SPDX-License-Identifier: Apache-2.0
// countersign token import: a file of tokens, checked as a whole first, then sent to the daemon.
#pragma once

#include "cli/command.hpp"

namespace countersign::cli {

void add_import(CLI::App& noun, Command& command);

}  // namespace countersign::cli
