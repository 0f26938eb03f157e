// SPDX-License-Identifier: Apache-2.0
// countersign policy explain: which rule decides, and why.
#include "cli/ask.hpp"
#include "cli/policy_verbs.hpp"
#include "cli/show.hpp"
#include "cli/subject_option.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>

namespace countersign::cli {
namespace {

struct Options {
  SubjectOption subject;
  std::string operation = "verify";
  std::string address;
  std::string socket = "verify";
  std::uint32_t uid = ::geteuid();
  std::uint32_t gid = ::getegid();
  std::string kind;
};

// "sign-in" and "sign_in" are the same; kinds are spelled as in policy files.
std::string as_in_the_schema(std::string name, char (*letter)(char)) {
  std::ranges::replace(name, '-', '_');
  std::ranges::transform(name, name.begin(), letter);
  return name;
}
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

void explain(Command& command, const Options& options) {
  v1::Request request;
  v1::ExplainPolicy& explain = *request.mutable_explain_policy();
  options.subject.write(*explain.mutable_subject());
  explain.set_operation(as_in_the_schema(options.operation, &lower));
  explain.set_client_address(options.address);
  explain.set_socket(options.socket);
  explain.set_uid(options.uid);
  explain.set_gid(options.gid);
  v1::FactorKind kind = v1::FACTOR_KIND_UNSPECIFIED;
  if (!options.kind.empty() &&
      !v1::FactorKind_Parse(as_in_the_schema(options.kind, &upper), &kind)) {
    std::cerr << "countersign: there is no factor of that kind\n";
    command.exit_code = ExitCode::usage;
    return;
  }
  if (kind != v1::FACTOR_KIND_UNSPECIFIED) explain.set_kind(kind);
  const v1::Reply reply = ask_and_show(command, Door::admin, std::move(request));
  if (reply.has_explanation() && !reply.explanation().allowed()) {
    command.exit_code = ExitCode::rejected;
  }
}

}  // namespace

void add_policy_explain(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand(
      "explain", "Which rule decides about a question, and why (exits with 1 when it is refused)");
  const auto options = std::make_shared<Options>();
  verb->add_option("--subject", options->subject.username, "Whom it is about, in any spelling")
      ->required();
  verb->add_option("--realm", options->subject.realm, "The tenant; \"default\" when absent");
  verb->add_option("--operation", options->operation, "What is asked: verify, sign-in, …")
      ->capture_default_str();
  verb->add_option("--address", options->address, "Where the person is: an IP address");
  verb->add_option("--socket", options->socket, "Through which socket it is asked")
      ->capture_default_str();
  verb->add_option("--uid", options->uid, "By whose process; your own when absent");
  verb->add_option("--gid", options->gid, "And group; your own when absent");
  verb->add_option("--kind", options->kind, "Of which kind of factor: totp, sms, …");
  verb->callback([&command, options] { explain(command, *options); });
}

}  // namespace countersign::cli
