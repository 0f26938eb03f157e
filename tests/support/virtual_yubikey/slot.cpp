// SPDX-License-Identifier: Apache-2.0
#include "tests/support/virtual_yubikey/slot.hpp"

#include <algorithm>

namespace countersign::test::yubikey {
namespace {

constexpr Byte kOathOrChallenge = 0x40;    // tkt_flags
constexpr Byte kChallengeOrStatic = 0x20;  // cfg_flags
constexpr Byte kChallengeButton = 0x08;    // cfg_flags
constexpr Byte kSerialApi = 0x04;          // ext_flags
constexpr Byte kAllowUpdate = 0x20;        // ext_flags
constexpr Byte kLedInverted = 0x80;        // ext_flags
constexpr Byte kTicketUpdateMask = 0x3f;
constexpr Byte kPacingMask = 0x0c;
constexpr std::size_t kConfigurationBytes = 52;

bool opens(const Slot& slot, std::span<const Byte> access_code) {
  const bool is_protected = slot.valid && slot.access_code != decltype(slot.access_code){};
  return !is_protected || std::ranges::equal(slot.access_code, access_code);
}

Slot parse(std::span<const Byte> bytes) {
  Slot slot;
  std::ranges::copy(bytes.subspan(0, 16), slot.fixed.begin());
  std::ranges::copy(bytes.subspan(16, 6), slot.uid.begin());
  std::ranges::copy(bytes.subspan(22, 16), slot.key.begin());
  std::ranges::copy(bytes.subspan(38, 6), slot.access_code.begin());
  slot.fixed_size = std::min<Byte>(bytes[44], 16);
  slot.ext_flags = bytes[45];
  slot.tkt_flags = bytes[46];
  slot.cfg_flags = bytes[47];
  slot.valid = true;
  slot.moving_factor = 16u * static_cast<std::uint64_t>(slot.uid[4] << 8 | slot.uid[5]);
  return slot;
}

bool write(Slot& slot, std::span<const Byte> configuration) {
  if (std::ranges::all_of(configuration, [](Byte b) { return b == 0; })) {
    slot = Slot{};
    return true;
  }
  slot = parse(configuration);
  return true;
}

// Flags and access code change; what was programmed to be secret and what moves stay.
bool update(Slot& slot, std::span<const Byte> configuration) {
  if (!slot.valid || (slot.ext_flags & kAllowUpdate) == 0) return false;
  const Slot wanted = parse(configuration);
  slot.access_code = wanted.access_code;
  slot.ext_flags = wanted.ext_flags;
  const auto merge = [](Byte old, Byte changed, Byte mask) {
    return static_cast<Byte>((old & ~mask) | (changed & mask));
  };
  slot.tkt_flags = merge(slot.tkt_flags, wanted.tkt_flags, kTicketUpdateMask);
  slot.cfg_flags = merge(slot.cfg_flags, wanted.cfg_flags, kPacingMask);
  return true;
}

bool carry_out(KeyState& state, Command command, std::span<const Byte, kPayloadBytes> payload) {
  const auto configuration = payload.first(kConfigurationBytes);
  const auto access_code = payload.subspan(kConfigurationBytes, 6);
  auto& [first, second] = state.slots;
  if (command == Command::swap) {
    if (!opens(first, access_code) || !opens(second, access_code)) return false;
    std::swap(first, second);
    return true;
  }
  const bool is_zero = std::ranges::all_of(configuration, [](Byte b) { return b == 0; });
  if (!is_zero && crc16(configuration) != kCrcResidue) return false;
  Slot& slot = command == Command::write_1 || command == Command::update_1 ? first : second;
  if (!opens(slot, access_code)) return false;
  const bool is_write = command == Command::write_1 || command == Command::write_2;
  return is_write ? write(slot, configuration) : update(slot, configuration);
}

}  // namespace

bool is_configuration(Command command) {
  return command == Command::write_1 || command == Command::write_2 ||
         command == Command::update_1 || command == Command::update_2 || command == Command::swap;
}

std::uint16_t crc16(std::span<const Byte> bytes) {
  std::uint16_t crc = 0xffff;
  for (const Byte b : bytes) {
    crc = static_cast<std::uint16_t>(crc ^ b);
    for (int bit = 0; bit < 8; ++bit) {
      crc = static_cast<std::uint16_t>((crc >> 1) ^ ((crc & 1) != 0 ? 0x8408 : 0));
    }
  }
  return crc;
}

void program(KeyState& state, Command command, std::span<const Byte, kPayloadBytes> payload) {
  if (state.faults.refuse_writes || !carry_out(state, command, payload)) return;
  const bool is_blank = !state.slots[0].valid && !state.slots[1].valid;
  if (++state.program_sequence == 0) state.program_sequence = 1;
  if (is_blank) state.program_sequence = 0;
}

bool wants_touch(const KeyState& state, Command command) {
  const bool first = command == Command::hmac_challenge_1 || command == Command::yubico_challenge_1;
  const Slot& slot = state.slots[first ? 0 : 1];
  return (slot.cfg_flags & kChallengeButton) != 0;
}

bool is_serial_visible(const KeyState& state) {
  const auto shows = [](const Slot& slot) { return (slot.ext_flags & kSerialApi) != 0; };
  const auto valid = [](const Slot& slot) { return slot.valid; };
  return std::ranges::none_of(state.slots, valid) ||
         std::ranges::any_of(state.slots,
                             [&](const Slot& slot) { return valid(slot) && shows(slot); });
}

Byte slot_bits(const KeyState& state) {
  unsigned bits = 0;
  for (unsigned i = 0; i < 2; ++i) {
    const Slot& slot = state.slots[i];
    const bool is_challenge =
        (slot.tkt_flags & kOathOrChallenge) != 0 && (slot.cfg_flags & kChallengeOrStatic) != 0;
    const bool touch = is_challenge && (slot.cfg_flags & kChallengeButton) != 0;
    if (slot.valid) bits |= 0x01u << i;
    if (slot.valid && touch) bits |= 0x04u << i;
    if (slot.valid && (slot.ext_flags & kLedInverted) != 0) bits |= 0x10u;
  }
  return static_cast<Byte>(bits);
}

}  // namespace countersign::test::yubikey
