// SPDX-License-Identifier: Apache-2.0
// What the security team decides: who may ask what, how wide a window is, how fast guesses may
// come.
//
// A value, read from TOML over the defaults that are compiled in (default.toml). A mistake is
// reported with file, line and column; an unknown key is a mistake.
#pragma once

#include "policies/operation.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace countersign::policies {

// Which processes count as this peer, which sockets they may use, which realms they may ask about.
struct PeerRule {
  std::string name;
  std::optional<uid_t> uid;  // at least one of the two; both must match where both are given
  std::optional<gid_t> gid;
  std::array<bool, kRoleCount> roles{};
  std::vector<std::string> realms;  // empty: every realm
  // A gateway: it verifies Yubico OTPs that name their own keys, and asks for its clients' sake.
  bool public_id_only = false;
};

// How far a code may lie from where the factor is expected to be.
struct Windows {
  std::uint8_t totp_steps_before = 1;                // 0 to 2, around the stored drift
  std::uint8_t totp_steps_after = 1;                 // 0 to 2
  std::uint8_t totp_drift_steps_max = 10;            // 0 to 100
  std::uint8_t hotp_look_ahead = 10;                 // 1 to 30
  std::uint16_t hotp_resynchronise_counters = 1000;  // 1 to 1000
  std::uint8_t totp_resynchronise_steps = 20;        // 1 to 100, each way
};

// What becomes of a Yubico OTP that the key's own clock calls late: somebody may have held it back.
enum class RelayCheck : std::uint8_t { off, warn, enforce };

// As policy files have them.
inline constexpr std::array<std::string_view, 3> kRelayCheckNames{"off", "warn", "enforce"};

struct Yubico {
  RelayCheck relay_check = RelayCheck::warn;
  std::chrono::seconds relay_tolerance{300};  // 10s to 24h, beside what its clock may be wrong by
};

// Of challenges that await an answer.
struct Challenges {
  std::chrono::seconds lifetime{120};  // 10s to 10min
  std::uint8_t tries_max = 5;          // 1 to 20 wrong answers
  std::uint8_t open_max = 5;           // 1 to 20 of one subject at a time
};

struct Throttle {
  std::uint8_t failures_max = 100;      // 1 to 100: consecutive, then only an unlock helps
  std::uint8_t failures_free = 5;       // 0 to failures_max: so many failures cost no delay
  std::chrono::seconds delay_first{1};  // 1s to 1h
  std::chrono::seconds delay_max{900};  // delay_first to 24h; doubles from first to max
};

struct Limits {
  std::uint32_t connections_per_uid = 256;  // 1 to 65536
  std::uint32_t in_flight_per_uid = 4096;   // 1 to 65536
  std::uint32_t cached_subjects = 24'000;   // 100 to 10000000
};

inline constexpr std::size_t kPolicyBytesMax = 256 * 1024;

struct Policy {
  std::vector<PeerRule> peers;
  Windows windows;
  Yubico yubico;
  Challenges challenge;
  Throttle throttle;
  Limits limits;
};

// What is wrong with a policy file, in words for the person who wrote it.
struct Mistake {
  std::string message;
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

// The compiled-in defaults. The user that this process runs as and root are the only peers.
[[nodiscard]] Policy defaults();

// `text` over the defaults; the first mistake where there are several. User and group names are
// looked up; one that does not exist is a mistake. A file that names any [[peer]] replaces the
// default list of peers.
[[nodiscard]] std::variant<Policy, Mistake> parse(std::string_view text, std::string_view file);

}  // namespace countersign::policies
