// SPDX-License-Identifier: Apache-2.0
// Something that was sent or shown and awaits one answer.
#pragma once

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "daemon/model/subject.hpp"

#include <cstdint>

namespace countersign {

// Random, 63 bits: whoever was not told it does not guess it. 0: none.
enum class ChallengeId : std::int64_t {};
[[nodiscard]] constexpr std::int64_t number(ChallengeId id) {
  return static_cast<std::int64_t>(id);
}

// What its answer is good for, and nothing else. Stored numbers.
enum class Purpose : std::uint8_t {
  sign_in = 1,
  confirmation = 2,
  reset = 3,
  unlock = 4,
  transaction = 5,
  address = 6,
};

struct Challenge {
  static constexpr std::size_t kValueBytesMax = 512;

  ChallengeId id{};
  SubjectId subject{};
  FactorId factor{};                       // 0: no factor's, so that nobody can answer it
  FactorKind kind = FactorKind::chalresp;  // what it asks: chalresp, sms or email
  Purpose purpose = Purpose::sign_in;
  // Of a challenge-response factor, what its key is asked; of a code, its MAC.
  Bytes value;
  std::uint32_t tries = 0;  // wrong answers so far
  // What its acceptance moved the factor to; none while it is open.
  Position position = Position::none;
  Time created_at{};
  Time expires_at{};

  [[nodiscard]] bool is_open() const { return position == Position::none; }
};

}  // namespace countersign
