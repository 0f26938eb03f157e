// SPDX-License-Identifier: Apache-2.0
// countersign doctor: what is wrong with this installation, and how is it mended?
#include "cli/command.hpp"
#include "cli/doctor/checks.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace countersign::cli {
namespace {

using doctor::Finding;
using doctor::Findings;
using doctor::Places;
using doctor::Severity;

const char* word(Severity severity) {
  switch (severity) {
    case Severity::good:
      return "ok";
    case Severity::unknown:
      return "unknown";
    case Severity::warning:
      return "warning";
    case Severity::problem:
      return "problem";
  }
  return "";
}

Findings examine(const Command& command, const Places& places) {
  Findings all;
  const auto add = [&all](Findings some) { std::ranges::move(some, std::back_inserter(all)); };
  add(doctor::check_programs());
  add(doctor::check_clock());
  add(doctor::check_softhsm());
  add(doctor::check_pin_file(places.pin_file));
  add(doctor::check_policy_file(places.policy_file));
  add(doctor::check_state_dir(places.state_dir));
  add(doctor::check_disk_space(places.state_dir));
  add(doctor::check_sockets(command));
  add(doctor::check_workers(command));
  return all;
}

void show_text(const Findings& findings) {
  for (const Finding& finding : findings) {
    std::cout << word(finding.severity) << ": " << finding.what << '\n';
    if (!finding.mend.empty()) std::cout << "    " << finding.mend << '\n';
  }
}

void show_json(const Findings& findings) {
  boost::json::array list;
  for (const Finding& finding : findings) {
    list.push_back(
        {{"severity", word(finding.severity)}, {"what", finding.what}, {"mend", finding.mend}});
  }
  std::cout << boost::json::serialize(boost::json::object{{"findings", std::move(list)}}) << '\n';
}

void run(Command& command, const Places& places) {
  const Findings findings = examine(command, places);
  command.output == Output::json ? show_json(findings) : show_text(findings);
  if (std::ranges::count(findings, Severity::problem, &Finding::severity) > 0) {
    command.exit_code = ExitCode::problem;
  }
}

}  // namespace

void add_doctor(CLI::App& app, Command& command) {
  CLI::App* verb = app.add_subcommand("doctor", "What is wrong here, and how is it mended?");
  const auto places = std::make_shared<Places>();
  verb->add_option("--state-dir", places->state_dir, "Where the daemon keeps its store")
      ->default_val("/var/lib/countersign");
  verb->add_option("--policy", places->policy_file, "The policy file")
      ->default_val("/etc/countersign/policy.toml");
  verb->add_option("--pin-file", places->pin_file, "The service token's PIN")
      ->default_val("/etc/countersign/hsm.pin");
  verb->callback([&command, places] { run(command, *places); });
}

}  // namespace countersign::cli
