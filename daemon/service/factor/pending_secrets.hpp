// SPDX-License-Identifier: Apache-2.0
// A secret that its owner is shown once more: after a wrong code the page has to show its QR code
// again, and the companion keeps nothing. Sealed by the HSM, for PendingSecret::kKept at most, and
// erased by the commit that confirms its factor.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/gate/visit.hpp"
#include "daemon/service/parts.hpp"

namespace countersign {

// What the owner of a fresh secret is shown. Both are empty for an imported one.
struct ShownSecret {
  SecretBytes base32;
  SecretBytes uri;
};

// How it is shown. Fails with `malformed`, `limit_exceeded` (an issuer or name that is too long).
[[nodiscard]] Result<ShownSecret> shown_to_owner(const SubjectRecord& subject, const Factor& factor,
                                                 std::string_view issuer, std::uint64_t counter,
                                                 BytesView secret);

class PendingSecrets {
 public:
  explicit PendingSecrets(const Parts& parts) : parts_{parts} {}

  // For AccountChange::kept, of the factor that its commit adds. Fails with `unavailable`.
  // REQUIRES: the references outlive the wait.
  awaitable<Result<PendingSecret>> seal(const EnrolOath& ask, SubjectId subject,
                                        const SecretBytes& secret, Time now);

  // Once more. Fails with `not_found` when it is kept no longer, `unavailable`, `corrupt`.
  // REQUIRES: the gate has let it in with a session; both outlive the wait.
  awaitable<Result<Enrolment>> show(const Visit& visit, const ShowPendingSecret& ask);

 private:
  Parts parts_;
};

}  // namespace countersign
