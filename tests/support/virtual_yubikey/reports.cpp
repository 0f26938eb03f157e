// SPDX-License-Identifier: Apache-2.0
#include "tests/support/virtual_yubikey/reports.hpp"

#include "tests/support/virtual_yubikey/slot.hpp"

#include <algorithm>

namespace countersign::test::yubikey {
namespace {

constexpr Byte kWriteFlag = 0x80;
constexpr Byte kResponseFlag = 0x40;
constexpr Byte kTouchFlag = 0x20;
constexpr Byte kNumberMask = 0x1f;
constexpr Byte kReset = 0x8f;
constexpr std::size_t kChunkBytes = 7;
constexpr Byte kLastChunk = kFrameBytes / kChunkBytes - 1;
constexpr std::size_t kCommandAt = kPayloadBytes;

void forget_conversation(KeyState& state) {
  state.writing = false;
  state.response_size = 0;
  state.response_at = 0;
  state.awaiting_command = 0;
}

void answer(KeyState& state, std::span<const Byte> data) {
  const unsigned crc = ~static_cast<unsigned>(crc16(data));
  state.response.fill(0);
  std::ranges::copy(data, state.response.begin());
  state.response[data.size()] = static_cast<Byte>(crc & 0xff);
  state.response[data.size() + 1] = static_cast<Byte>(crc >> 8 & 0xff);
  const std::size_t chunks = (data.size() + 2 + kChunkBytes - 1) / kChunkBytes;
  state.response_size = static_cast<std::uint32_t>(chunks * kChunkBytes);
  state.response_at = 0;
}

void challenge(KeyState& state, Command command, std::span<const Byte, kPayloadBytes> payload) {
  // Asked as if it were touched, so that a slot of another kind stays silent at once. A Yubico
  // challenge uses its counter up: on a copy here.
  KeyState trial = state;
  if (!respond(trial, command, payload)) return;
  if (wants_touch(state, command)) {
    state.awaiting_command = static_cast<Byte>(command);
    state.awaiting_until_ms = now_ms() + 1000u * state.touch_seconds;
    std::ranges::copy(payload, state.challenge.begin());
    return;
  }
  state = trial;
  answer(state, *respond(trial, command, payload));
}

void carry_out(KeyState& state) {
  const std::span<const Byte, kPayloadBytes> payload{state.frame.data(), kPayloadBytes};
  const auto crc = static_cast<std::uint16_t>(state.frame[65] | state.frame[66] << 8);
  if (crc != crc16(payload)) return;
  const auto command = static_cast<Command>(state.frame[kCommandAt]);
  if (is_configuration(command)) {
    program(state, command, payload);
    if (state.faults.unplug_after_write) state.plugged = false;
    return;
  }
  switch (command) {
    case Command::serial: {
      if (!is_serial_visible(state)) return;
      std::array<Byte, 4> serial{};
      for (unsigned i = 0; i < 4; ++i) serial[i] = Byte(state.serial >> (24 - 8 * i));
      return answer(state, serial);
    }
    case Command::device_configuration:
      if (payload[1] != 0) state.touch_seconds = payload[1];
      return;
    case Command::yubico_challenge_1:
    case Command::yubico_challenge_2:
    case Command::hmac_challenge_1:
    case Command::hmac_challenge_2:
      return challenge(state, command, payload);
    default:
      return;
  }
}

// Only the last chunk names the command. The first one of a frame without a payload (the question
// for the serial number) is empty, and so is told apart from a configuration's.
bool is_pulled_out(const KeyState& state, Byte number, const Report& report) {
  if (state.faults.unplug_at_chunk < 0 || number < state.faults.unplug_at_chunk) return false;
  if (number == kLastChunk) return is_configuration(static_cast<Command>(report[1]));
  return std::any_of(report.begin(), report.begin() + kChunkBytes, [](Byte b) { return b != 0; });
}

Report response_report(KeyState& state) {
  Report report{};
  if (state.response_at == state.response_size) {
    forget_conversation(state);
    report[7] = kResponseFlag;
    return report;
  }
  std::copy_n(state.response.begin() + state.response_at, kChunkBytes, report.begin());
  report[7] = static_cast<Byte>(kResponseFlag | state.response_at / kChunkBytes);
  state.response_at += kChunkBytes;
  return report;
}

}  // namespace

Report read_report(KeyState& state) {
  if (state.response_size > 0) return response_report(state);
  Report report{};
  std::ranges::copy(state.firmware, report.begin() + 1);
  report[4] = state.program_sequence;
  report[5] = slot_bits(state);
  report[6] = static_cast<Byte>(now_ms() & 0xff);  // the sensor's level never stands still
  if (state.writing || state.faults.busy) report[7] = kWriteFlag;
  if (state.awaiting_command != 0) {
    const std::uint64_t now = now_ms();
    if (now >= state.awaiting_until_ms) {
      forget_conversation(state);
    } else {
      const std::uint64_t left = (state.awaiting_until_ms - now + 999) / 1000;
      report[7] = static_cast<Byte>(kTouchFlag | std::min<std::uint64_t>(left, kNumberMask));
    }
  }
  return report;
}

void write_report(KeyState& state, const Report& report) {
  if (report[7] == kReset) return forget_conversation(state);
  if ((report[7] & kWriteFlag) == 0) return;
  const Byte number = report[7] & kNumberMask;
  if (number > kLastChunk) return;
  if (is_pulled_out(state, number, report)) {
    state.plugged = false;
    return forget_conversation(state);
  }
  if (number == 0) {
    forget_conversation(state);
    state.frame.fill(0);  // the host leaves chunks out that are all zero
  }
  std::copy_n(report.begin(), kChunkBytes, state.frame.begin() + number * kChunkBytes);
  if (number == kLastChunk) carry_out(state);
}

std::string touch(KeyState& state, int slot) {
  if (state.awaiting_command == 0) return type(state, slot);
  const auto command = static_cast<Command>(state.awaiting_command);
  state.awaiting_command = 0;
  const auto response = respond(state, command, state.challenge);
  if (response) answer(state, *response);
  return {};
}

void power_cycle(KeyState& state) {
  forget_conversation(state);
  state.plugged = true;
  state.powered_at_ms = now_ms();
  for (Slot& slot : state.slots) {
    slot.used_since_power_up = false;
    slot.session_use = 0;
  }
}

}  // namespace countersign::test::yubikey
