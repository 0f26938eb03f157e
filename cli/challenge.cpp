// SPDX-License-Identifier: Apache-2.0
// countersign challenge: asks a YubiKey's slot something that only it can answer.
#include "cli/ask.hpp"
#include "cli/command.hpp"
#include "cli/secret.hpp"
#include "cli/subject_option.hpp"
#include "firmware-interface/files/text.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace countersign::cli {
namespace {

struct Options {
  SubjectOption subject;
  std::uint64_t factor_id = 0;
  std::uint64_t challenge_id = 0;
  bool confirms = false;
  std::string response_file;
  std::string client_address;
};

using Shared = std::shared_ptr<Options>;

// Whoever enrols factors confirms them there; whoever signs people in does so here.
Door door_of(const Options& options) { return options.confirms ? Door::provision : Door::verify; }

void start(Command& command, const Options& options) {
  v1::Request request;
  v1::StartChallenge& start = *request.mutable_start_challenge();
  options.subject.write(*start.mutable_subject());
  start.set_factor_id(options.factor_id);
  start.set_client_address(options.client_address);
  ask_and_show(command, door_of(options), std::move(request));
}

// Nothing, with the reason on standard error, if there is none.
std::optional<SecretBytes> read_response(const std::string& file) {
  const auto text = read_secret(file, "Response (hexadecimal)");
  if (!text) return std::nullopt;
  auto response = files::decode_hex(as_text(text->expose()));
  if (!response) std::cerr << "countersign: the response is not hexadecimal\n";
  return response;
}

void answer(Command& command, const Options& options) {
  const auto response = read_response(options.response_file);
  if (!response) {
    command.exit_code = ExitCode::usage;
    return;
  }
  v1::Request request;
  v1::AnswerChallenge& answer = *request.mutable_answer_challenge();
  answer.set_challenge_id(options.challenge_id);
  answer.set_response(std::string{as_text(response->expose())});
  answer.set_client_address(options.client_address);
  const v1::Reply reply = ask_and_show(command, door_of(options), std::move(request));
  if (reply.has_error()) return;
  // Accepted is what the daemon said in so many words, and nothing else.
  const bool accepted = reply.has_verdict() && reply.verdict().answer() == v1::ACCEPTED;
  command.exit_code = accepted ? ExitCode::ok : ExitCode::rejected;
}

void add_shared_options(CLI::App& verb, const Shared& options) {
  verb.add_flag("--confirm", options->confirms,
                "For making a pending factor active; without it, for signing in");
  verb.add_option("--client-address", options->client_address, "The end user's IP address");
}

void add_start(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand("start", "Ask for a challenge, good for one answer");
  const auto options = std::make_shared<Options>();
  add_subject_option(*verb, options->subject, Presence::required);
  verb->add_option("--factor", options->factor_id,
                   "The factor's number; the one used last when absent");
  add_shared_options(*verb, options);
  verb->callback([&command, options] { start(command, *options); });
}

void add_answer(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand("answer", "Give the answer to a challenge");
  const auto options = std::make_shared<Options>();
  verb->add_option("challenge", options->challenge_id, "The challenge's number")->required();
  verb->add_option("--response-file", options->response_file,
                   "Where the response is, in hexadecimal; - for standard input; absent: asked for")
      ->type_name("FILE");
  add_shared_options(*verb, options);
  verb->callback([&command, options] { answer(command, *options); });
}

}  // namespace

void add_challenge(CLI::App& app, Command& command) {
  CLI::App* noun = app.add_subcommand("challenge", "What a challenge-response slot is asked");
  noun->require_subcommand(1);
  add_start(*noun, command);
  add_answer(*noun, command);
}

}  // namespace countersign::cli
