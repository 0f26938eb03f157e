// SPDX-License-Identifier: Apache-2.0
// countersign factor: what happens to a factor between its enrolment and its end.
#include "cli/ask.hpp"
#include "cli/command.hpp"
#include "cli/enrol.hpp"
#include "cli/secret.hpp"
#include "cli/subject_option.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace countersign::cli {
namespace {

struct Options {
  std::uint64_t factor_id = 0;
  std::string label;
  std::string passcode_file;
};

using Shared = std::shared_ptr<Options>;

CLI::App* add_verb(CLI::App& noun, const char* name, const char* help, const Shared& options) {
  CLI::App* verb = noun.add_subcommand(name, help);
  verb->add_option("factor", options->factor_id, "The factor's number")->required();
  return verb;
}

void add_passcode_option(CLI::App& verb, const Shared& options, const char* help) {
  verb.add_option("--passcode-file", options->passcode_file, help)->type_name("FILE");
}

void confirm(Command& command, const Options& options) {
  const auto passcode = read_secret(options.passcode_file, "Passcode");
  if (!passcode) {
    command.exit_code = ExitCode::usage;
    return;
  }
  v1::Request request;
  v1::ConfirmFactor& confirm = *request.mutable_confirm_factor();
  confirm.set_factor_id(options.factor_id);
  confirm.set_passcode(std::string{as_text(passcode->expose())});
  ask_and_show(command, Door::provision, std::move(request));
}

void resynchronise(Command& command, const Options& options) {
  const auto first = read_secret(options.passcode_file, "First passcode");
  if (!first) {
    command.exit_code = ExitCode::usage;
    return;
  }
  const auto second = read_secret(options.passcode_file, "The passcode after it");
  if (!second) {
    command.exit_code = ExitCode::usage;
    return;
  }
  v1::Request request;
  v1::ResynchroniseFactor& resynchronise = *request.mutable_resynchronise_factor();
  resynchronise.set_factor_id(options.factor_id);
  resynchronise.set_first_passcode(std::string{as_text(first->expose())});
  resynchronise.set_second_passcode(std::string{as_text(second->expose())});
  ask_and_show(command, Door::admin, std::move(request));
}

void add_list(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand("list", "Show a subject's factors");
  const auto subject = std::make_shared<SubjectOption>();
  add_subject_option(*verb, *subject, Presence::required);
  verb->callback([&command, subject] {
    v1::Request request;
    subject->write(*request.mutable_list_factors()->mutable_subject());
    ask_and_show(command, Door::provision, std::move(request));
  });
}

void add_rename(CLI::App& noun, Command& command) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(noun, "rename", "Give a factor another label", options);
  verb->add_option("label", options->label, "What its owner calls it")->required();
  verb->callback([&command, options] {
    v1::Request request;
    request.mutable_rename_factor()->set_factor_id(options->factor_id);
    request.mutable_rename_factor()->set_label(options->label);
    ask_and_show(command, Door::provision, std::move(request));
  });
}

// The verbs that take a factor's number and nothing else.
struct Plain {
  const char* name;
  const char* help;
  void (*write)(v1::Request&, std::uint64_t factor_id);
};

constexpr Plain kPlainVerbs[] = {
    {"suspend", "Refuse its passcodes until resumed",
     [](v1::Request& r, std::uint64_t id) { r.mutable_suspend_factor()->set_factor_id(id); }},
    {"resume", "Undo suspend",
     [](v1::Request& r, std::uint64_t id) { r.mutable_resume_factor()->set_factor_id(id); }},
    {"revoke", "End a factor for good",
     [](v1::Request& r, std::uint64_t id) { r.mutable_revoke_factor()->set_factor_id(id); }},
};

void add_plain(CLI::App& noun, Command& command, const Plain& plain) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(noun, plain.name, plain.help, options);
  verb->callback([&command, &plain, options] {
    v1::Request request;
    plain.write(request, options->factor_id);
    ask_and_show(command, Door::provision, std::move(request));
  });
}

void add_confirm(CLI::App& noun, Command& command) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(noun, "confirm", "Make a factor active with its first code", options);
  add_passcode_option(*verb, options, "Where the code is; - for standard input; absent: asked for");
  verb->callback([&command, options] { confirm(command, *options); });
}

void add_resynchronise(CLI::App& noun, Command& command) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      add_verb(noun, "resynchronise",
               "Catch up with a factor that ran ahead, by two codes in a row", options);
  verb->add_flag_callback(
      "--stdin", [options] { options->passcode_file = "-"; },
      "The two codes are two lines of standard input, not asked for");
  verb->callback([&command, options] { resynchronise(command, *options); });
}

struct TemporaryCode {
  SubjectOption subject;
  std::uint32_t hours = 24;
  std::uint32_t uses = 1;
};

// For whoever lost their factors, and was recognised by other means.
void add_temporary_code(CLI::App& noun, Command& command) {
  constexpr std::uint32_t kHoursMax = 30 * 24;
  constexpr std::uint32_t kUsesMax = 100;
  constexpr std::uint32_t kSecondsAnHour = 3600;
  CLI::App* verb =
      noun.add_subcommand("temporary-code", "Make a code that stands for a factor for a while");
  const auto options = std::make_shared<TemporaryCode>();
  add_subject_option(*verb, options->subject, Presence::required);
  verb->add_option("--hours", options->hours, "For how long it is good; 24 when absent")
      ->check(CLI::Range(1U, kHoursMax));
  verb->add_option("--uses", options->uses, "How often it is good; once when absent")
      ->check(CLI::Range(1U, kUsesMax));
  verb->callback([&command, options] {
    v1::Request request;
    v1::IssueTemporaryCode& issue = *request.mutable_issue_temporary_code();
    options->subject.write(*issue.mutable_subject());
    issue.set_lifetime_seconds(options->hours * kSecondsAnHour);
    issue.set_uses(options->uses);
    ask_and_show(command, Door::provision, std::move(request));
  });
}

}  // namespace

void add_factor(CLI::App& app, Command& command) {
  CLI::App* noun = app.add_subcommand("factor", "The ways in which subjects prove themselves");
  noun->require_subcommand(1);
  add_enrol(*noun, command);
  add_enrol_challenge_response(*noun, command);
  add_enrol_out_of_band(*noun, command);
  add_temporary_code(*noun, command);
  add_confirm(*noun, command);
  add_list(*noun, command);
  add_rename(*noun, command);
  for (const Plain& plain : kPlainVerbs) add_plain(*noun, command, plain);
  add_resynchronise(*noun, command);
}

}  // namespace countersign::cli
