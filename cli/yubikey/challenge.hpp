// SPDX-License-Identifier: Apache-2.0
// A key at hand proves itself by answering: for slots that type nothing.
#pragma once

#include "cli/command.hpp"
#include "cli/yubikey/outcome.hpp"
#include "firmware-interface/yubikey/slot.hpp"

#include <cstdint>

namespace countersign::cli {

// Has the daemon challenge the pending factor and the key answer, after a touch if its slot wants
// one. True: the factor is active. False: the key answered wrongly.
[[nodiscard]] Outcome<bool> confirm_by_challenge(const Command& command,
                                                 const v1::SubjectName& subject,
                                                 std::uint64_t factor_id, yubikey::Which which,
                                                 yubikey::SlotNumber slot);

}  // namespace countersign::cli
