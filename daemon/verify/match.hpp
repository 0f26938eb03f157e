// SPDX-License-Identifier: Apache-2.0
// Which position does the passcode match? The HSM knows; we learn a counter, or nothing. What a
// person knows or keeps is in match_knowledge.hpp.
#pragma once

#include "async/awaitable.hpp"
#include "daemon/verify/candidates.hpp"
#include "hsm/client/hsm.hpp"
#include "policies/policy.hpp"

#include <optional>

namespace countersign::verify {

// Of what a person knows or keeps: what stands beside the position.
struct Genuine {
  bool expired = false;   // it is theirs, and not good at this time
  bool stolen = false;    // it is theirs, and was used up before: somebody has a copy
  bool again = false;     // it is the last one once more: a lost reply
  bool reusable = false;  // the same text is good several times; only its request tells a repeat
  std::uint32_t written = 0;  // which recovery code, counted from 1
};

struct Match {
  const FactorRecord* factor = nullptr;
  std::uint64_t counter = 0;
  bool fresh = false;                    // above the factor's position
  std::optional<YubicoCounters> yubico;  // of a Yubico OTP; `counter` is made of them
  Genuine genuine;
};

struct Outcome {
  std::optional<Match> match;
  // Why not every candidate could be tried. Those before it were, without a match: whoever is told
  // of the failure has learnt that, and pays for it like for any other guess.
  std::optional<Error> failure;
  // What the matched factor's `sealed` shall be from now on: the password, hashed by more.
  std::optional<SealedSecret> renewed;
};

// Tries the candidates in order; the first fresh match ends the search. A match on a used-up
// counter is kept in case nothing fresh matches.
//
// REQUIRES: what the candidates point to and what was typed outlive the awaitable.
// Fails with `unavailable`, `corrupt` when nothing was tried.
awaitable<Result<Outcome>> match(const Candidates& candidates, const Typed& typed,
                                 const policies::Windows& windows, Time now, hsm::Hsm& hsm);

}  // namespace countersign::verify
