// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/settings.hpp"

#include <CLI/CLI.hpp>

namespace countersign::app {

std::variant<Settings, int> read_settings(int argc, char** argv) {
  Settings settings;
  CLI::App line{"Verifies second factors whose secrets never leave the HSM", "countersignd"};
  line.add_option("--run-dir", settings.run_directory, "Where the sockets are made")
      ->capture_default_str();
  line.add_option("--state-dir", settings.state_directory, "Where the store is kept (mode 0700)")
      ->capture_default_str();
  line.add_option("--policy", settings.policy_file, "Policy file (TOML); the defaults without it");
  line.add_option("--hsm-socket", settings.hsm_socket, "Socket of countersign-hsm")
      ->capture_default_str();
  line.set_version_flag("--version", CS_VERSION);
  try {
    line.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return line.exit(wrong);
  }
  return settings;
}

}  // namespace countersign::app
