// SPDX-License-Identifier: Apache-2.0
// countersign challenge: asks a YubiKey's slot something that only it can answer, or sends a code
// by SMS or e-mail.
#include "cli/ask.hpp"
#include "cli/choice.hpp"
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
  v1::FactorKind kind = v1::FACTOR_KIND_UNSPECIFIED;
  v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;
  std::string transaction;
  std::string language;
  std::string country;
  std::string destination_file;
  std::string response_file;
  std::string passcode_file;
  std::string client_address;
};

using Shared = std::shared_ptr<Options>;

const Choices<v1::FactorKind> kKinds{
    {"chalresp", v1::CHALRESP}, {"sms", v1::SMS}, {"email", v1::EMAIL}};
const Choices<v1::Purpose> kPurposes{
    {"sign-in", v1::SIGN_IN}, {"confirmation", v1::CONFIRMATION}, {"reset", v1::RESET},
    {"unlock", v1::UNLOCK},   {"transaction", v1::TRANSACTION},   {"address", v1::ADDRESS}};

// Whoever looks after factors and accounts confirms, resets and unlocks there; whoever signs people
// in does so here.
Door door_of(const Options& options) {
  switch (options.purpose) {
    case v1::PURPOSE_UNSPECIFIED:
    case v1::SIGN_IN:
    case v1::TRANSACTION:
      return Door::verify;
    default:
      return Door::provision;
  }
}

bool add_destination(const Options& options, v1::StartChallenge& start) {
  if (options.purpose != v1::ADDRESS) return true;
  const char* prompt = options.kind == v1::EMAIL ? "E-mail address" : "Phone number";
  const auto destination = read_secret(options.destination_file, prompt, Echo::on);
  if (!destination) return false;
  start.set_destination(std::string{as_text(destination->expose())});
  start.set_country(options.country);
  return true;
}

void start(Command& command, const Options& options) {
  v1::Request request;
  v1::StartChallenge& start = *request.mutable_start_challenge();
  options.subject.write(*start.mutable_subject());
  start.set_factor_id(options.factor_id);
  start.set_client_address(options.client_address);
  start.set_kind(options.kind);
  start.set_purpose(options.purpose);
  start.set_transaction(options.transaction);
  start.set_language(options.language);
  if (!add_destination(options, start)) {
    command.exit_code = ExitCode::usage;
    return;
  }
  const v1::Reply reply = ask_and_show(command, door_of(options), std::move(request));
  // What was not sent, nobody can answer.
  if (reply.has_challenge() && reply.challenge().challenge_id() == 0) {
    command.exit_code = ExitCode::refused;
  }
}

bool is_code(const Options& options) {
  const bool by_kind = options.kind == v1::SMS || options.kind == v1::EMAIL;
  return by_kind || !options.passcode_file.empty();
}

// Nothing, with the reason on standard error, if there is none.
std::optional<SecretBytes> read_response(const std::string& file) {
  const auto text = read_secret(file, "Response (hexadecimal)");
  if (!text) return std::nullopt;
  auto response = files::decode_hex(as_text(text->expose()));
  if (!response) std::cerr << "countersign: the response is not hexadecimal\n";
  return response;
}

bool add_answer_of(const Options& options, v1::AnswerChallenge& answer) {
  const auto typed = is_code(options) ? read_secret(options.passcode_file, "Code")
                                      : read_response(options.response_file);
  if (!typed) return false;
  std::string& field = is_code(options) ? *answer.mutable_passcode() : *answer.mutable_response();
  field = as_text(typed->expose());
  return true;
}

void answer(Command& command, const Options& options) {
  v1::Request request;
  v1::AnswerChallenge& answer = *request.mutable_answer_challenge();
  answer.set_challenge_id(options.challenge_id);
  answer.set_client_address(options.client_address);
  answer.set_purpose(options.purpose);
  answer.set_transaction(options.transaction);
  if (!options.subject.username.empty()) options.subject.write(*answer.mutable_subject());
  if (!add_answer_of(options, answer)) {
    command.exit_code = ExitCode::usage;
    return;
  }
  const v1::Reply reply = ask_and_show(command, door_of(options), std::move(request));
  if (reply.has_error()) return;
  // Accepted is what the daemon said in so many words, and nothing else.
  const bool accepted = reply.has_verdict() && reply.verdict().answer() == v1::ACCEPTED;
  command.exit_code = accepted ? ExitCode::ok : ExitCode::rejected;
}

void add_shared_options(CLI::App& verb, const Shared& options) {
  add_choice<v1::FactorKind>(verb, "--kind", options->kind, kKinds,
                             "What is asked: a YubiKey's slot, when absent, or a code is sent");
  auto* purpose = add_choice<v1::Purpose>(verb, "--purpose", options->purpose, kPurposes,
                                          "What the answer is good for; sign-in when absent");
  verb.add_flag_callback(
          "--confirm", [options] { options->purpose = v1::CONFIRMATION; },
          "The same as --purpose confirmation: it makes a pending factor active")
      ->excludes(purpose);
  verb.add_option("--transaction", options->transaction,
                  "What is agreed to, as its owner reads it: \"EUR 1,250.00 to Example Oy\"");
  verb.add_option("--client-address", options->client_address, "The end user's IP address");
}

void add_start(CLI::App& noun, Command& command) {
  CLI::App* verb =
      noun.add_subcommand("start", "Ask for a challenge, or send a code: good for one answer");
  const auto options = std::make_shared<Options>();
  add_subject_option(*verb, options->subject, Presence::required);
  verb->add_option("--factor", options->factor_id,
                   "The factor's number; the one used last when absent");
  verb->add_option("--language", options->language, "Of the message, by BCP 47: fi");
  verb->add_option("--destination-file", options->destination_file,
                   "Where the number or address to be confirmed is (--purpose address); - for "
                   "standard input; absent: asked for")
      ->type_name("FILE");
  verb->add_option("--country", options->country,
                   "Of a number in national form, by ISO 3166-1: FI");
  add_shared_options(*verb, options);
  verb->callback([&command, options] { start(command, *options); });
}

void add_answer(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand("answer", "Give the answer to a challenge");
  const auto options = std::make_shared<Options>();
  verb->add_option("challenge", options->challenge_id, "The challenge's number")->required();
  verb->add_option("--username", options->subject.username, "Whose it has to be");
  verb->add_option("--realm", options->subject.realm, "The tenant; \"default\" when absent");
  auto* response =
      verb->add_option("--response-file", options->response_file,
                       "Where the response is, in hexadecimal; - for standard input; absent: "
                       "asked for")
          ->type_name("FILE");
  verb->add_option("--passcode-file", options->passcode_file,
                   "Where the code is that was sent; - for standard input; absent, with --kind "
                   "sms or email: asked for")
      ->type_name("FILE")
      ->excludes(response);
  add_shared_options(*verb, options);
  verb->callback([&command, options] { answer(command, *options); });
}

}  // namespace

void add_challenge(CLI::App& app, Command& command) {
  CLI::App* noun = app.add_subcommand(
      "challenge", "What a challenge-response slot is asked, and codes by SMS and e-mail");
  noun->require_subcommand(1);
  add_start(*noun, command);
  add_answer(*noun, command);
}

}  // namespace countersign::cli
