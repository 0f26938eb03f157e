// SPDX-License-Identifier: Apache-2.0
// Everything that a virtual YubiKey knows, on its chip and while it has power, and the file that
// holds it between two programs.
//
// The file is this structure as the machine lays it out: whoever changes it holds a lock on it, so
// that a tool can touch the key while another program waits for that.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <type_traits>

namespace countersign::test::yubikey {

using Byte = std::uint8_t;

inline constexpr std::size_t kFrameBytes = 70;
inline constexpr std::size_t kPayloadBytes = 64;
inline constexpr std::size_t kResponseBytesMax = 28;

// One slot, as it was programmed.
struct Slot {
  std::array<Byte, 16> fixed{};
  std::array<Byte, 6> uid{};
  std::array<Byte, 16> key{};
  std::array<Byte, 6> access_code{};
  Byte fixed_size = 0;
  Byte ext_flags = 0;
  Byte tkt_flags = 0;
  Byte cfg_flags = 0;
  bool valid = false;
  bool used_since_power_up = false;
  std::uint8_t session_use = 0;
  std::uint16_t use_counter = 0;
  std::uint64_t moving_factor = 0;
};

// What goes wrong on purpose.
struct Faults {
  std::int32_t unplug_at_chunk = -1;  // of the next configuration that is written
  bool unplug_after_write = false;    // it is taken, but nobody hears of that
  bool refuse_writes = false;         // as if an access code were wrong
  bool busy = false;                  // never ready for the next chunk
  bool no_permission = false;         // as if no udev rule let us in
};

struct KeyState {
  std::array<char, 8> magic{'C', 'S', 'V', 'K', 'E', 'Y', '1', '\0'};
  std::uint32_t serial = 0;
  std::uint16_t product_id = 0x0407;
  std::array<Byte, 3> firmware{5, 4, 3};
  bool plugged = true;
  Byte program_sequence = 0;
  Byte touch_seconds = 15;
  std::array<Slot, 2> slots{};
  Faults faults;

  // While it has power.
  std::uint64_t powered_at_ms = 0;
  bool writing = false;  // the flag that the host waits for
  std::array<Byte, kFrameBytes> frame{};
  std::array<Byte, kResponseBytesMax> response{};
  std::uint32_t response_size = 0;
  std::uint32_t response_at = 0;
  Byte awaiting_command = 0;  // a challenge that waits for a touch
  std::uint64_t awaiting_until_ms = 0;
  std::array<Byte, kPayloadBytes> challenge{};
};
static_assert(std::is_trivially_copyable_v<KeyState>);

// Milliseconds of a clock that all processes share and nobody sets.
[[nodiscard]] std::uint64_t now_ms();

// A key's file, locked as long as this lives; what was changed is written back at the end.
class KeyFile {
 public:
  // Throws std::runtime_error if it is no key's file.
  explicit KeyFile(const std::filesystem::path& path);
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;
  ~KeyFile();

  static void create(const std::filesystem::path& path, std::uint32_t serial);

  KeyState* operator->() { return &state_; }
  KeyState& operator*() { return state_; }

 private:
  int file_;
  KeyState state_;
};

}  // namespace countersign::test::yubikey
