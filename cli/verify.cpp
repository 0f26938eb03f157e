// SPDX-License-Identifier: Apache-2.0
// countersign verify: does this passcode belong to this person, now, for the first time?
#include "cli/ask.hpp"
#include "cli/command.hpp"
#include "cli/secret.hpp"
#include "cli/subject_option.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace countersign::cli {
namespace {

struct Options {
  SubjectOption subject;
  std::uint64_t factor_id = 0;
  std::string passcode_file;
  std::string client_address;
};

void verify(Command& command, const Options& options) {
  if (options.subject.username.empty() && options.factor_id == 0) {
    throw CLI::RequiredError{"username or --factor"};
  }
  const auto passcode = read_secret(options.passcode_file, "Passcode");
  if (!passcode) {
    command.exit_code = ExitCode::usage;
    return;
  }
  v1::Request request;
  v1::Verify& verify = *request.mutable_verify();
  if (!options.subject.username.empty()) options.subject.write(*verify.mutable_subject());
  verify.set_factor_id(options.factor_id);
  verify.set_passcode(std::string{as_text(passcode->expose())});
  verify.set_client_address(options.client_address);

  const v1::Reply reply = ask_and_show(command, Door::verify, std::move(request));
  if (reply.has_error()) return;
  // Accepted is what the daemon said in so many words, and nothing else.
  const bool accepted = reply.has_verdict() && reply.verdict().answer() == v1::ACCEPTED;
  command.exit_code = accepted ? ExitCode::ok : ExitCode::rejected;
}

}  // namespace

void add_verify(CLI::App& app, Command& command) {
  CLI::App* verb = app.add_subcommand("verify", "Verify a passcode; it is used up by that");
  const auto options = std::make_shared<Options>();
  add_subject_option(*verb, options->subject, Presence::optional);
  verb->add_option("--factor", options->factor_id, "The factor's number, if it is known");
  verb->add_option("--passcode-file", options->passcode_file,
                   "Where the passcode is; - for standard input; absent: asked for")
      ->type_name("FILE");
  verb->add_option("--client-address", options->client_address, "The end user's IP address");
  verb->callback([&command, options] { verify(command, *options); });
}

}  // namespace countersign::cli
