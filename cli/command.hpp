// SPDX-License-Identifier: Apache-2.0
// The nouns of the command, and what they share.
#pragma once

#include "cli/exit_code.hpp"

#include <string>

// Half of what compiling a noun costs: included by those alone who declare options.
namespace CLI {
class App;
}

namespace countersign::cli {

enum class Output { text, json };

// Options that stand before the noun, and the result that main() returns.
struct Command {
  std::string run_dir;
  Output output = Output::text;
  ExitCode exit_code = ExitCode::ok;
};

// Each adds one noun with its verbs. `command` must outlive the parsing of `app`.
void add_hsm(CLI::App& app, Command& command);
void add_subject(CLI::App& app, Command& command);
void add_factor(CLI::App& app, Command& command);
void add_token(CLI::App& app, Command& command);
void add_client(CLI::App& app, Command& command);
void add_verify(CLI::App& app, Command& command);
void add_challenge(CLI::App& app, Command& command);
void add_courier(CLI::App& app, Command& command);
void add_policy(CLI::App& app, Command& command);
void add_journal(CLI::App& app, Command& command);
void add_store(CLI::App& app, Command& command);
void add_status(CLI::App& app, Command& command);
void add_doctor(CLI::App& app, Command& command);
void add_yubikey(CLI::App& app, Command& command);

}  // namespace countersign::cli
