// SPDX-License-Identifier: Apache-2.0
// Ceremonies and tokens as people read them and as programs do.
#pragma once

#include "cli/command.hpp"
#include "hsm/ceremony.hpp"
#include "hsm/token_report.hpp"

#include <string>
#include <string_view>

namespace countersign::cli {

// Sets the exit code. `operation` is what failed, for programs; `words` say how to mend it.
void show_failure(Command& command, ExitCode exit_code, std::string_view operation,
                  const std::string& words);

void show_ceremony(const Command& command, const hsm::CeremonyReport& report,
                   const std::string& custody_dir);

// Sets the exit code to `problem` if the token is not what it must be.
void show_token(Command& command, const hsm::TokenReport& report);

}  // namespace countersign::cli
