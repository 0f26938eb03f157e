// SPDX-License-Identifier: Apache-2.0
// The daemon's side of a YubiKey: its factor is made there first, pending, with a secret from the
// HSM that is sealed already; it becomes active with the key's first code, or is revoked.
#pragma once

#include "cli/command.hpp"
#include "cli/yubikey/outcome.hpp"
#include "cli/yubikey/values.hpp"

#include <cstdint>
#include <string>

namespace countersign::cli {

// What a slot is to be, for whom.
struct Wanted {
  v1::SubjectName subject;
  v1::FactorKind kind = v1::YUBICO_OTP;  // or HOTP, CHALRESP
  std::string label;
  std::string identifier;  // public id, or the HOTP slot's token identifier
  std::uint32_t digits = 6;
  std::uint64_t counter = 0;
  bool wants_touch = false;  // CHALRESP: before each answer
};

struct Fresh {
  std::uint64_t factor_id = 0;
  yubikey::Configuration configuration;
};

// ENSURES: after a failure no pending factor of this attempt is left behind, as far as the daemon
// can still be asked.
[[nodiscard]] Outcome<Fresh> enrol_fresh(const Command& command, const Wanted& wanted);
[[nodiscard]] Outcome<std::uint64_t> enrol_known(const Command& command, const Wanted& wanted,
                                                 const SlotValues& values);

// active: the factor works. wrong: a few codes came, none of them right. ended: standard input did.
enum class FirstTouch : std::uint8_t { active, wrong, ended };

// Asks for the key's first code, a few times. After a failure nobody knows whether the factor is
// active; unless it is, it is as pending as before.
[[nodiscard]] Outcome<FirstTouch> confirm_by_touch(const Command& command,
                                                   const v1::SubjectName& subject,
                                                   std::uint64_t factor_id,
                                                   const std::string& which_key);

// Revokes a factor that came to nothing.
[[nodiscard]] Outcome<void> withdraw(const Command& command, std::uint64_t factor_id);
// Revokes what an attempt of this label, which nobody saw the end of, may have left pending.
[[nodiscard]] Outcome<void> withdraw_leftovers(const Command& command,
                                               const v1::SubjectName& subject,
                                               const std::string& label);

[[nodiscard]] Outcome<v1::FactorState> state_of(const Command& command,
                                                const v1::SubjectName& subject,
                                                std::uint64_t factor_id);

}  // namespace countersign::cli
