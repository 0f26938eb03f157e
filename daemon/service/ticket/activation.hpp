// SPDX-License-Identifier: Apache-2.0
// The end of an activation: the first factor that may be the only one makes a pending account
// active, and spends its link, in the commit that made the factor active. Whichever way it came:
// confirmed by a code, by the answer to a challenge, or claimed from stock.
#pragma once

#include "daemon/service/attempt/attempts.hpp"

namespace countersign {

class Activation {
 public:
  explicit Activation(const Parts& parts) : parts_{parts} {}

  // Adds to `aftermath` what else becomes true. Does nothing unless the subject is pending and this
  // factor may be its only one. Fails with `unavailable`, `corrupt`, and with `denied` on
  // enroll.sock while there is no active password: then nothing may become true.
  // REQUIRES: the references outlive the wait.
  awaitable<Status> complete(Role role, const SubjectRecord& subject, const Factor& now_active,
                             Aftermath& aftermath, Time now);

 private:
  Parts parts_;
};

// Of a factor that is confirmed by its first code: it may end an activation, and what was kept for
// its owner to see once more is erased.
class FactorConfirmed final : public Afterwards {
 public:
  // REQUIRES: `next`, where there is one, outlives this; it is asked last.
  FactorConfirmed(const Activation& activation, Role role, Afterwards* next)
      : activation_{activation}, role_{role}, next_{next} {}

  awaitable<Status> add(const SubjectRecord& subject, Attempt& attempt) override;

 private:
  Activation activation_;
  Role role_;
  Afterwards* next_;
};

}  // namespace countersign
