// SPDX-License-Identifier: Apache-2.0
// What somebody sees of their own sessions, and how they end them.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/service/gate/visit.hpp"
#include "daemon/service/parts.hpp"

namespace countersign {

// REQUIRES (of all): the gate has let the visit in, with its session.
class SessionService {
 public:
  explicit SessionService(const Parts& parts) : parts_{parts} {}

  awaitable<Result<Answer>> get(const Visit& visit);
  // All that may be used, those that were seen last first.
  awaitable<Result<Answer>> list(const Visit& visit);
  // This one, another one of the same subject, or all but this one. ENSURES: it is durable, with a
  // journal record. Fails with `not_found` (not one of the subject's), `unavailable`, `corrupt`,
  // `conflict`, `limit_exceeded`.
  awaitable<Result<Answer>> end(const Visit& visit, const EndSession& ask);

 private:
  [[nodiscard]] SessionReport report(const Visit& visit, const Session& session) const;
  awaitable<Result<Aftermath>> ending(const Visit& visit, const EndSession& ask,
                                      JournalEntry& entry);

  Parts parts_;
};

}  // namespace countersign
