// SPDX-License-Identifier: Apache-2.0
// countersign policy, and its first verb, check: do a policy file, and the realms' beside it, say
// what their writer means?
#include "cli/policy_verbs.hpp"
#include "policies/describe.hpp"
#include "policies/policy_files.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <cstring>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

namespace countersign::cli {
namespace {

// What is wrong, for programs and editors: file, line, column and message.
void show(Command& command, const policies::Mistake& mistake) {
  command.exit_code = ExitCode::problem;
  if (command.output == Output::json) {
    std::cout << boost::json::serialize(boost::json::object{{"valid", false},
                                                            {"file", mistake.file},
                                                            {"line", mistake.line},
                                                            {"column", mistake.column},
                                                            {"message", mistake.message}})
              << '\n';
    return;
  }
  std::cerr << mistake.file << ':' << mistake.line << ':' << mistake.column << ": "
            << mistake.message << '\n';
}

// The policy, or nothing once it was said what is wrong.
std::optional<policies::Policy> take(Command& command, policies::Loaded loaded) {
  if (const auto* unreadable = std::get_if<policies::Unreadable>(&loaded)) {
    std::cerr << "countersign: cannot open " << unreadable->file << ": "
              << std::strerror(unreadable->error) << '\n';
    command.exit_code = ExitCode::refused;
    return std::nullopt;
  }
  if (const auto* mistake = std::get_if<policies::Mistake>(&loaded)) {
    show(command, *mistake);
    return std::nullopt;
  }
  return std::get<policies::Policy>(std::move(loaded));
}

}  // namespace

std::optional<policies::Policy> read_policy(Command& command, const std::string& file) {
  return take(command, policies::load(file));
}

namespace {

// `root` is empty for the appliance's own policy, whose realms are checked with it.
void check(Command& command, const std::string& file, const std::string& root) {
  const auto policy =
      take(command, root.empty() ? policies::load(file) : policies::load_realm(file, root));
  if (!policy) return;
  const std::string meaning = policies::describe(*policy);
  if (command.output == Output::json) {
    boost::json::array realms;
    for (const auto& [name, rules] : policy->realms) realms.emplace_back(name);
    std::cout << boost::json::serialize(boost::json::object{{"valid", true},
                                                            {"file", file},
                                                            {"meaning", meaning},
                                                            {"realms", std::move(realms)}})
              << '\n';
    return;
  }
  std::cout << file << ": valid. It means:\n" << meaning;
  if (policy->realms.empty()) return;
  std::cout << "realms with files of their own (check one: --over " << file << ")\n";
  for (const auto& [name, rules] : policy->realms) std::cout << "  " << name << '\n';
}

}  // namespace

void add_policy(CLI::App& app, Command& command) {
  CLI::App* noun = app.add_subcommand("policy", "Who may ask what, and how fast");
  noun->require_subcommand(1);
  CLI::App* verb = noun->add_subcommand("check", "Find the mistakes in a policy file");
  const auto file = std::make_shared<std::string>();
  const auto root = std::make_shared<std::string>();
  verb->add_option("file", *file, "The policy")->default_val("/etc/countersign/policy.toml");
  verb->add_option("--over", *root, "The file is a realm's, and is read over this policy");
  verb->callback([&command, file, root] { check(command, *file, *root); });
  add_policy_explain(*noun, command);
  add_policy_simulate(*noun, command);
}

}  // namespace countersign::cli
