// SPDX-License-Identifier: Apache-2.0
// countersign yubikey program: a key for somebody, or a pile of keys for a list of people.
#include "cli/ask.hpp"
#include "cli/yubikey/batch.hpp"
#include "cli/yubikey/desk.hpp"
#include "cli/yubikey/enrol_verbs.hpp"
#include "cli/yubikey/give.hpp"
#include "cli/yubikey/options.hpp"
#include "cli/yubikey/values.hpp"

#include <memory>

namespace countersign::cli {
namespace {

struct Options {
  std::string username;
  std::string realm;
  std::optional<std::uint32_t> serial;
  AccessCodeFiles codes;
  bool overwrite = false;
  bool no_return = false;
  bool unconfirmed = false;
  std::string list;
  std::string record;
  Plan plan;  // what the options say of it directly
};

Outcome<Given> program_one(const Command& command, const Options& options, const Plan& plan) {
  CS_TRY(const yubikey::Key key, in_words(yubikey::read_key({options.serial})));
  v1::SubjectName subject;
  subject.set_username(options.username);
  subject.set_realm(options.realm);
  const Note no_record = [](Step, std::uint64_t) { return Outcome<void>{}; };
  return give(command, plan, subject, key, Slate::as_found, Persistence::all_or_nothing, no_record);
}

void run(Command& command, Options& options) {
  Plan& plan = options.plan;
  if (options.overwrite) plan.occupied = yubikey::Occupied::overwrite;
  plan.typing.append_return = !options.no_return;
  plan.confirm = !options.unconfirmed;
  auto codes = options.codes.read();
  if (!codes) return show_error(command, codes.error().code, codes.error().message);
  plan.codes = *std::move(codes);
  take_interrupts_as_end_of_input();
  if (!options.list.empty()) {
    const std::string record = options.record.empty() ? options.list + ".record" : options.record;
    return run_batch(command, plan, options.realm, options.list, record);
  }
  const auto given = program_one(command, options, plan);
  if (!given) return show_error(command, given.error().code, given.error().message);
  show_given(command, *given);
}

void add_whom(CLI::App& verb, Options& options) {
  auto* whom = verb.add_option("username,--subject", options.username, "Whose, in any spelling");
  auto* list = verb.add_option("--batch", options.list,
                               "For each subject of this list (one a line) the next key")
                   ->type_name("LIST");
  auto* serial = verb.get_option("--serial");
  list->excludes(whom)->excludes(serial);
  verb.add_option(
          "--record", options.record,
          "What became of whom, for going on after an interruption; LIST.record when absent")
      ->type_name("FILE")
      ->needs(list);
  verb.add_option("--realm", options.realm, "The tenant; \"default\" when absent");
}

void add_what(CLI::App& verb, Options& options) {
  Plan& plan = options.plan;
  add_slot_option(verb, plan.slot);
  add_choice<v1::FactorKind>(
      verb, "--kind", plan.kind,
      {{"yubico_otp", v1::YUBICO_OTP}, {"hotp", v1::HOTP}, {"challenge_response", v1::CHALRESP}},
      "What the slot does; yubico_otp when absent");
  verb.add_option("--label", plan.label, "What its owner calls it; \"YubiKey SERIAL\" when absent");
  verb.add_option("--public-id", plan.public_id,
                  "yubico_otp: its public id in modhex; \"vv\" and the serial number when absent")
      ->excludes("--batch");
  verb.add_option("--digits", plan.digits, "hotp: 6 or 8")->check(CLI::IsMember({6, 8}));
  verb.add_option("--token-identifier", plan.token_identifier,
                  "hotp: twelve characters that it types in front of its codes")
      ->excludes("--batch");
  verb.add_flag("--touch", plan.wants_touch, "challenge_response: it answers when touched alone")
      ->excludes("--batch");
  verb.add_flag("--overwrite", options.overwrite, "A slot that is configured may be lost");
  verb.add_flag("--no-return", options.no_return, "It types no return after its codes");
  verb.add_flag("--unconfirmed", options.unconfirmed,
                "Do not ask for the first touch: the factor stays pending until it is confirmed");
}

}  // namespace

Outcome<yubikey::AccessCodes> AccessCodeFiles::read() const {
  yubikey::AccessCodes codes;
  if (!current.empty()) {
    CS_TRY(codes.current, read_access_code(current));
  }
  if (!next.empty()) {
    CS_TRY(codes.next, read_access_code(next));
  }
  return codes;
}

void add_yubikey_program(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand(
      "program", "Make a secret in the HSM, write it into a slot, and take the first touch");
  const auto options = std::make_shared<Options>();
  add_serial_option(*verb, options->serial);
  add_whom(*verb, *options);
  add_what(*verb, *options);
  add_access_code_options(*verb, options->codes);
  verb->callback([&command, options] {
    if (options->username.empty() && options->list.empty()) {
      throw CLI::RequiredError{"username or --batch"};
    }
    if (options->plan.kind == v1::CHALRESP && !options->list.empty()) {
      throw CLI::ValidationError{"--kind", "challenge_response is for one key at a time"};
    }
    run(command, *options);
  });
}

}  // namespace countersign::cli
