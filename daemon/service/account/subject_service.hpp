// SPDX-License-Identifier: Apache-2.0
// Looking after accounts: what the portal's account service and the security team
// ask.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/parts.hpp"
#include "policies/operation.hpp"

namespace countersign {

// Finds a subject by a name that its peer may ask about. Fails with `denied`, `not_found`.
class SubjectFinder {
 public:
  explicit SubjectFinder(const Parts& parts) : store_{parts.store}, policy_{parts.policy} {}

  awaitable<Result<SubjectPtr>> by_name(Peer peer, const SubjectName& name);
  awaitable<Result<SubjectPtr>> by_factor(Peer peer, FactorId factor);

 private:
  Store& store_;
  const CurrentPolicy& policy_;
};

// Every change takes the subject's turn, so that no attempt sees half of it.
class SubjectService {
 public:
  explicit SubjectService(const Parts& parts)
      : store_{parts.store},
        accounts_{parts.accounts},
        turns_{parts.turns},
        policy_{parts.policy},
        clock_{parts.clock},
        find_{parts} {}

  // All fail with `not_found`, `denied`, and with `conflict` when the state forbids it.
  awaitable<Result<Answer>> get(Peer peer, const GetSubject& ask);
  // Sessions, and the links and hand-overs that lead to some, end in the same commit: they are not
  // there again when the account is.
  awaitable<Result<Answer>> suspend(Peer peer, const SuspendSubject& ask);
  awaitable<Result<Answer>> resume(Peer peer, const ResumeSubject& ask);
  awaitable<Result<Answer>> unlock(Peer peer, const UnlockSubject& ask);

 private:
  // Puts a suspended subject, and what else becomes of it, in place of an active one.
  awaitable<Status> write_suspended(SubjectPtr subject, JournalEntry record);
  awaitable<Result<Answer>> report(Peer peer, const SubjectName& name);
  [[nodiscard]] JournalEntry entry(Peer peer, Event event) const;

  Store& store_;
  AccountStore& accounts_;
  Turns& turns_;
  const CurrentPolicy& policy_;
  const Clock& clock_;
  SubjectFinder find_;
};

}  // namespace countersign
