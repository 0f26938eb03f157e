// SPDX-License-Identifier: Apache-2.0
// A service's one login, and none that could cost the token.
#pragma once

#include "hsm/session.hpp"

#include <string>

namespace countersign::hsm {

// Logs in with the PIN of the file, unless it was refused before or one more wrong PIN would lock
// the token; a refusal is remembered before this returns.
//
// Fails with `denied` when trying again would not help, and as read_pin does.
Status log_in_once(const Module& module, CK_SLOT_ID slot, Session& session,
                   const std::string& pin_file, const std::string& refused_pin_file);

}  // namespace countersign::hsm
