// SPDX-License-Identifier: Apache-2.0
// Using a link: it begins a session that activates or resets, or undoes what its owner never did.
//
// Looking at a link changes nothing (mail scanners do): this is what the page behind it asks when
// somebody has pressed its button.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/attempt/attempts.hpp"
#include "daemon/service/session/sessions.hpp"
#include "daemon/service/ticket/repudiation.hpp"
#include "daemon/service/ticket/tickets.hpp"

namespace countersign {

class OpenTicketService {
 public:
  explicit OpenTicketService(const Parts& parts)
      : parts_{parts}, tickets_{parts}, sessions_{parts}, attempts_{parts}, repudiation_{parts} {}

  // Rejected as expired where it is good no longer, was never there, or its account is no longer
  // what it is for; as a wrong code where the account has a password already and this is another.
  // Fails with `denied`, `busy`, `unavailable`, `corrupt`, `conflict`, `limit_exceeded`.
  awaitable<Result<TicketOpened>> open(Peer peer, const RequestId& id, const OpenTicket& ask);

 private:
  // What one opening works with.
  struct Opening {
    Peer peer;
    const RequestId& id;
    const OpenTicket& ask;
    const Ticket& ticket;
  };
  awaitable<Result<SessionVerdict>> use(const Opening& opening);
  awaitable<Result<SessionVerdict>> use_alone(const Opening& opening, SubjectPtr subject);
  awaitable<Result<SessionVerdict>> begin(const Opening& opening, SubjectPtr subject,
                                          SessionScope scope);
  awaitable<Result<SessionVerdict>> activate_with_password(const Opening& opening);
  awaitable<Result<SessionVerdict>> repudiate(const Opening& opening, SubjectPtr subject);
  [[nodiscard]] Session draft_of(const Opening& opening, SessionScope scope) const;

  Parts parts_;
  Tickets tickets_;
  Sessions sessions_;
  Attempts attempts_;
  Repudiation repudiation_;
};

}  // namespace countersign
