// SPDX-License-Identifier: Apache-2.0
// What the daemon may ask of an HSM worker, and nothing else.
//
// There is no verb that returns a factor's secret once it is sealed, and none that returns a code.
#pragma once

#include "base/bytes.hpp"
#include "base/hash_algorithm.hpp"
#include "base/secret_bytes.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace countersign::hsm {

using Mac = std::array<std::byte, 32>;

// The most counters that one match may name: the window of a resynchronisation packet.
inline constexpr std::size_t kCountersMax = 32;
inline constexpr std::size_t kSealedBytesMax = 600;
inline constexpr std::size_t kMacInputBytesMax = 2048;
inline constexpr std::size_t kOathSecretBytesMax = 512;

// Does the passcode equal the code of one of these counters? They are tried in the order given and
// the first that matches ends the search. Views are valid until the call returns its awaitable.
struct MatchOath {
  BytesView sealed;
  HashAlgorithm algorithm{};
  std::uint8_t digits{};                    // 6 to 8
  std::span<const std::uint64_t> counters;  // 1 to kCountersMax
  std::string_view passcode;                // any length; a wrong length matches nothing
};

enum class MacKey : std::uint8_t { record = 1, pepper = 2 };

// What a sealed secret is for; part of its header, and checked before it is used.
enum class SecretKind : std::uint8_t { oath = 1 };

struct Generated {
  Bytes sealed;
  SecretBytes secret;  // for the one message that shows it to its owner
};

}  // namespace countersign::hsm
