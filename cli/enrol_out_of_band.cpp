// SPDX-License-Identifier: Apache-2.0
// countersign factor enrol-sms, enrol-email: where codes for a subject will go.
#include "cli/ask.hpp"
#include "cli/enrol.hpp"
#include "cli/secret.hpp"
#include "cli/subject_option.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace countersign::cli {
namespace {

struct Options {
  SubjectOption subject;
  std::string destination_file;
  std::string country;
  std::string label;
};

struct Channel {
  v1::FactorKind kind;
  const char* verb;
  const char* help;
  const char* prompt;
  const char* file_help;
};

constexpr Channel kSms{v1::SMS, "enrol-sms", "Give a subject a phone number to send codes to",
                       "Phone number",
                       "Where the number is; - for standard input; absent: asked for"};
constexpr Channel kEmail{v1::EMAIL, "enrol-email",
                         "Give a subject an e-mail address to send codes to", "E-mail address",
                         "Where the address is; - for standard input; absent: asked for"};

void enrol(Command& command, const Channel& channel, const Options& options) {
  const auto destination = read_secret(options.destination_file, channel.prompt, Echo::on);
  if (!destination) {
    command.exit_code = ExitCode::usage;
    return;
  }
  v1::Request request;
  v1::EnrolOutOfBand& enrol = *request.mutable_enrol_out_of_band();
  options.subject.write(*enrol.mutable_subject());
  enrol.set_kind(channel.kind);
  enrol.set_destination(std::string{as_text(destination->expose())});
  enrol.set_country(options.country);
  enrol.set_label(options.label);
  ask_and_show(command, Door::provision, std::move(request));
}

CLI::App* add_verb(CLI::App& noun, Command& command, const Channel& channel,
                   const std::shared_ptr<Options>& options) {
  CLI::App* verb = noun.add_subcommand(channel.verb, channel.help);
  add_subject_option(*verb, options->subject, Presence::required);
  verb->add_option("--label", options->label, "What its owner calls it");
  verb->add_option("--destination-file", options->destination_file, channel.file_help)
      ->type_name("FILE");
  verb->callback([&command, &channel, options] { enrol(command, channel, *options); });
  return verb;
}

}  // namespace

void add_enrol_out_of_band(CLI::App& noun, Command& command) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(noun, command, kSms, options);
  verb->add_option("--country", options->country,
                   "Of a number in national form, by ISO 3166-1: FI");
  add_verb(noun, command, kEmail, std::make_shared<Options>());
}

}  // namespace countersign::cli
