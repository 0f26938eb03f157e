// SPDX-License-Identifier: Apache-2.0
// countersign hsm: the key ceremony, and a look at its tokens. Works offline, on the token itself.
#include "cli/command.hpp"
#include "cli/hsm_show.hpp"
#include "hsm/ceremony.hpp"
#include "hsm/explain.hpp"
#include "hsm/token_report.hpp"

#include <CLI/CLI.hpp>

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>

namespace countersign::cli {
namespace {

constexpr const char* kSoftHsm = "/usr/lib/softhsm/libsofthsm2.so";
constexpr const char* kServiceLabel = "countersign";
constexpr const char* kPinFile = "/etc/countersign/hsm.pin";

struct Options {
  std::string module_path = kSoftHsm;
  std::string label = kServiceLabel;
  std::string pin_file = kPinFile;
  std::string custody_label;
  std::string custody_dir;
  bool make_pin_files = false;
  bool custody = false;
};

void show_failure(Command& command, const Error& error) {
  show_failure(command, exit_code_of(error.code), error.operation.view(), hsm::explain(error));
}

// What the ceremony writes beside the tokens goes into one folder, which then leaves the machine.
hsm::CeremonySettings settings_of(const Options& options) {
  const std::filesystem::path folder = options.custody_dir;
  hsm::CeremonySettings settings;
  settings.module_path = options.module_path;
  settings.service = {options.label, options.pin_file, folder / "service-so.pin"};
  settings.custody = {options.custody_label, folder / "custody.pin", folder / "custody-so.pin"};
  settings.escrow_folder = folder / "escrow";
  settings.make_pin_files = options.make_pin_files;
  return settings;
}

// Ours alone from the first moment on; one that is there must be.
bool prepare_folder(Command& command, const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    show_failure(command, ExitCode::refused, "custody-dir",
                 "Cannot make " + folder + ": " + std::strerror(errno) + ".");
    return false;
  }
  struct stat status {};
  if (::stat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
      (status.st_mode & (S_IRWXG | S_IRWXO)) == 0) {
    return true;
  }
  show_failure(command, ExitCode::refused, "custody-dir",
               folder + " is not a directory closed to others. Give another, or: chmod 0700.");
  return false;
}

void init(Command& command, const Options& options) {
  if (!prepare_folder(command, options.custody_dir)) return;
  const auto report = hsm::hold_ceremony(settings_of(options));
  if (!report) {
    show_failure(command, report.error());
    return;
  }
  show_ceremony(command, *report, options.custody_dir);
}

void status(Command& command, const Options& options) {
  const auto purpose = options.custody ? hsm::TokenPurpose::custody : hsm::TokenPurpose::service;
  const auto report =
      hsm::report_token(options.module_path, options.label, options.pin_file, purpose);
  if (!report) {
    show_failure(command, report.error());
    return;
  }
  show_token(command, *report);
}

void add_token_options(CLI::App& verb, Options& options) {
  verb.add_option("--module", options.module_path, "The PKCS#11 library")->capture_default_str();
  verb.add_option("--token", options.label, "The token's label")->capture_default_str();
  verb.add_option("--pin-file", options.pin_file, "The token's PIN, on one line")
      ->capture_default_str();
}

void add_init(CLI::App& noun, Command& command) {
  CLI::App* verb =
      noun.add_subcommand("init", "Make a service token and a custody token, with every key");
  const auto options = std::make_shared<Options>();
  add_token_options(*verb, *options);
  verb->add_option("--custody-token", options->custody_label, "The custody token's label")
      ->default_val("countersign-custody");
  verb->add_option("--custody-dir", options->custody_dir,
                   "Where everything goes that this machine must not keep: the custody token's "
                   "PIN, the security officers' PINs, the escrowed keys, the journal's public key")
      ->required();
  verb->add_flag("--make-pin-files", options->make_pin_files,
                 "PIN files that are not there get a random PIN");
  verb->callback([&command, options] { init(command, *options); });
}

void add_token_status(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand("status", "Look at a token and its keys; changes nothing");
  const auto options = std::make_shared<Options>();
  add_token_options(*verb, *options);
  verb->add_flag("--custody", options->custody, "It is the custody token");
  verb->callback([&command, options] { status(command, *options); });
}

}  // namespace

void add_hsm(CLI::App& app, Command& command) {
  CLI::App* noun = app.add_subcommand("hsm", "The tokens that hold the keys");
  noun->require_subcommand(1);
  add_init(*noun, command);
  add_token_status(*noun, command);
}

}  // namespace countersign::cli
