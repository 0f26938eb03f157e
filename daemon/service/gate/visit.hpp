// SPDX-License-Identifier: Apache-2.0
// One request, as the gate has let it in: who asks, and whose turn it is.
#pragma once

#include "daemon/model/account.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/store/store.hpp"
#include "policies/operation.hpp"

#include <optional>

namespace countersign {

struct Visit {
  Peer peer;
  const RequestId& id;
  std::optional<Session> session;  // of enroll.sock; none where the operation needs none
  SubjectPtr subject;              // the session's, as it was when the gate looked; else null

  // The session that asks; null where none does.
  [[nodiscard]] const Session* by() const { return session ? &*session : nullptr; }
};

}  // namespace countersign
