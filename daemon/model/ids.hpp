// SPDX-License-Identifier: Apache-2.0
// Row numbers, each of a type of its own. Decoys have negative ones.
#pragma once

#include <cstdint>

namespace countersign {

enum class SubjectId : std::int64_t {};
enum class FactorId : std::int64_t {};

// Counts up with every change of what moves; a commit names the version it was computed from.
enum class Version : std::uint64_t {};

[[nodiscard]] constexpr std::int64_t number(SubjectId id) { return static_cast<std::int64_t>(id); }
[[nodiscard]] constexpr std::int64_t number(FactorId id) { return static_cast<std::int64_t>(id); }
[[nodiscard]] constexpr std::uint64_t number(Version v) { return static_cast<std::uint64_t>(v); }
[[nodiscard]] constexpr Version next(Version v) { return Version{number(v) + 1}; }
[[nodiscard]] constexpr bool is_decoy(SubjectId id) { return number(id) < 0; }

}  // namespace countersign
