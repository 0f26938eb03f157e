// SPDX-License-Identifier: Apache-2.0
// A link by e-mail: a ticket, and the letter that carries it, for one commit.
#pragma once

#include "daemon/model/courier.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/ticket/tickets.hpp"

namespace countersign {

// What a link is for, and whom it goes to. REQUIRES: what it points to outlives it.
struct LinkErrand {
  TicketPurpose purpose{};  // activation or reset
  const SubjectRecord& subject;
  const Factor* to = nullptr;  // null: nobody gets it
  const Profile& profile;      // whose names and language the letter has
  const std::string& language;
  std::int64_t peer_uid = -1;
  const std::string& client_address;
  bool familiar = false;  // the subject was accepted from there of late
};

struct DraftedLink {
  Ticket ticket;
  Message letter;
  outbox::Sending sending;
  std::string masked_destination;
};

class Links {
 public:
  explicit Links(const Parts& parts) : parts_{parts}, tickets_{parts} {}

  // Nobody's is drafted too, and takes as long: nobody ever learns its text.
  // Fails with `unavailable`, `corrupt`. REQUIRES: the references outlive the wait.
  awaitable<Result<DraftedLink>> draft(const LinkErrand& errand, const policies::Policy& policy,
                                       Time now);

  // May its letter go out? Accepted for delivery means that it is counted, and that it is nobody's
  // or one of the two below has to follow.
  [[nodiscard]] Delivery begin(const DraftedLink& link, Time now);
  void queued(const DraftedLink& link) { parts_.outbox.queued(link.letter); }
  void given_up(const DraftedLink& link) { parts_.outbox.ledger.uncount(link.letter.id); }

 private:
  Parts parts_;
  Tickets tickets_;
};

// How long a link is good.
[[nodiscard]] std::chrono::seconds lifetime_of(TicketPurpose purpose,
                                               const policies::Accounts& rules);

// Where such a link goes; null when there is nobody whom it is for.
[[nodiscard]] const Factor* recipient_of(const SubjectRecord& subject, TicketPurpose purpose,
                                         const policies::Policy& policy);

}  // namespace countersign
