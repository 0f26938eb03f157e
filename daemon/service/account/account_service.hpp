// SPDX-License-Identifier: Apache-2.0
// The beginning and the end of an account: what its provider, and the security team, ask.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/account/profile_service.hpp"
#include "daemon/service/account/profiles.hpp"
#include "daemon/service/account/subject_service.hpp"
#include "daemon/service/factor/questions.hpp"
#include "daemon/service/ticket/links.hpp"

namespace countersign {

class AccountService {
 public:
  explicit AccountService(const Parts& parts)
      : parts_{parts},
        find_{parts},
        links_{parts},
        profiles_{parts},
        shown_{parts},
        questions_{parts} {}

  // An account that is active at once or, where an activation is to be sent, pending. What was
  // given of addresses is taken as confirmed. Where the letter may not go out, the account is made
  // all the same, and the answer says what became of it.
  // Fails with `already_exists`, `denied`, `malformed` (no address for the activation).
  awaitable<Result<SubjectReport>> create(Peer peer, const CreateSubject& ask);

  // Everything that is kept of a person. Fails with `not_found`, `denied`.
  awaitable<Result<SubjectExport>> give_out(Peer peer, const ExportSubject& ask);

  // Erases it; of the name a keyed hash stays. Fails with `not_found`, `denied`, `conflict`.
  awaitable<Status> erase(Peer peer, const EraseSubject& ask);

 private:
  awaitable<Result<std::vector<Factor>>> contacts_of(const CreateSubject& ask, Time now);
  awaitable<Status> make(const Subject& subject, std::vector<Factor> contacts,
                         const CreateSubject& ask, std::optional<DraftedLink> link,
                         JournalEntry entry);

  Parts parts_;
  SubjectFinder find_;
  Links links_;
  Profiles profiles_;
  ProfileService shown_;
  Questions questions_;
};

}  // namespace countersign
