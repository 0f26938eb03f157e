// SPDX-License-Identifier: Apache-2.0
// countersign subject: the people whose factors are kept.
#include "cli/ask.hpp"
#include "cli/command.hpp"
#include "cli/subject_option.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace countersign::cli {
namespace {

// How a verb's request takes the subject's name.
using Place = v1::SubjectName* (*)(v1::Request&);

struct Verb {
  const char* name;
  const char* help;
  Door door;
  Place place;
};

// An unlock takes away the throttle's protection: the security team's door alone offers it.
constexpr Verb kVerbs[] = {
    {"get", "Show a subject's state and failures", Door::provision,
     [](v1::Request& r) { return r.mutable_get_subject()->mutable_subject(); }},
    {"suspend", "Refuse every attempt until resumed", Door::provision,
     [](v1::Request& r) { return r.mutable_suspend_subject()->mutable_subject(); }},
    {"resume", "Undo suspend", Door::provision,
     [](v1::Request& r) { return r.mutable_resume_subject()->mutable_subject(); }},
    {"profile", "Show a subject's names and where they are reached", Door::provision,
     [](v1::Request& r) { return r.mutable_get_profile()->mutable_subject(); }},
    {"unlock", "Forget the failures of a subject and of its factors", Door::admin,
     [](v1::Request& r) { return r.mutable_unlock_subject()->mutable_subject(); }},
};

struct NewSubject {
  SubjectOption name;
  std::string email;
  std::string secondary_email;
  std::string mobile;
  std::string country;
  std::string first_name;
  std::string last_name;
  std::string language;
  bool activate = false;
};

void create(Command& command, const NewSubject& options) {
  v1::Request request;
  v1::CreateSubject& create = *request.mutable_create_subject();
  options.name.write(*create.mutable_subject());
  create.set_first_name(options.first_name);
  create.set_last_name(options.last_name);
  create.set_primary_email(options.email);
  create.set_secondary_email(options.secondary_email);
  create.set_mobile(options.mobile);
  create.set_country(options.country);
  create.set_language(options.language);
  create.set_send_activation(options.activate);
  ask_and_show(command, Door::provision, std::move(request));
}

void add_create(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand("create", "Create a subject");
  const auto options = std::make_shared<NewSubject>();
  add_subject_option(*verb, options->name, Presence::required);
  auto* email = verb->add_option("--email", options->email,
                                 "Their primary address, which is taken as confirmed");
  verb->add_option("--secondary-email", options->secondary_email,
                   "A second one, told of every change too");
  auto* mobile = verb->add_option("--mobile", options->mobile, "Their mobile phone");
  verb->add_option("--country", options->country, "Of a number in national form, by ISO 3166-1: FI")
      ->needs(mobile);
  verb->add_option("--first-name", options->first_name, "As messages greet them");
  verb->add_option("--last-name", options->last_name, "As the companion shows it");
  verb->add_option("--language", options->language, "Of their messages: fi, sv-FI");
  verb->add_flag("--activate", options->activate,
                 "They activate the account by a link that they are sent")
      ->needs(email);
  verb->callback([&command, options] { create(command, *options); });
}

void add_send_activation(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand("send-activation", "Send the activation link once more");
  const auto name = std::make_shared<SubjectOption>();
  const auto language = std::make_shared<std::string>();
  add_subject_option(*verb, *name, Presence::required);
  verb->add_option("--language", *language, "Of the message; that of their profile when absent");
  verb->callback([&command, name, language] {
    v1::Request request;
    name->write(*request.mutable_send_activation()->mutable_subject());
    request.mutable_send_activation()->set_language(*language);
    ask_and_show(command, Door::provision, std::move(request));
  });
}

void add_export(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand(
      "export", "Show everything that is kept of a subject, and 50 records of the journal");
  const auto name = std::make_shared<SubjectOption>();
  const auto before = std::make_shared<std::uint64_t>(0);
  add_subject_option(*verb, *name, Presence::required);
  verb->add_option("--before", *before, "Records before this one's number; else the newest");
  verb->callback([&command, name, before] {
    v1::Request request;
    name->write(*request.mutable_export_subject()->mutable_subject());
    request.mutable_export_subject()->set_before(*before);
    ask_and_show(command, Door::provision, std::move(request));
  });
}

// Nothing brings a person back who was erased: whoever types this says so.
void add_erase(CLI::App& noun, Command& command) {
  CLI::App* verb =
      noun.add_subcommand("erase", "Erase everything that is kept of a subject, for good");
  const auto name = std::make_shared<SubjectOption>();
  const auto sure = std::make_shared<bool>(false);
  add_subject_option(*verb, *name, Presence::required);
  verb->add_flag("--for-good", *sure, "Nothing undoes it")->required();
  verb->callback([&command, name] {
    v1::Request request;
    name->write(*request.mutable_erase_subject()->mutable_subject());
    ask_and_show(command, Door::provision, std::move(request));
  });
}

}  // namespace

void add_subject(CLI::App& app, Command& command) {
  CLI::App* noun = app.add_subcommand("subject", "The people whose factors are kept");
  noun->require_subcommand(1);
  add_create(*noun, command);
  add_send_activation(*noun, command);
  add_erase(*noun, command);
  add_export(*noun, command);
  for (const Verb& verb : kVerbs) {
    CLI::App* sub = noun->add_subcommand(verb.name, verb.help);
    const auto name = std::make_shared<SubjectOption>();
    add_subject_option(*sub, *name, Presence::required);
    sub->callback([&command, &verb, name] {
      v1::Request request;
      name->write(*verb.place(request));
      ask_and_show(command, verb.door, std::move(request));
    });
  }
}

}  // namespace countersign::cli
