// SPDX-License-Identifier: Apache-2.0
// countersign token: the hardware tokens in stock, from their maker's file to their owner.
#include "cli/ask.hpp"
#include "cli/command.hpp"
#include "cli/import.hpp"
#include "cli/show.hpp"
#include "cli/subject_option.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace countersign::cli {
namespace {

// All pages as one list, or the error that ended the reading.
v1::Reply list_everything(const Command& command) {
  v1::Reply whole;
  v1::TokenList& list = *whole.mutable_token_list();
  std::uint64_t after_id = 0;
  for (;;) {
    v1::Request request;
    request.mutable_list_tokens()->set_after_id(after_id);
    const v1::Reply reply = ask(command, Door::admin, std::move(request));
    if (!reply.has_token_list()) return reply;
    const auto& tokens = reply.token_list().tokens();
    // Ids that do not go up would be read for ever.
    if (tokens.empty() || tokens.rbegin()->id() <= after_id) return whole;
    after_id = tokens.rbegin()->id();
    list.mutable_tokens()->MergeFrom(tokens);
  }
}

void list(Command& command) {
  const v1::Reply reply = list_everything(command);
  if (!reply.has_token_list()) {
    show_error(command, reply.error().code(), reply.error().message());
    return;
  }
  std::cout << (command.output == Output::json ? as_json(reply) : as_text(reply));
}

void add_list(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand("list", "Show the tokens that belong to nobody");
  verb->callback([&command] { list(command); });
}

struct AssignOptions {
  SubjectOption subject;
  std::string serial;
  std::string public_id;
  std::string label;
};

void add_assign(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand("assign", "Make a token somebody's factor");
  const auto options = std::make_shared<AssignOptions>();
  add_subject_option(*verb, options->subject, Presence::required);
  CLI::Option_group* which = verb->add_option_group("token", "Which token");
  which->add_option("--serial", options->serial, "By what is printed on it");
  which->add_option("--public-id", options->public_id, "By what it types in front of its codes");
  which->require_option(1);
  verb->add_option("--label", options->label, "What its owner calls it");
  verb->callback([&command, options] {
    v1::Request request;
    v1::AssignToken& assign = *request.mutable_assign_token();
    options->subject.write(*assign.mutable_subject());
    assign.set_serial(options->serial);
    assign.set_public_id(options->public_id);
    assign.set_label(options->label);
    ask_and_show(command, Door::admin, std::move(request));
  });
}

void add_discard(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand("discard", "Forget a token that belongs to nobody");
  const auto id = std::make_shared<std::uint64_t>();
  verb->add_option("token", *id, "The token's number, as `token list` shows it")->required();
  verb->callback([&command, id] {
    v1::Request request;
    request.mutable_discard_token()->set_token_id(*id);
    ask_and_show(command, Door::admin, std::move(request));
  });
}

}  // namespace

void add_token(CLI::App& app, Command& command) {
  CLI::App* noun = app.add_subcommand("token", "Hardware tokens that belong to nobody yet");
  noun->require_subcommand(1);
  add_import(*noun, command);
  add_list(*noun, command);
  add_assign(*noun, command);
  add_discard(*noun, command);
}

}  // namespace countersign::cli
