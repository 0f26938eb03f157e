// SPDX-License-Identifier: Apache-2.0
// Which factors a passcode is tried on, or why on none.
#pragma once

#include "daemon/model/attempt.hpp"
#include "daemon/model/subject.hpp"
#include "daemon/verify/circumstances.hpp"
#include "daemon/verify/typed.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>

namespace countersign::verify {

// Why an attempt is not evaluated.
struct Refusal {
  Reason reason = Reason::no_such_factor;
  std::chrono::seconds retry_after{0};
};

struct Candidates {
  std::array<const FactorRecord*, kCandidatesMax> factors{};
  std::size_t size = 0;
  // Set exactly when size is 0, but for the answer that is to prove an address: no factor's.
  std::optional<Refusal> refusal;

  [[nodiscard]] std::span<const FactorRecord* const> all() const { return {factors.data(), size}; }
};

// Why no attempt on the subject is evaluated at this time, whatever its state is.
[[nodiscard]] std::optional<Refusal> throttled(const SubjectRecord& subject,
                                               const policies::Throttle& throttle,
                                               const Circumstances& circumstances);

// Why no attempt on the subject is evaluated at this time, whatever its factors are. Whoever has
// not activated their account yet confirms or claims what belongs to it, and gives the password by
// which they go on; nothing else.
[[nodiscard]] std::optional<Refusal> closed(const SubjectRecord& subject,
                                            const policies::Throttle& throttle,
                                            const Circumstances& circumstances);

// The active factors that the passcode may belong to, as its form says: of a Yubico OTP those that
// bear its public id; of an OATH code with an identifier in front the HOTP factors that bear it; of
// any other code all OATH factors; of one with the form of a recovery or a temporary code those
// that have such codes. The one that was named, or at most kCandidatesMax of the
// subject's, those whose codes have this length and that were used last first. A factor
// whose own failures are used up, in the lane that the attempt is in, is none until it is unlocked.
//
// The result points into `subject`.
[[nodiscard]] Candidates candidates(const SubjectRecord& subject, std::optional<FactorId> named,
                                    const Typed& typed, const policies::Throttle& throttle,
                                    const Circumstances& circumstances);

// The active factor of one kind: the one that was named (as a device's secret does), or the
// subject's only one. A decoy's factor stands in for it.
[[nodiscard]] Candidates candidate_of_kind(const SubjectRecord& subject, FactorKind kind,
                                           std::optional<FactorId> named,
                                           const policies::Throttle& throttle,
                                           const Circumstances& circumstances);

// The one factor that is being confirmed: it must be pending, and may have typed this.
[[nodiscard]] Candidates candidate_to_confirm(const SubjectRecord& subject, FactorId factor,
                                              const Typed& typed,
                                              const policies::Throttle& throttle,
                                              const Circumstances& circumstances);

}  // namespace countersign::verify
