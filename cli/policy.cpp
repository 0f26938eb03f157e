// SPDX-License-Identifier: Apache-2.0
// countersign policy check: does a policy file say what its writer means?
#include "policies/policy.hpp"
#include "cli/command.hpp"
#include "policies/describe.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

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

void check(Command& command, const std::string& file) {
  std::ifstream stream{file, std::ios::binary};
  if (!stream) {
    std::cerr << "countersign: cannot open " << file << ": " << std::strerror(errno) << '\n';
    command.exit_code = ExitCode::refused;
    return;
  }
  const std::string text{std::istreambuf_iterator<char>{stream}, {}};
  const auto parsed = policies::parse(text, file);
  if (const auto* mistake = std::get_if<policies::Mistake>(&parsed)) {
    show(command, *mistake);
    return;
  }
  const std::string meaning = policies::describe(std::get<policies::Policy>(parsed));
  if (command.output == Output::json) {
    std::cout << boost::json::serialize(
                     boost::json::object{{"valid", true}, {"file", file}, {"meaning", meaning}})
              << '\n';
    return;
  }
  std::cout << file << ": valid. It means:\n" << meaning;
}

}  // namespace

void add_policy(CLI::App& app, Command& command) {
  CLI::App* noun = app.add_subcommand("policy", "Who may ask what, and how fast");
  noun->require_subcommand(1);
  CLI::App* verb = noun->add_subcommand("check", "Find the mistakes in a policy file");
  const auto file = std::make_shared<std::string>();
  verb->add_option("file", *file, "The policy")->default_val("/etc/countersign/policy.toml");
  verb->callback([&command, file] { check(command, *file); });
}

}  // namespace countersign::cli
