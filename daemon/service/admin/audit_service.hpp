// SPDX-License-Identifier: Apache-2.0
// What the security team asks about what happened, and about what would happen.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/service/admin/explanation.hpp"
#include "daemon/service/message/code_service.hpp"
#include "daemon/service/parts.hpp"

namespace countersign {

class AuditService {
 public:
  explicit AuditService(const Parts& parts) : parts_{parts}, codes_{parts} {}

  // Records of the realms that the peer may ask about, and those of no realm.
  awaitable<Result<Answer>> read(Peer peer, const ReadJournal& ask);

  // Which rules an operation would meet, in their order, each with what it is held against; up to
  // the first that refuses. Nothing is counted or journalled, and of the HSM is asked where a code
  // would go, for its budget. Fails with `malformed` for an operation or socket that does not
  // exist, and with `denied` for a realm that is not the peer's.
  awaitable<Result<Answer>> explain(Peer peer, const ExplainPolicy& ask);

 private:
  // Of a code that would be sent; none of anything else, and of what nobody may ask.
  awaitable<Result<std::optional<CodeService::Prospect>>> prospect(const Hypothesis& hypothesis,
                                                                   const ExplainPolicy& ask,
                                                                   const SubjectRecord& subject);

  Parts parts_;
  CodeService codes_;
};

}  // namespace countersign
