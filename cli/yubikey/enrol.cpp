// SPDX-License-Identifier: Apache-2.0
// countersign yubikey enrol: a key that another program has configured.
#include "cli/ask.hpp"
#include "cli/subject_option.hpp"
#include "cli/yubikey/desk.hpp"
#include "cli/yubikey/enrol_verbs.hpp"
#include "cli/yubikey/factors.hpp"
#include "cli/yubikey/options.hpp"
#include "cli/yubikey/show.hpp"

#include <memory>

namespace countersign::cli {
namespace {

struct Options {
  SubjectOption subject;
  v1::FactorKind kind = v1::YUBICO_OTP;
  std::string label = "YubiKey";
  std::string values_file;
  std::uint32_t digits = 6;
  std::uint64_t counter = 0;
  bool unconfirmed = false;
};

Outcome<Given> enrol(const Command& command, const Options& options) {
  CS_TRY(const SlotValues values, read_slot_values(options.values_file, options.kind));
  take_interrupts_as_end_of_input();
  Wanted wanted{.kind = options.kind,
                .label = options.label,
                .identifier = values.identifier,
                .digits = options.digits,
                .counter = options.counter};
  options.subject.write(wanted.subject);
  CS_TRY(const std::uint64_t id, enrol_known(command, wanted, values));
  Given given{.factor_id = id,
              .subject = wanted.subject,
              .kind = wanted.kind,
              .identifier = wanted.identifier};
  if (options.unconfirmed) return given;
  CS_TRY(const FirstTouch touch, confirm_by_touch(command, wanted.subject, id, "the key"));
  given.active = touch == FirstTouch::active;
  if (given.active) return given;
  CS_CHECK(withdraw(command, id));
  const char* why =
      touch == FirstTouch::ended
          ? "The key was not touched. Nothing was enrolled."
          : "No code was right: these are not the key's values. Nothing was enrolled.";
  return Trouble{v1::CONFLICT, why};
}

}  // namespace

void add_yubikey_enrol(CLI::App& noun, Command& command) {
  CLI::App* verb =
      noun.add_subcommand("enrol", "Take in a slot that another program has configured");
  const auto options = std::make_shared<Options>();
  add_subject_option(*verb, options->subject, Presence::required);
  add_kind_option(*verb, options->kind);
  verb->add_option("--values-file", options->values_file,
                   "One line: PUBLIC-ID PRIVATE-ID AES-KEY (modhex, then hexadecimal), or for hotp "
                   "[TOKEN-IDENTIFIER] SECRET; - for standard input; absent: asked for")
      ->type_name("FILE");
  verb->add_option("--label", options->label, "What its owner calls it");
  verb->add_option("--digits", options->digits, "hotp: 6 or 8")->check(CLI::IsMember({6, 8}));
  verb->add_option("--counter", options->counter, "hotp: the first counter that is accepted");
  verb->add_flag("--unconfirmed", options->unconfirmed,
                 "Do not ask for the first touch: the factor stays pending until it is confirmed");
  verb->callback([&command, options] {
    const auto given = enrol(command, *options);
    if (!given) return show_error(command, given.error().code, given.error().message);
    show_given(command, *given);
  });
}

}  // namespace countersign::cli
