// SPDX-License-Identifier: Apache-2.0
// Making accounts and looking after them: what the portal's account service and the security team
// ask.
#pragma once

#include "base/clock.hpp"
#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/current_policy.hpp"
#include "daemon/service/turns.hpp"
#include "daemon/store/store.hpp"
#include "policies/operation.hpp"

namespace countersign {

// Finds a subject by a name that its peer may ask about. Fails with `denied`, `not_found`.
class SubjectFinder {
 public:
  SubjectFinder(Store& store, const CurrentPolicy& policy) : store_{store}, policy_{policy} {}

  awaitable<Result<SubjectPtr>> by_name(Peer peer, const SubjectName& name);
  awaitable<Result<SubjectPtr>> by_factor(Peer peer, FactorId factor);

 private:
  Store& store_;
  const CurrentPolicy& policy_;
};

// Every change takes the subject's turn, so that no attempt sees half of it.
class SubjectService {
 public:
  SubjectService(Store& store, Turns& turns, const CurrentPolicy& policy, const Clock& clock)
      : store_{store}, turns_{turns}, policy_{policy}, clock_{clock}, find_{store, policy} {}

  // Fails with `already_exists`, `denied`.
  awaitable<Result<Answer>> create(Peer peer, const CreateSubject& ask);
  // The rest fail with `not_found`, `denied`, and with `conflict` when the state forbids it.
  awaitable<Result<Answer>> get(Peer peer, const GetSubject& ask);
  awaitable<Result<Answer>> suspend(Peer peer, const SuspendSubject& ask);
  awaitable<Result<Answer>> resume(Peer peer, const ResumeSubject& ask);
  awaitable<Result<Answer>> unlock(Peer peer, const UnlockSubject& ask);

 private:
  awaitable<Result<Answer>> change_state(Peer peer, const SubjectName& name, SubjectState from,
                                         SubjectState to, Event event);
  awaitable<Result<Answer>> report(Peer peer, const SubjectName& name);
  [[nodiscard]] JournalEntry entry(Peer peer, Event event) const;

  Store& store_;
  Turns& turns_;
  const CurrentPolicy& policy_;
  const Clock& clock_;
  SubjectFinder find_;
};

}  // namespace countersign
