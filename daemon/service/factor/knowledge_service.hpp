// SPDX-License-Identifier: Apache-2.0
// What is given to a person to keep: recovery codes, a temporary code, a device's secret. Each is
// shown once, in the answer that brings it, and nothing that is stored gives it back.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/account/subject_service.hpp"
#include "daemon/service/message/notices.hpp"
#include "daemon/service/parts.hpp"
#include "daemon/service/session/sessions.hpp"

namespace countersign {

class KnowledgeService {
 public:
  explicit KnowledgeService(const Parts& parts)
      : parts_{parts}, find_{parts}, notices_{parts}, sessions_{parts} {}

  // A new set; the one before is revoked in the same commit. Fails with `denied` where the policy
  // has no recovery codes, `not_found`, `limit_exceeded`, `conflict`, `unavailable`.
  //
  // Here and below the subject's turn is taken; what a session asks for (`by`; null where a
  // portal does) is `denied` when it has ended before. ENSURES: what is shown is durable. REQUIRES:
  // all references outlive the wait.
  awaitable<Result<Answer>> make_recovery_codes(Peer peer, SubjectId subject,
                                                const Session* by = nullptr);

  // Lets one more device stand for a second factor. Of those that there are already, the ones that
  // are forgotten anyway go, and then the oldest. Fails with `denied` where the policy has no
  // devices, and as above.
  awaitable<Result<Answer>> remember_device(Peer peer, SubjectId subject, const Label& label,
                                            const Session* by = nullptr);

  // For somebody who has lost what they had; the one before is revoked. Fails with `denied` where
  // the policy has none or the realm is not the peer's, `limit_exceeded` where it would be good for
  // too long, too short, or too often, and as above.
  awaitable<Result<Answer>> issue_temporary_code(Peer peer, const IssueTemporaryCode& ask);

  // What a device shows next time, after its secret was accepted. Fails with `not_found`,
  // `corrupt`, `unavailable`.
  awaitable<Result<SecretBytes>> device_text(SubjectId subject, FactorId device);

 private:
  struct Addition;
  awaitable<Result<Factor>> add(const SubjectPtr& subject, Addition addition);
  awaitable<Result<FactorReport>> report(SubjectId subject, FactorId factor);

  Parts parts_;
  SubjectFinder find_;
  Notices notices_;
  Sessions sessions_;
};

}  // namespace countersign
