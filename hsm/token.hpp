// SPDX-License-Identifier: Apache-2.0
// A token as a ceremony needs it: initialised, with a user's PIN, logged in.
#pragma once

#include "hsm/ceremony.hpp"
#include "hsm/session.hpp"

#include <optional>

namespace countersign::hsm {

// The slot of the labelled token; none if no token bears the label. Fails with `malformed` if no
// token can bear it.
Result<std::optional<CK_SLOT_ID>> slot_if_any(const Module& module, const std::string& label);

// Gives the user a PIN file with a random PIN where there is none. Returns whether it made one.
Result<bool> make_pin_file(const std::string& path);

// Initialises the token if no token bears its label, sets the user's PIN if it has none, and logs
// in as user, for writing.
Result<Session> prepare_token(const Module& module, const TokenSettings& token);

}  // namespace countersign::hsm
