// SPDX-License-Identifier: Apache-2.0
// What a ticket is good for, and the one by which a portal learns who has signed in.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/service/gate/visit.hpp"
#include "daemon/service/parts.hpp"
#include "daemon/service/ticket/tickets.hpp"

namespace countersign {

class TicketService {
 public:
  explicit TicketService(const Parts& parts) : parts_{parts}, tickets_{parts} {}

  // Changes nothing: mail scanners open links. A hand-over is nobody's link: it looks spent.
  // Fails with `unavailable`, `corrupt`.
  awaitable<Result<Answer>> inspect(const Visit& visit, const InspectTicket& ask);

  // A ticket for the portal's backend, bound to this session and to what it has proven. It
  // supersedes the session's earlier one.
  // ENSURES: it is durable. REQUIRES: the gate has let the visit in, with its session.
  // Fails with `unavailable`, `corrupt`, `conflict`, `limit_exceeded`.
  awaitable<Result<Answer>> issue_hand_over(const Visit& visit);

  // Who has signed in; told to one, once, and only while the session lasts.
  // ENSURES: whoever is told has used the ticket up, durably. Fails likewise.
  awaitable<Result<Answer>> redeem_hand_over(const Visit& visit, const RedeemHandOver& ask);

 private:
  awaitable<Result<Aftermath>> superseding(const Session& session, Time now);
  awaitable<Result<bool>> is_redeemable(Peer peer, const std::optional<Ticket>& ticket,
                                        const SubjectRecord& subject, Time now);

  Parts parts_;
  Tickets tickets_;
};

}  // namespace countersign
