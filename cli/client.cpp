// SPDX-License-Identifier: Apache-2.0
// countersign client: who may ask over the Yubico validation protocol, and with which key.
#include "cli/ask.hpp"
#include "cli/command.hpp"
#include "cli/secret.hpp"
#include "firmware-interface/base64.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace countersign::cli {
namespace {

struct Options {
  std::uint32_t id = 0;
  std::string name;
  std::vector<std::string> networks;
  bool require_signature = false;
  std::string key_file;
};

// Nothing, with the reason on standard error, if there is none.
std::optional<SecretBytes> read_key(const std::string& file) {
  const auto text = read_secret(file, "API key (Base64)");
  if (!text) return std::nullopt;
  auto key = base64::decode(as_text(text->expose()));
  if (key) return *std::move(key);
  std::cerr << "countersign: the API key is not Base64\n";
  return std::nullopt;
}

void add(Command& command, const Options& options) {
  v1::Request request;
  v1::AddClient& add = *request.mutable_add_client();
  add.set_name(options.name);
  for (const std::string& network : options.networks) add.add_networks(network);
  add.set_require_signature(options.require_signature);
  add.set_id(options.id);
  if (!options.key_file.empty()) {
    const auto key = read_key(options.key_file);
    if (!key) {
      command.exit_code = ExitCode::usage;
      return;
    }
    add.set_api_key(std::string{as_text(key->expose())});
  }
  ask_and_show(command, Door::admin, std::move(request));
}

// All of them as one list, or the error that ended it.
v1::Reply list_all(const Command& command) {
  v1::Reply whole;
  v1::ClientList& all = *whole.mutable_client_list();
  for (;;) {
    v1::Request request;
    const std::uint32_t after = all.clients().empty() ? 0 : all.clients().rbegin()->id();
    request.mutable_list_clients()->set_after_id(after);
    const v1::Reply reply = ask(command, Door::admin, std::move(request));
    if (!reply.has_client_list()) return reply;
    const auto& some = reply.client_list().clients();
    // An answer that does not go on would be asked for ever.
    if (some.empty() || some.begin()->id() <= after) return whole;
    all.mutable_clients()->MergeFrom(some);
  }
}

void add_add(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand("add", "Let a client ask; shows its new API key, once");
  const auto options = std::make_shared<Options>();
  verb->add_option("name", options->name, "What you call it")->required();
  verb->add_option("--network", options->networks,
                   "Where it may ask from, as 192.0.2.0/24; may be given 16 times; anywhere when "
                   "absent")
      ->type_name("NETWORK");
  verb->add_flag("--require-signature", options->require_signature,
                 "Refuse requests that it has not signed");
  verb->add_option("--id", options->id, "Its number; the next free one when absent")
      ->check(CLI::Range(1u, 0xffff'ffffu));
  verb->add_option("--key-file", options->key_file,
                   "Import this Base64 API key (- for standard input) instead of making one")
      ->type_name("FILE");
  verb->callback([&command, options] { add(command, *options); });
}

}  // namespace

void add_client(CLI::App& app, Command& command) {
  CLI::App* noun = app.add_subcommand("client", "Who may ask over the Yubico validation protocol");
  noun->require_subcommand(1);
  add_add(*noun, command);
  noun->add_subcommand("list", "Show them all")->callback([&command] {
    show_reply(command, list_all(command));
  });
  CLI::App* revoke = noun->add_subcommand("revoke", "Refuse a client from now on, for good");
  const auto options = std::make_shared<Options>();
  revoke->add_option("client", options->id, "The client's number")->required();
  revoke->callback([&command, options] {
    v1::Request request;
    request.mutable_revoke_client()->set_client_id(options->id);
    ask_and_show(command, Door::admin, std::move(request));
  });
}

}  // namespace countersign::cli
