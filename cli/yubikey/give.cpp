// SPDX-License-Identifier: Apache-2.0
#include "cli/yubikey/give.hpp"

#include "cli/yubikey/challenge.hpp"
#include "cli/yubikey/desk.hpp"
#include "firmware-interface/modhex.hpp"

#include <sys/random.h>

#include <array>
#include <string_view>

namespace countersign::cli {
namespace {

constexpr int kPlugInsMax = 5;
constexpr std::size_t kPublicIdBytes = 6;
constexpr std::byte kSelfProgrammed{0xff};  // "vv": Yubico gives none of these to its own keys

// "vv" and the serial number, or something random for a key that hides it.
Outcome<std::string> default_public_id(const std::optional<std::uint32_t>& serial) {
  Bytes id{kSelfProgrammed};
  if (serial) {
    Writer{id}.integer(std::uint8_t{0}).integer(*serial);
    return modhex::encode(id);
  }
  id.resize(kPublicIdBytes);
  const auto rest = std::span{id}.subspan(1);
  if (::getrandom(rest.data(), rest.size(), 0) != static_cast<ssize_t>(rest.size())) {
    return Trouble{v1::UNAVAILABLE, "The kernel gives no random bytes."};
  }
  return modhex::encode(id);
}

Outcome<Wanted> wanted_of(const Plan& plan, const v1::SubjectName& subject,
                          const yubikey::Key& key) {
  Wanted wanted{.subject = subject,
                .kind = plan.kind,
                .label = label_of(plan, key.serial),
                .identifier = plan.token_identifier,
                .digits = plan.digits,
                .wants_touch = plan.wants_touch};
  if (plan.kind != v1::YUBICO_OTP) return wanted;
  wanted.identifier = plan.public_id;
  if (wanted.identifier.empty()) {
    CS_TRY(wanted.identifier, default_public_id(key.serial));
  }
  return wanted;
}

SecretBytes copy_of(const SecretBytes& secret) { return SecretBytes{secret.expose()}; }

// A slot that we wrote, without hearing that we had, asks for the new access code already.
Result<yubikey::Key> write_once(const Plan& plan, const yubikey::Key& key,
                                const yubikey::Configuration& configuration, Slate slate) {
  const yubikey::Which which{key.serial};
  const bool ours = slate == Slate::maybe_ours;
  const auto occupied = ours ? yubikey::Occupied::overwrite : plan.occupied;
  auto written =
      yubikey::program(which, plan.slot, configuration, plan.codes, plan.typing, occupied);
  if (written || written.error().code != ErrorCode::denied) return written;
  if (!ours || !plan.codes.next) return written;
  const yubikey::AccessCodes next{copy_of(*plan.codes.next), std::nullopt};
  return yubikey::program(which, plan.slot, configuration, next, plan.typing, occupied);
}

bool helps_to_plug_in(const Error& error) {
  return error.code == ErrorCode::unavailable || error.operation.view() == "yubikey.not_this_one";
}

// Writes the slot, and again when the key was pulled out in the middle and comes back.
Outcome<void> write_slot(const Plan& plan, const yubikey::Key& key,
                         const yubikey::Configuration& configuration, Slate slate) {
  for (int plug_in = 0;; ++plug_in) {
    const auto written = write_once(plan, key, configuration, slate);
    if (written) return {};
    // A key that hides its number would not be known again.
    if (!helps_to_plug_in(written.error()) || !key.serial || plug_in == kPlugInsMax) {
      return trouble_of(written.error());
    }
    tell(std::string{yubikey::explain(written.error())});
    if (!ask_for_line("Plug in key " + std::to_string(*key.serial) + " and press Enter:")) {
      return trouble_of(written.error());
    }
    slate = Slate::maybe_ours;
  }
}

// Takes the factor back. The cause goes on, with what else is to be known.
Trouble give_up(const Command& command, std::uint64_t factor_id, const Note& note, Trouble cause) {
  const auto withdrawn = withdraw(command, factor_id);
  if (!withdrawn) {
    cause.message += " " + withdrawn.error().message;
    return cause;
  }
  // What the note fails with changes nothing any more: the cause is what counts.
  const auto noted = note(Step::withdrawn, factor_id);
  if (!noted) cause.message += " " + noted.error().message;
  return cause;
}

// By the code that it types, or by the answer that it gives.
Outcome<FirstTouch> confirm(const Command& command, const Plan& plan, const Given& given) {
  if (plan.kind != v1::CHALRESP) {
    return confirm_by_touch(command, given.subject, given.factor_id,
                            name_of(given.serial, given.slot));
  }
  const yubikey::Which which{given.serial};
  CS_TRY(const bool right,
         confirm_by_challenge(command, given.subject, given.factor_id, which, plan.slot));
  return right ? FirstTouch::active : FirstTouch::wrong;
}

Trouble no_first_code(FirstTouch touch) {
  const char* what = touch == FirstTouch::ended ? "The key was not touched." : "No code was right.";
  return {
      v1::CONFLICT,
      std::string{what} + " What the slot holds belongs to nobody: program it with --overwrite.",
      Source::key};
}

}  // namespace

std::string label_of(const Plan& plan, const std::optional<std::uint32_t>& serial) {
  if (!plan.label.empty()) return plan.label;
  std::string label = serial ? "YubiKey " + std::to_string(*serial) : "YubiKey";
  if (plan.slot == yubikey::SlotNumber::two) label += ", slot 2";
  return label;
}

Outcome<Given> give(const Command& command, const Plan& plan, const v1::SubjectName& subject,
                    const yubikey::Key& key, Slate slate, Persistence persistence,
                    const Note& note) {
  const bool free = plan.occupied == yubikey::Occupied::overwrite || slate == Slate::maybe_ours;
  if (key.slot(plan.slot).configured && !free) {
    return trouble_of(Error{ErrorCode::already_exists, "yubikey.occupied"});
  }
  CS_TRY(const Wanted wanted, wanted_of(plan, subject, key));
  CS_CHECK(note(Step::begun, 0));
  // What a run that was killed left pending for this slot dies with what the slot holds now.
  if (key.serial && plan.label.empty()) {
    CS_CHECK(withdraw_leftovers(command, subject, wanted.label));
  }
  CS_TRY(const Fresh fresh, enrol_fresh(command, wanted));
  const std::uint64_t id = fresh.factor_id;
  const auto noted = note(Step::enrolled, id);
  if (!noted) return give_up(command, id, note, noted.error());
  const auto written = write_slot(plan, key, fresh.configuration, slate);
  if (!written) return give_up(command, id, note, written.error());
  CS_CHECK(note(Step::programmed, id));

  Given given{.factor_id = id,
              .subject = subject,
              .kind = plan.kind,
              .identifier = wanted.identifier,
              .serial = key.serial,
              .slot = number_of(plan.slot)};
  if (!plan.confirm) return given;
  const auto confirmed = confirm(command, plan, given);
  if (!confirmed && plan.kind == v1::CHALRESP) {
    return give_up(command, id, note, confirmed.error());
  }
  CS_TRY(const FirstTouch touch, confirmed);
  if (touch == FirstTouch::ended && persistence == Persistence::resumable) {
    return Trouble{v1::CONFLICT, "The key was not touched.", Source::desk};
  }
  if (touch != FirstTouch::active) return give_up(command, id, note, no_first_code(touch));
  given.active = true;
  CS_CHECK(note(Step::confirmed, id));
  return given;
}

}  // namespace countersign::cli
