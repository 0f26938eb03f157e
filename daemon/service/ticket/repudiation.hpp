// SPDX-License-Identifier: Apache-2.0
// "This was not me": what the link in a notice does when its owner never made the change.
//
// Whoever made it has had the account for a while. So what was changed is put out of use, and the
// password too unless a factor was added; everybody is signed out, and told. Of an address that
// changed that is wherever the person is reached now, and every code that goes there: they went
// there with the address.
//
// Nobody gets in by it who would not get in without: what is suspended is not as if it had never
// been (is_set), and links that activate or reset are good no longer.
#pragma once

#include "daemon/service/message/notices.hpp"
#include "daemon/service/parts.hpp"

namespace countersign {

class Repudiation {
 public:
  explicit Repudiation(const Parts& parts) : parts_{parts}, notices_{parts} {}

  // All of it, in one commit. Fails with `corrupt`, `unavailable`, `limit_exceeded`, and with
  // `conflict` when another writer was first.
  // REQUIRES: an open ticket to repudiate by; its subject's turn is held; the references outlive
  // the wait.
  awaitable<Status> carry_out(const Ticket& ticket, SubjectPtr subject, Peer peer,
                              const std::string& client_address);

 private:
  awaitable<Result<std::vector<const Factor*>>> struck(const Ticket& ticket,
                                                       const SubjectRecord& subject);
  awaitable<Status> add_reached_at(const Factor& contact, const SubjectRecord& subject,
                                   std::vector<const Factor*>& all);
  awaitable<Status> end_ways_in(const SubjectRecord& subject, Time now, Aftermath& also);

  Parts parts_;
  Notices notices_;
};

}  // namespace countersign
