// SPDX-License-Identifier: Apache-2.0
// What a virtual YubiKey's slots do: being programmed, typing, answering challenges.
#pragma once

#include "tests/support/virtual_yubikey/key_state.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace countersign::test::yubikey {

enum class Command : Byte {
  write_1 = 0x01,
  write_2 = 0x03,
  update_1 = 0x04,
  update_2 = 0x05,
  swap = 0x06,
  serial = 0x10,
  device_configuration = 0x11,
  yubico_challenge_1 = 0x20,
  yubico_challenge_2 = 0x28,
  hmac_challenge_1 = 0x30,
  hmac_challenge_2 = 0x38,
};

// True for those that change what is programmed.
[[nodiscard]] bool is_configuration(Command command);

// CRC-16 as ISO 13239 has it, without the final complement.
[[nodiscard]] std::uint16_t crc16(std::span<const Byte> bytes);
inline constexpr std::uint16_t kCrcResidue = 0xf0b8;

// Writes, updates, swaps, deletes: takes the payload, or ignores it and leaves everything alone, as
// a real key does.
void program(KeyState& state, Command command, std::span<const Byte, kPayloadBytes> payload);

// What `slot` (1 or 2) types when it is touched; nothing if it types nothing.
[[nodiscard]] std::string type(KeyState& state, int slot);

// The slot's answer to a challenge, none if the slot does not answer this kind of challenge.
[[nodiscard]] std::optional<std::vector<Byte>> respond(
    KeyState& state, Command command, std::span<const Byte, kPayloadBytes> payload);
// A challenge for the slot of `command` waits for a touch.
[[nodiscard]] bool wants_touch(const KeyState& state, Command command);

[[nodiscard]] bool is_serial_visible(const KeyState& state);
// The low bits of the status report's touch level.
[[nodiscard]] Byte slot_bits(const KeyState& state);

}  // namespace countersign::test::yubikey
