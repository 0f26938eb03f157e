// SPDX-License-Identifier: Apache-2.0
// Row numbers, each of a type of its own. Decoys have negative ones.
#pragma once

#include <cstdint>
#include <limits>

namespace countersign {

enum class SubjectId : std::int64_t {};
enum class FactorId : std::int64_t {};
enum class TokenId : std::int64_t {};
// A client of the Yubico validation protocol: the number that it gives as `id`. 0: none.
enum class ClientId : std::uint32_t {};

// The factor that a commit is about to add, in whatever else that commit leaves behind.
inline constexpr FactorId kNewFactor{std::numeric_limits<std::int64_t>::min()};

// Random, 63 bits. 0: none.
enum class MessageId : std::int64_t {};
enum class TicketId : std::int64_t {};
enum class SessionId : std::int64_t {};

// Counts up with every change of what moves; a commit names the version it was computed from.
enum class Version : std::uint64_t {};

[[nodiscard]] constexpr std::int64_t number(SubjectId id) { return static_cast<std::int64_t>(id); }
[[nodiscard]] constexpr std::int64_t number(FactorId id) { return static_cast<std::int64_t>(id); }
[[nodiscard]] constexpr std::int64_t number(TokenId id) { return static_cast<std::int64_t>(id); }
[[nodiscard]] constexpr std::uint32_t number(ClientId id) { return static_cast<std::uint32_t>(id); }
[[nodiscard]] constexpr std::int64_t number(MessageId id) { return static_cast<std::int64_t>(id); }
[[nodiscard]] constexpr std::int64_t number(TicketId id) { return static_cast<std::int64_t>(id); }
[[nodiscard]] constexpr std::int64_t number(SessionId id) { return static_cast<std::int64_t>(id); }
[[nodiscard]] constexpr std::uint64_t number(Version v) { return static_cast<std::uint64_t>(v); }
[[nodiscard]] constexpr Version next(Version v) { return Version{number(v) + 1}; }
[[nodiscard]] constexpr bool is_decoy(SubjectId id) { return number(id) < 0; }

// Decoys of names have the numbers -1 to -65 536; those of public ids go on to -131 072, and those
// of challenges to -196 608. A decoy's only factor bears its own number.
inline constexpr std::int64_t kDecoys = 65'536;
[[nodiscard]] constexpr SubjectId decoy_of_name(std::int64_t place) {
  return SubjectId{-1 - (place & (kDecoys - 1))};
}
[[nodiscard]] constexpr SubjectId decoy_of_public_id(std::int64_t place) {
  return SubjectId{number(decoy_of_name(place)) - kDecoys};
}
[[nodiscard]] constexpr SubjectId decoy_of_challenge(std::int64_t place) {
  return SubjectId{number(decoy_of_name(place)) - 2 * kDecoys};
}

}  // namespace countersign
