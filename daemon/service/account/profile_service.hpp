// SPDX-License-Identifier: Apache-2.0
// What a person sees and changes of themselves: names, where they are reached, what was done.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/account/profiles.hpp"
#include "daemon/service/account/subject_service.hpp"
#include "daemon/service/session/sessions.hpp"

namespace countersign {

class ProfileService {
 public:
  explicit ProfileService(const Parts& parts)
      : parts_{parts}, find_{parts}, profiles_{parts}, sessions_{parts} {}

  // REQUIRES, here and below: the ask names a subject, and the peer may see so much of it.
  // Fails with `not_found`, `denied`, `malformed` (nobody is named).
  awaitable<Result<ProfileReport>> get(Peer peer, const GetProfile& ask);

  // Names and language. Fails with `conflict` when they are no longer what they were when they were
  // read, with `limit_exceeded` when a name is too long, and with `denied` when the session that
  // asks (null: a portal does) has ended. REQUIRES: the references outlive the wait.
  awaitable<Result<ProfileReport>> change(Peer peer, const ChangeProfile& ask,
                                          const Session* by = nullptr);

  awaitable<Result<ActivityList>> activity(Peer peer, const ListActivity& ask);

  // As it stands; addresses in full where `unmasked`. REQUIRES: the record outlives the wait.
  awaitable<Result<ProfileReport>> report(const SubjectRecord& subject, bool unmasked);

 private:
  awaitable<Result<SubjectPtr>> named(Peer peer, const std::optional<SubjectName>& name);

  Parts parts_;
  SubjectFinder find_;
  Profiles profiles_;
  Sessions sessions_;
};

}  // namespace countersign
