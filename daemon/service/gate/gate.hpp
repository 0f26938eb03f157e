// SPDX-License-Identifier: Apache-2.0
// The gate of enroll.sock: nobody gets to a service but through it.
//
// It finds the session that a request bears, asks whether one of its scope may do this, and now,
// and puts the session's own subject into the question. What a service reads there was not chosen
// by whoever asks.
#pragma once

#include "daemon/service/gate/gate_rules.hpp"
#include "daemon/service/gate/visit.hpp"
#include "daemon/service/session/sessions.hpp"

namespace countersign {

class Gate {
 public:
  explicit Gate(const Parts& parts) : parts_{parts}, sessions_{parts} {}

  // Other sockets know no sessions, and are let through as they are.
  //
  // Fails with `denied` (no session that may be used, or not for this; another's subject),
  // `not_found` (another's factor), `proof_required`, `malformed` (nobody is named), `unavailable`,
  // `corrupt`. REQUIRES: `request` outlives the visit.
  awaitable<Result<Visit>> admit(Peer peer, Operation operation, Request& request);

 private:
  [[nodiscard]] Status check(const Visit& visit, const Entrance& entrance, const Ask& ask) const;

  Parts parts_;
  Sessions sessions_;
};

}  // namespace countersign
