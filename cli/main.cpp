// SPDX-License-Identifier: Apache-2.0
// countersign: the security team's command. `countersign NOUN VERB`, one file a noun.
#include "cli/choice.hpp"
#include "cli/command.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>

namespace countersign::cli {
namespace {

constexpr const char* kRunDirDefault = "/run/countersign";

void add_shared_options(CLI::App& app, Command& command) {
  app.add_option("--run-dir", command.run_dir, "Where the daemon's sockets are")
      ->envname("COUNTERSIGN_RUN_DIR")
      ->default_val(kRunDirDefault);
  add_choice<Output>(app, "-o,--output", command.output,
                     {{"text", Output::text}, {"json", Output::json}},
                     "For people (text) or for programs");
}

int run(int argc, char** argv) {
  Command command;
  CLI::App app{"Looks after the second factors that countersignd verifies.", "countersign"};
  app.footer(kExitCodesHelp);
  app.set_version_flag("--version", COUNTERSIGN_VERSION);
  app.fallthrough();
  app.require_subcommand(1);
  add_shared_options(app, command);
  for (const auto add :
       {add_hsm, add_subject, add_factor, add_token, add_client, add_verify, add_challenge,
        add_courier, add_policy, add_journal, add_store, add_status, add_doctor, add_yubikey}) {
    add(app, command);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& mistake) {
    // CLI11 has numbers of its own; ours are the documented ones.
    return app.exit(mistake) == 0 ? EXIT_SUCCESS : static_cast<int>(ExitCode::usage);
  }
  // An answer that could not be written was not given.
  if (!std::cout.flush()) return static_cast<int>(ExitCode::unavailable);
  return static_cast<int>(command.exit_code);
}

}  // namespace
}  // namespace countersign::cli

int main(int argc, char** argv) {
  try {
    return countersign::cli::run(argc, argv);
  } catch (const std::exception& failure) {
    std::cerr << "countersign: " << failure.what() << '\n';
    return static_cast<int>(countersign::cli::ExitCode::unavailable);
  }
}
