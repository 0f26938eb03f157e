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

// What the peer may have challenges for.
struct Purposes {
  bool sign_in = false;
  bool confirmation = false;
  [[nodiscard]] bool holds(Purpose purpose) const {
    return purpose == Purpose::sign_in ? sign_in : confirmation;
  }
};

// Whom a challenge is for; no factor when nobody can answer it.
struct Addressee {
  FactorId factor{};
  Purpose purpose = Purpose::sign_in;
};

// The challenge-response factor that was named, active or (to be confirmed) pending; or else the
// active one that was used last. A decoy's only factor stands in for one.
[[nodiscard]] Addressee addressee(const SubjectRecord& subject, std::optional<FactorId> named,
                                  Purposes purposes);

// Makes a challenge of random bytes. Its last byte is neither zero nor equal to the one before it:
// a YubiKey drops the run of equal bytes at the end of what the host has padded with zeros.
// REQUIRES: random.size() == kChallengeRandomBytes.
[[nodiscard]] Challenge fresh_challenge(BytesView random, SubjectId subject, Addressee addressee,
                                        Time now, std::chrono::seconds lifetime);

// The factor whose answer this may be, or why nobody's is evaluated. Null: there is no such
// challenge, any more.
//
// The result points into `subject`. REQUIRES: the challenge is the subject's.
[[nodiscard]] Candidates candidate_to_answer(const SubjectRecord& subject,
                                             const Challenge* challenge,
                                             const policies::Policy& policy, Time now);

// As judge(), for the one candidate; `matches` is what the HSM said. The attempt uses the challenge
// up, or counts one more wrong answer to it.
[[nodiscard]] Attempt judge_answer(const SubjectRecord& subject, const Challenge& challenge,
                                   const Candidates& candidate, bool matches,
                                   const policies::Policy& policy,
                                   const Circumstances& circumstances);

}  // namespace countersign::verify
