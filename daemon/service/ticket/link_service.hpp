// SPDX-License-Identifier: Apache-2.0
// Whoever asks for a link by e-mail: to activate an account, or to reset a password.
//
// A new link supersedes the old ones of its purpose. At the companion everybody is answered the
// same, whether or not there is anybody whom it is for: names that nobody bears, accounts that are
// active already and those without an address take the same way, and are told to wait as long. So
// is whoever asks too soon, or too often in a day, and gets none: nobody learns that somebody else
// has asked.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/service/account/profiles.hpp"
#include "daemon/service/account/subject_service.hpp"
#include "daemon/service/attempt/places.hpp"
#include "daemon/service/ticket/links.hpp"

namespace countersign {

class LinkService {
 public:
  explicit LinkService(const Parts& parts)
      : parts_{parts}, places_{parts}, find_{parts}, links_{parts}, profiles_{parts} {}

  // enroll.sock, without a session. Fails with `denied`, `malformed` (purpose), `unavailable`,
  // `corrupt`.
  awaitable<Result<LinkRequested>> request(Peer peer, const RequestLink& ask);

  // For the account's provider, who is told what becomes of it. Fails with `not_found`, `denied`,
  // `unavailable`, `corrupt`, and with `conflict` when the account is active already.
  // ENSURES: accepted for delivery means that ticket and letter are durable.
  awaitable<Result<Delivery>> send_activation(Peer peer, const SendActivation& ask);

 private:
  awaitable<Result<Delivery>> send(const LinkErrand& errand, const SubjectPtr& subject,
                                   const policies::Policy& policy, Time now);
  awaitable<Status> keep(const LinkErrand& errand, const SubjectPtr& subject,
                         const DraftedLink& link, bool goes_out, Time now);

  Parts parts_;
  Places places_;
  SubjectFinder find_;
  Links links_;
  Profiles profiles_;
};

}  // namespace countersign
