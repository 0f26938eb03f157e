// SPDX-License-Identifier: Apache-2.0
// countersign yubikey: the keys on this machine's USB ports. Whom they belong to is the business of
// `program` and `enrol` (cli/yubikey).
#include "cli/ask.hpp"
#include "cli/command.hpp"
#include "cli/yubikey/enrol_verbs.hpp"
#include "cli/yubikey/options.hpp"
#include "cli/yubikey/show.hpp"
#include "cli/yubikey/values.hpp"

#include <memory>

namespace countersign::cli {
namespace {

struct Options {
  std::optional<std::uint32_t> serial;
  yubikey::SlotNumber slot = yubikey::SlotNumber::one;
  AccessCodeFiles codes;
  bool no_return = false;
};

using Shared = std::shared_ptr<Options>;
using Act = Outcome<yubikey::Key> (*)(const Options&);

void show(Command& command, const Outcome<yubikey::Key>& key) {
  if (!key) return show_error(command, key.error().code, key.error().message);
  show_key(command, *key);
}

Outcome<yubikey::Key> info(const Options& options) {
  return in_words(yubikey::read_key({options.serial}));
}

Outcome<yubikey::Key> update(const Options& options) {
  CS_TRY(const yubikey::AccessCodes codes, options.codes.read());
  return in_words(yubikey::update({options.serial}, options.slot, codes,
                                  {.append_return = !options.no_return}));
}

Outcome<yubikey::Key> swap(const Options& options) {
  CS_TRY(const yubikey::AccessCodes codes, options.codes.read());
  return in_words(yubikey::swap({options.serial}, codes.current));
}

Outcome<yubikey::Key> erase(const Options& options) {
  CS_TRY(const yubikey::AccessCodes codes, options.codes.read());
  return in_words(yubikey::erase({options.serial}, options.slot, codes.current));
}

CLI::App* add_verb(CLI::App& noun, Command& command, const char* name, const char* help,
                   const Shared& options, Act act) {
  CLI::App* verb = noun.add_subcommand(name, help);
  add_serial_option(*verb, options->serial);
  verb->callback([&command, options, act] { show(command, act(*options)); });
  return verb;
}

void add_list(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand("list", "Show the keys that are plugged in");
  verb->callback([&command] {
    const auto keys = in_words(yubikey::list_keys());
    if (!keys) return show_error(command, keys.error().code, keys.error().message);
    show_keys(command, *keys);
  });
}

void add_update(CLI::App& noun, Command& command) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      add_verb(noun, command, "update",
               "Change a slot's access code, and whether it types a return; its secret stays",
               options, update);
  add_slot_option(*verb, options->slot);
  add_access_code_options(*verb, options->codes);
  verb->add_flag("--no-return", options->no_return, "It types no return after its codes");
}

void add_swap(CLI::App& noun, Command& command) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      add_verb(noun, command, "swap", "Let slots 1 and 2 change places", options, swap);
  add_access_code_option(*verb, options->codes.current);
}

void add_delete(CLI::App& noun, Command& command) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      add_verb(noun, command, "delete", "Empty a slot; what it held is lost", options, erase);
  add_slot_option(*verb, options->slot);
  add_access_code_option(*verb, options->codes.current);
}

}  // namespace

void add_yubikey(CLI::App& app, Command& command) {
  CLI::App* noun = app.add_subcommand("yubikey", "The YubiKeys on this machine's USB ports");
  noun->require_subcommand(1);
  add_list(*noun, command);
  add_verb(*noun, command, "info", "Show what is in a key's slots", std::make_shared<Options>(),
           info);
  add_yubikey_program(*noun, command);
  add_yubikey_enrol(*noun, command);
  add_update(*noun, command);
  add_swap(*noun, command);
  add_delete(*noun, command);
}

}  // namespace countersign::cli
