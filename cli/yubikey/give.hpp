// SPDX-License-Identifier: Apache-2.0
// Giving a subject a key: enrolled first, programmed then, confirmed by its first code, or its
// first answer. Whatever fails on the way, the factor is revoked, so that nothing half-enrolled
// stays.
#pragma once

#include "cli/command.hpp"
#include "cli/yubikey/factors.hpp"
#include "cli/yubikey/show.hpp"
#include "firmware-interface/yubikey/slot.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace countersign::cli {

// What every key of a run is programmed to be.
struct Plan {
  v1::FactorKind kind = v1::YUBICO_OTP;
  yubikey::SlotNumber slot = yubikey::SlotNumber::one;
  yubikey::Occupied occupied = yubikey::Occupied::refuse;
  yubikey::AccessCodes codes;
  yubikey::Typing typing;
  std::uint32_t digits = 6;
  std::string label;             // "YubiKey SERIAL" when empty; slot 2 says so
  std::string public_id;         // of the serial number when empty, or random
  std::string token_identifier;  // HOTP: typed in front of the codes
  bool wants_touch = false;      // challenge-response: before each answer
  bool confirm = true;
};

// How far a key has come. `withdrawn`: its factor is revoked, its slot may hold what belongs to
// nobody.
enum class Step : std::uint8_t { begun, enrolled, programmed, confirmed, withdrawn };

// Told before each step is gone, and after it; what it fails with stops everything.
using Note = std::function<Outcome<void>(Step step, std::uint64_t factor_id)>;

// What an earlier attempt may have left in the slot: the secret of nobody, behind our access code.
enum class Slate : std::uint8_t { as_found, maybe_ours };

// When only the first code is missing, and standard input ends: take everything back, or leave the
// factor pending for another run that has a record of it.
enum class Persistence : std::uint8_t { all_or_nothing, resumable };

// A factor of this key for this subject: active, or pending if the plan wants no confirmation.
//
// ENSURES: after a failure the factor is revoked, unless the message says otherwise, or it was left
// for another run.
[[nodiscard]] Outcome<Given> give(const Command& command, const Plan& plan,
                                  const v1::SubjectName& subject, const yubikey::Key& key,
                                  Slate slate, Persistence persistence, const Note& note);

// Its label, which is how what an interrupted run left behind is known again.
[[nodiscard]] std::string label_of(const Plan& plan, const std::optional<std::uint32_t>& serial);

[[nodiscard]] inline int number_of(yubikey::SlotNumber slot) { return static_cast<int>(slot); }

}  // namespace countersign::cli
