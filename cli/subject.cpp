// SPDX-License-Identifier: Apache-2.0
// countersign subject: the people whose factors are kept.
#include "cli/ask.hpp"
#include "cli/command.hpp"
#include "cli/subject_option.hpp"

#include <CLI/CLI.hpp>

#include <memory>

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
    {"create", "Create a subject", Door::provision,
     [](v1::Request& r) { return r.mutable_create_subject()->mutable_subject(); }},
    {"get", "Show a subject's state and failures", Door::provision,
     [](v1::Request& r) { return r.mutable_get_subject()->mutable_subject(); }},
    {"suspend", "Refuse every attempt until resumed", Door::provision,
     [](v1::Request& r) { return r.mutable_suspend_subject()->mutable_subject(); }},
    {"resume", "Undo suspend", Door::provision,
     [](v1::Request& r) { return r.mutable_resume_subject()->mutable_subject(); }},
    {"unlock", "Forget the failures of a subject and of its factors", Door::admin,
     [](v1::Request& r) { return r.mutable_unlock_subject()->mutable_subject(); }},
};

}  // namespace

void add_subject(CLI::App& app, Command& command) {
  CLI::App* noun = app.add_subcommand("subject", "The people whose factors are kept");
  noun->require_subcommand(1);
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
