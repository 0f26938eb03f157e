// SPDX-License-Identifier: Apache-2.0
#include "cli/hsm_show.hpp"

#include <boost/json.hpp>

#include <iostream>

namespace countersign::cli {
namespace {

namespace json = boost::json;

json::array list_of(const std::vector<std::string>& texts) {
  return json::array(texts.begin(), texts.end());
}

json::object as_json(const hsm::TokenReport& report) {
  json::array keys;
  for (const hsm::KeyReport& key : report.keys) {
    keys.push_back({{"label", key.label}, {"good", key.is_good}, {"problem", key.problem}});
  }
  return {{"label", report.label},    {"manufacturer", report.manufacturer},
          {"model", report.model},    {"serial", report.serial},
          {"good", report.is_good()}, {"wrongPinTried", report.is_pin_count_low},
          {"keys", std::move(keys)},  {"missing", list_of(report.missing)}};
}

void show_text(const hsm::TokenReport& report) {
  std::cout << "token: " << report.label << " (" << report.manufacturer << ", " << report.model
            << ", serial " << report.serial << ")\n";
  if (report.is_pin_count_low) std::cout << "warning: somebody tried a wrong PIN\n";
  for (const hsm::KeyReport& key : report.keys) {
    std::cout << "key: " << key.label << (key.is_good ? ", as it must be" : ": " + key.problem)
              << '\n';
  }
  for (const std::string& name : report.missing) std::cout << "missing: " << name << '\n';
}

}  // namespace

void show_failure(Command& command, ExitCode exit_code, std::string_view operation,
                  const std::string& words) {
  command.exit_code = exit_code;
  if (command.output == Output::json) {
    const json::object error{{"operation", operation}, {"message", words}};
    std::cout << json::serialize(json::object{{"error", error}}) << '\n';
    return;
  }
  std::cerr << "countersign: " << words << '\n';
}

void show_ceremony(const Command& command, const hsm::CeremonyReport& report,
                   const std::string& custody_dir) {
  if (command.output == Output::json) {
    std::cout << json::serialize(
                     json::object{{"keys", list_of(report.key_labels)},
                                  {"madePinFiles", list_of(report.made_pin_files)},
                                  {"journalPublicKeyFile", report.journal_public_key_file}})
              << '\n';
    return;
  }
  for (const std::string& label : report.key_labels) std::cout << "key: " << label << '\n';
  for (const std::string& file : report.made_pin_files) std::cout << "new PIN: " << file << '\n';
  std::cout << "journal's public key: " << report.journal_public_key_file << '\n'
            << "Now take " << custody_dir << " and the custody token off this machine, into a safe:"
            << "\nwith both, every key can be rotated and restored; without, none can.\n";
}

void show_token(Command& command, const hsm::TokenReport& report) {
  if (command.output == Output::json) {
    std::cout << json::serialize(as_json(report)) << '\n';
  } else {
    show_text(report);
  }
  if (!report.is_good()) command.exit_code = ExitCode::problem;
}

}  // namespace countersign::cli
