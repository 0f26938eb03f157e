// SPDX-License-Identifier: Apache-2.0
// Tickets: single-use tokens in a link or a hand-over. How they are made, and found again.
//
// The store holds a keyed hash of a ticket's secret, bound to its id, subject, purpose and realm:
// whoever reads the database has no ticket, and whoever writes to it makes none.
#pragma once

#include "daemon/model/account_replies.hpp"
#include "daemon/service/parts.hpp"

#include <optional>
#include <string>

namespace countersign {

struct IssuedTicket {
  Ticket row;        // for AccountChange::issued
  SecretBytes text;  // for whoever is to use it; kept nowhere
};

class Tickets {
 public:
  explicit Tickets(const Parts& parts) : parts_{parts} {}

  // Gives the draft an id, a secret and its keyed hash. Nothing is kept yet.
  // REQUIRES: purpose, subject and times are set; `realm` outlives the wait.
  // Fails with `unavailable`.
  awaitable<Result<IssuedTicket>> fresh(Ticket draft, const Realm& realm);

  // The ticket that this is the text of, whatever its state and time are: see condition_of(). One
  // that was never there, or has another secret, costs the same. A decoy's is found like others.
  // Fails with `unavailable`, `corrupt`. REQUIRES: the text outlives the wait.
  awaitable<Result<std::optional<Ticket>>> find(const SecretBytes& text);

 private:
  Parts parts_;
};

// Whether it may be used. At its end it is expired; and so it is when it was made later than now,
// on a clock that went back: it would be good for longer than was said.
[[nodiscard]] TicketCondition condition_of(const Ticket& ticket, Time now);

// Where it is used: the companion's page for all purposes. Empty where the policy names no
// companion.
[[nodiscard]] std::string link_of(const policies::Policy& policy, const SecretBytes& text);

}  // namespace countersign
