// SPDX-License-Identifier: Apache-2.0
// Challenges: what they ask, of which factor, and what an answer to one means. Pure.
#pragma once

#include "daemon/model/attempt.hpp"
#include "daemon/verify/judge.hpp"

#include <optional>

namespace countersign::verify {

inline constexpr std::size_t kChallengeBytes = 32;
// The challenge, and its number.
inline constexpr std::size_t kChallengeRandomBytes = kChallengeBytes + 8;

// A challenge's or a message's number.
inline constexpr std::size_t kNumberRandomBytes = 8;

// Clocks are corrected by less than this. What is good for minutes would be good for them once more
// when the clock steps back by more: it is over instead.
inline constexpr std::chrono::seconds kStepBackMin{10};
[[nodiscard]] constexpr bool is_of_later(Time created_at, Time now) {
  return now + kStepBackMin <= created_at;
}

// Whom a challenge is for, and for what; no factor when nobody can answer it, or for an address.
struct Addressee {
  FactorId factor{};
  Purpose purpose = Purpose::sign_in;
  FactorKind kind = FactorKind::chalresp;
};

// For a confirmation the pending factor of this kind that is named; for an address none; for
// everything else the active one that is named or was used last. To reset and to unlock, what
// belongs to the account comes first: the reset phone, the primary address. A decoy's only factor
// stands in for one.
[[nodiscard]] Addressee addressee(const SubjectRecord& subject, std::optional<FactorId> named,
                                  Purpose purpose, FactorKind kind);

// A number that is nobody's yet: 63 random bits, and never 0.
// REQUIRES: random.size() == kNumberRandomBytes.
[[nodiscard]] std::int64_t fresh_number(BytesView random);

// Makes a challenge of random bytes. Its last byte is neither zero nor equal to the one before it:
// a YubiKey drops the run of equal bytes at the end of what the host has padded with zeros.
// REQUIRES: random.size() == kChallengeRandomBytes.
[[nodiscard]] Challenge fresh_challenge(BytesView random, SubjectId subject, Addressee addressee,
                                        Time now, std::chrono::seconds lifetime);

// The factor whose answer this may be, or why nobody's is evaluated; neither for an address. Null:
// there is no such challenge, any more.
//
// The result points into `subject`. REQUIRES: the challenge is the subject's.
[[nodiscard]] Candidates candidate_to_answer(const SubjectRecord& subject,
                                             const Challenge* challenge,
                                             const policies::Policy& policy,
                                             const Circumstances& circumstances);

// As judge(), for the one candidate; `matches` is what the HSM said. The attempt uses the challenge
// up, or counts one more wrong answer to it. Of an address that is all: no factor moves, and no
// failure is forgotten.
[[nodiscard]] Attempt judge_answer(const SubjectRecord& subject, const Challenge& challenge,
                                   const Candidates& candidate, bool matches,
                                   const policies::Policy& policy,
                                   const Circumstances& circumstances);

}  // namespace countersign::verify
