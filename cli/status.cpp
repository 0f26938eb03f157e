// SPDX-License-Identifier: Apache-2.0
// countersign status: what the daemon says about itself.
#include "cli/ask.hpp"
#include "cli/command.hpp"

#include <CLI/CLI.hpp>

namespace countersign::cli {

void add_status(CLI::App& app, Command& command) {
  CLI::App* verb = app.add_subcommand("status", "What the daemon says about itself");
  verb->callback([&command] {
    v1::Request request;
    request.mutable_get_status();
    ask_and_show(command, Door::admin, std::move(request));
  });
}

}  // namespace countersign::cli
