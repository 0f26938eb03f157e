// SPDX-License-Identifier: Apache-2.0
// The eight-byte feature reports that a virtual YubiKey exchanges with its host.
#pragma once

#include "tests/support/virtual_yubikey/key_state.hpp"

#include <string>

namespace countersign::test::yubikey {

using Report = std::array<Byte, 8>;

// The next piece of a response, or the key's status.
[[nodiscard]] Report read_report(KeyState& state);

// A piece of a frame, or the end of a conversation. The key may be unplugged by it (a fault).
void write_report(KeyState& state, const Report& report);

// A person touches the key: what it types, nothing if that answers a waiting challenge.
[[nodiscard]] std::string touch(KeyState& state, int slot);

// Pulled out and put in again: the clock and the session's uses start anew.
void power_cycle(KeyState& state);

}  // namespace countersign::test::yubikey
